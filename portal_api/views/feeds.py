"""Feeds as their administrators see them: a line each, and one with its runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.pipeline.feed_begin import is_new_host
from federation.storage import absences, breakers, cursors, feeds, institutions, outcomes, quarantine, run_reports, runs
from federation.storage.absences import Standing
from federation.storage.feeds import BEFORE, Reexpose, StoredFeed
from federation.storage.outcomes import Accounts, FeedTally
from federation.storage.run_reports import RecordLine, Wanted
from federation.storage.runs import StoredRun
from harvester.brake import Brake
from harvester.caps import Caps
from harvester.credentials import Credentials
from harvester.feeds import DeletionRule
from harvester.quiet_hours import QuietHours
from harvester.redirects import proposed, secured
from portal_api.errors import NotFound
from portal_api.reader import Reader
from portal_api.views.profile import ProfileLine, profile_lines

HARVEST_ADMIN = "harvest_admin"
#: records and pages shown at once
PART = 100


class RunLine(msgspec.Struct, frozen=True, kw_only=True):
    """One run in a list."""

    id: int
    number: int
    state: str
    #: full, incremental or sweep; empty of files
    kind: str
    #: complete, incomplete or blocked; empty while the run goes on; of a held run what it has once it is released
    verdict: str
    #: evidence of a complete run, reason of any other
    reason: str
    missing: int
    started: datetime
    ended: datetime | None
    #: when a run that was put off goes on, and why it was
    put_off_until: datetime | None
    put_off_reason: str
    pages: int
    new: int
    changed: int
    unchanged: int
    deleted: int
    quarantined: int
    #: records that came broken and were mended, or read as far as they could be
    repaired: int
    #: live records that a list of everything did not name, deletions inferred from that, and such as are given yet
    absent: int
    #: descriptions that the feed had before, how many fewer the run's changed records give, how many more of those are
    #: rejected, and of how many the source loosens the access
    units_before: int
    units_lost: int
    refused_more: int
    opened: int
    #: from when on a list that does not name them either makes the first of them count as deleted; None = none does
    absent_until: datetime | None
    inferred: int
    unlisted: int

    @property
    def is_held(self) -> bool:
        """Whether the run waits for a person's word, or for that to be carried out."""
        return self.state in runs.HELD


class FeedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One feed in a list."""

    key: str
    name: str
    institution: str
    institution_name: str
    #: draft, probed, active, paused or retired
    state: str
    #: when the next harvest, or the rest of one, is due; None while the last run is held
    due: datetime | None
    last: RunLine | None = None
    tally: FeedTally


class FeedsView(msgspec.Struct, frozen=True, kw_only=True):
    """The feeds that a reader administers."""

    feeds: tuple[FeedLine, ...]


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """One feed with how it is read and its latest runs."""

    line: FeedLine
    #: it was not begun yet, and waits for an administrator of the exchange: none was read from its host before
    is_draft: bool
    host_waits: bool
    #: `oai`, `upload`, `url` …
    source: str
    address: str
    #: how often in a row its repository answered nothing to any of its feeds, and until when none of them asks
    silent: int
    silent_until: datetime | None
    #: where it says that it has gone for good; empty = it says nothing such
    moved_to: str
    #: where it is asked over https in the place of its address, as it once said for good; empty = at its address
    secured: str
    query: str
    prefix: str
    sets: tuple[str, ...]
    networks: tuple[str, ...]
    #: how it is asked
    set_exclude: tuple[str, ...]
    quiet_hours: QuietHours | None
    look_back_days: int
    ports: tuple[int, ...]
    caps: Caps
    #: how it makes itself known: secrets by their names
    credentials: Credentials
    crosswalk: str
    licence: str | None
    #: what of it is given on, and who is shown its records as they came
    gives: Reexpose
    raw_visible: str
    every_seconds: int
    #: between two requests at least
    interval_seconds: float
    sums: Accounts
    #: records that it could not have or read, over all of its runs
    lacking: int
    #: when everything was listed last, and what was not named then
    standing: Standing
    #: how long the repository keeps tombstones: no, transient, persistent; empty = it was not asked yet
    deletions: str
    #: what the repository taught, value by value, and where; none of a feed that is no repository
    profile: tuple[ProfileLine, ...]
    #: what counts as deleted without a tombstone, and how much may be deleted and changed unasked
    deletion_rule: DeletionRule
    brake: Brake
    runs: tuple[RunLine, ...]


class RecordsView(msgspec.Struct, frozen=True, kw_only=True):
    """The records behind one number."""

    feed: FeedLine
    wanted: Wanted
    records: tuple[RecordLine, ...]
    #: number to go on from; None at the end
    following: int | None


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What every line of a list needs, read once."""

    names: dict[str, str]
    tallies: dict[str, FeedTally]


def administers(reader: Reader, institution: str) -> bool:
    """Whether the reader runs the feeds of `institution`; whoever acts for one sees that one alone."""
    here = not reader.acting_for or reader.acting_for == institution
    return here and reader.holds(HARVEST_ADMIN, institution)


def feeds_view(connection: sa.Connection, reader: Reader) -> FeedsView:
    """Every feed that `reader` administers, by name."""
    known = _known(connection)
    lines = [feed_line(connection, feed, known) for feed in feeds.everyone(connection)]
    return FeedsView(feeds=tuple(line for line in lines if administers(reader, line.institution)))


def decided_feeds(connection: sa.Connection, reader: Reader) -> tuple[FeedLine, ...]:
    """Feeds of institutions that the reader decides for and whose feeds others run, by name."""
    known = _known(connection)
    return tuple(
        feed_line(connection, feed, known)
        for feed in feeds.everyone(connection)
        if _decides(reader, feed.institution) and not administers(reader, feed.institution)
    )


def _decides(reader: Reader, institution: str) -> bool:
    here = not reader.acting_for or reader.acting_for == institution
    return here and reader.holds("institution_admin", institution)


def found_feed(connection: sa.Connection, reader: Reader, key: str) -> StoredFeed:
    """The feed with this key; raises NotFound where there is none that `reader` administers."""
    feed = feeds.get(connection, key)
    if feed is None or feed.key != key or not administers(reader, feed.institution):
        raise NotFound
    return feed


def feed_view(connection: sa.Connection, reader: Reader, key: str) -> FeedView:
    """One feed; raises NotFound as `found_feed`."""
    feed = found_feed(connection, reader, key)
    silent = breakers.of(connection, feed.base_url)
    return FeedView(
        line=feed_line(connection, feed, _known(connection)),
        is_draft=feed.state in BEFORE,
        host_waits=feed.state in BEFORE and is_new_host(connection, feed),
        source=feed.source,
        address=feed.shown_url,
        silent=silent.failures if silent else 0,
        silent_until=silent.until if silent else None,
        moved_to=proposed(feed.base_url, feed.profile),
        secured=secured(feed.base_url, feed.profile),
        query=feed.query,
        prefix=feed.metadata_prefix,
        sets=feed.set_specs,
        networks=feed.networks,
        set_exclude=feed.set_exclude,
        quiet_hours=feed.quiet_hours,
        look_back_days=feed.look_back_days,
        ports=feed.ports,
        caps=feed.caps,
        credentials=feed.credentials,
        crosswalk=feed.crosswalk,
        licence=feed.metadata_licence,
        gives=feed.gives,
        raw_visible=feed.raw_visible,
        every_seconds=feed.every_seconds,
        interval_seconds=feed.min_interval_seconds,
        sums=_sums(connection, feed.key),
        lacking=quarantine.count(connection, feed.key),
        standing=absences.of_feed(connection, feed.key),
        deletions=feed.profile.deletions,
        profile=profile_lines(connection, feed),
        deletion_rule=feed.deletion_rule,
        brake=feed.brake,
        runs=tuple(run_line(run) for run in runs.of_feed(connection, feed.key)),
    )


def records_view(connection: sa.Connection, reader: Reader, wanted: Wanted, after: int) -> RecordsView:
    """The records of a feed that stand as `wanted` says, above the number `after`."""
    feed = found_feed(connection, reader, wanted.feed)
    listed = run_reports.records(connection, wanted, after=after, limit=PART)
    return RecordsView(
        feed=feed_line(connection, feed, _known(connection)),
        wanted=wanted,
        records=tuple(listed),
        following=listed[-1].rid if len(listed) == PART else None,
    )


def feed_line(connection: sa.Connection, feed: StoredFeed, known: _Known) -> FeedLine:
    """A feed in a list."""
    last = runs.latest(connection, feed.key)
    is_held = last is not None and last.state in runs.HELD
    return FeedLine(
        key=feed.key,
        name=feed.name,
        institution=feed.institution,
        institution_name=known.names.get(feed.institution, feed.institution),
        state=feed.state,
        due=feed.due_at if feed.wants_harvest and not is_held else None,
        last=run_line(last) if last else None,
        tally=known.tallies.get(feed.key, FeedTally()),
    )


def run_line(run: StoredRun) -> RunLine:
    """A run in a list."""
    counts = run.counts
    return RunLine(
        id=run.id,
        number=run.number,
        state=run.state,
        kind=run.checkpoint.kind,
        verdict=run.verdict,
        reason=run.reason,
        missing=run.missing,
        started=run.started_at,
        ended=run.ended_at,
        put_off_until=run.checkpoint.put_off_until,
        put_off_reason=run.checkpoint.put_off_reason,
        pages=counts.pages,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        deleted=counts.deleted,
        quarantined=counts.quarantined,
        repaired=counts.repaired,
        absent=counts.absent,
        absent_until=counts.absent_until,
        units_before=counts.before.units,
        units_lost=max(counts.units_lost, 0),
        refused_more=max(counts.refused_more, 0),
        opened=counts.opened,
        inferred=counts.inferred,
        unlisted=counts.unlisted,
    )


def administered(connection: sa.Connection, reader: Reader) -> Sequence[institutions.StoredInstitution]:
    """The institutions whose feeds `reader` runs, by name."""
    return [line for line in institutions.everyone(connection) if administers(reader, line.slug)]


def _sums(connection: sa.Connection, feed: str) -> Accounts:
    return outcomes.accounts(connection, cursors.get(connection, "map"), feed)


def _known(connection: sa.Connection) -> _Known:
    names = {line.slug: line.name for line in institutions.everyone(connection)}
    return _Known(names=names, tallies=outcomes.tallies(connection))
