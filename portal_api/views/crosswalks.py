"""Crosswalks as their administrators see them: feeds with what is live, versions, findings, samples and dry runs."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from itertools import groupby

import msgspec
import sqlalchemy as sa

from federation.pipeline.blame import Blamed, blame
from federation.pipeline.copied_rules import is_alike
from federation.pipeline.crosswalks import (
    crosswalk_of,
    live_text,
    text_of,
)
from federation.pipeline.dry_run_report import DryRun, live_sha256, report_of
from federation.settings import Approval
from federation.storage import accounts, crosswalks, feeds, institutions, outcomes, raw_records
from federation.storage.crosswalks import Kept, Version, VersionLine
from federation.storage.feed_sets import sets_of_feed
from federation.storage.feeds import StoredFeed
from mappings.engine.unread import UnreadPath, UnreadPaths
from mappings.errors import Fault
from portal_api.errors import NotFound
from portal_api.reader import Reader
from portal_api.views.feeds import administers
from portal_api.views.judging import Judged
from portal_api.views.trials import SampleView

INSTITUTION_ADMIN = "institution_admin"
#: stored records in which paths that no rule reads are looked for
LOOKED_AT = 300
#: and units of them, after which no further record is looked at
LOOKED_AT_UNITS = 5_000


class CrosswalkLine(msgspec.Struct, frozen=True, kw_only=True):
    """What maps a feed's records, and what is under way."""

    key: str
    name: str
    institution: str
    #: what is live
    live: str
    #: newest first
    under_way: tuple[VersionLine, ...]
    #: records that stay with an earlier version
    kept: int


class AlikeFeed(msgspec.Struct, frozen=True, kw_only=True):
    """Another feed of the same format that lives by rules of its own."""

    key: str
    name: str
    crosswalk: str


class FeedCrosswalk(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's versions, what is not read, and what stays with an earlier version."""

    feed: StoredFeed
    #: the reader may write, try and put to work
    may_write: bool
    versions: tuple[VersionLine, ...]
    #: account -> name of those who wrote or confirmed
    names: dict[str, str]
    unread: tuple[UnreadPath, ...]
    looked_at: int
    kept: tuple[Kept, ...]
    remapping: bool
    #: feeds whose rules a draft may begin as a copy of
    alike: tuple[AlikeFeed, ...] = ()


class NumberedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a text with what is wrong with it."""

    number: int
    text: str
    faulty: bool


class DiffLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a text diff: `+`, `-`, `@` or a blank, and the rest."""

    sign: str
    text: str


class ComparedVersions(msgspec.Struct, frozen=True, kw_only=True):
    """What two versions of a feed's rules differ in."""

    feed: str
    feed_name: str
    number: int
    #: number of the other version; 0 = what is live
    against: int
    #: of the other text with `-`, of this one with `+`
    lines: tuple[DiffLine, ...]


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version with everything that is decided by."""

    feed: StoredFeed
    version: Version
    may_write: bool
    may_confirm: bool
    #: nothing stops it, and somebody has to sign it before it goes live
    unsigned: bool
    #: the reader may sign it
    may_approve: bool
    #: the reader is one of its authors, who never confirm
    own: bool
    names: dict[str, str]
    #: as it is typed
    text: str
    sha256: str
    lines: tuple[NumberedLine, ...]
    faults: tuple[Fault, ...]
    #: none of the faults stops it
    usable: bool
    #: `too_slow` or `too_large` where judging the text came to no end
    gave_out: str
    diff: tuple[DiffLine, ...]
    #: what was typed beside what somebody else saved meanwhile
    meanwhile: tuple[DiffLine, ...]
    samples: tuple[SampleView, ...]
    #: the rules are so slow that not every sample was mapped
    samples_cut: bool
    report: DryRun | None
    #: the dry run on file speaks of what is no longer live
    stale: bool
    live: str
    #: which version made each rule
    blamed: tuple[Blamed, ...]
    #: that stored records are in, where a canary can begin
    sets: tuple[str, ...] = ()


def sees(reader: Reader, feed: StoredFeed) -> bool:
    """Whether the crosswalk of `feed` is the reader's to read: they run it, or decide for its institution."""
    here = not reader.acting_for or reader.acting_for == feed.institution
    return administers(reader, feed.institution) or (here and reader.holds(INSTITUTION_ADMIN, feed.institution))


def seen_feed(connection: sa.Connection, reader: Reader, key: str) -> StoredFeed:
    """The feed with this key; raises NotFound where its crosswalk is not the reader's to read."""
    feed = feeds.get(connection, key)
    if feed is None or feed.key != key or not sees(reader, feed):
        raise NotFound
    return feed


def crosswalks_view(connection: sa.Connection, reader: Reader) -> tuple[CrosswalkLine, ...]:
    """Every feed whose crosswalk the reader may read."""
    names = {line.slug: line.name for line in institutions.everyone(connection)}
    lines = crosswalks.lines_in_state(connection, *crosswalks.UNDER_WAY)
    under_way = {key: tuple(each) for key, each in groupby(lines, key=lambda line: line.feed)}
    return tuple(
        CrosswalkLine(
            key=feed.key,
            name=feed.name,
            institution=names.get(feed.institution, feed.institution),
            live=feed.crosswalk,
            under_way=under_way.get(feed.key, ()),
            kept=len(crosswalks.kept(connection, feed.key)),
        )
        for feed in feeds.everyone(connection)
        if sees(reader, feed)
    )


def feed_crosswalk(connection: sa.Connection, reader: Reader, key: str) -> FeedCrosswalk:
    """A feed's crosswalk; raises NotFound."""
    feed = seen_feed(connection, reader, key)
    unread, looked_at = unread_paths(connection, feed)
    return FeedCrosswalk(
        feed=feed,
        may_write=administers(reader, feed.institution) and feed.state != "retired",
        versions=tuple(crosswalks.lines_of_feed(connection, key)),
        names=_names(connection),
        unread=unread,
        looked_at=looked_at,
        kept=tuple(crosswalks.kept(connection, key)),
        remapping=crosswalks.remapping_of(connection, key) is not None,
        alike=tuple(
            AlikeFeed(key=other.key, name=other.name, crosswalk=other.crosswalk)
            for other in feeds.everyone(connection)
            if other.crosswalk_text and sees(reader, other) and is_alike(feed, other)
        ),
    )


def _names(connection: sa.Connection) -> dict[str, str]:
    return {account.id: account.name for account in accounts.everyone(connection)}


def unread_paths(connection: sa.Connection, feed: StoredFeed) -> tuple[tuple[UnreadPath, ...], int]:
    """The source paths that no live rule reads, in stored records that show what the feed is like, and their number.

    Records are looked at until they come to `LOOKED_AT_UNITS` units, at least one of them.
    """
    found, program, units = UnreadPaths(), crosswalk_of(connection, feed), 0
    for stored in raw_records.by_number(connection, outcomes.spread(connection, feed.key, LOOKED_AT)):
        units += found.add(program, stored.raw)
        if units >= LOOKED_AT_UNITS:
            break
    return found.most_common(), found.records


def text_to_judge(
    connection: sa.Connection, reader: Reader, key: str, number: int, typed: str | None
) -> tuple[str, str]:
    """The text of a version, or what was `typed` in its place, and its name; raises NotFound."""
    seen_feed(connection, reader, key)
    version = crosswalks.get(connection, key, number)
    if version is None:
        raise NotFound
    return text_of(version) if typed is None else typed.replace("\r\n", "\n"), version.name


def version_view(
    connection: sa.Connection,
    reader: Reader,
    key: str,
    number: int,
    judged: Judged,
    *,
    typed: str | None = None,
    approval: Approval = "gates",
) -> VersionView:
    """One version, or the text `typed` in its place; raises NotFound.

    judged    what was found of its text
    approval  who has to sign it before it goes live
    """
    feed = seen_feed(connection, reader, key)
    version = crosswalks.get(connection, key, number)
    if version is None:
        raise NotFound
    text = text_of(version) if typed is None else typed.replace("\r\n", "\n")
    report = report_of(connection, version)
    unsigned = version.state == "tried" and approval != "gates"
    return VersionView(
        feed=feed,
        version=version,
        may_write=administers(reader, feed.institution) and feed.state != "retired",
        may_confirm=report is not None and may_confirm(reader, feed, version, report),
        unsigned=unsigned,
        may_approve=unsigned and may_approve(reader, feed, version, approval),
        own=reader.account in version.authors,
        names=_names(connection),
        text=text,
        sha256=version.sha256,
        lines=_numbered(text, judged.faults),
        faults=judged.faults,
        usable=judged.is_usable,
        gave_out=judged.gave_out,
        diff=_diff(live_text(feed), text) if version.state != "active" else (),
        meanwhile=() if typed is None else _diff(text_of(version), text),
        samples=judged.samples,
        samples_cut=judged.samples_cut,
        report=report,
        stale=report is not None and report.against_sha256 != live_sha256(feed),
        live=feed.crosswalk,
        blamed=blame(connection, version) if typed is None else (),
        sets=sets_of_feed(connection, key) if version.state in ("tried", "confirmed") else (),
    )


def compared_versions(
    connection: sa.Connection, reader: Reader, key: str, number: int, against: int
) -> ComparedVersions:
    """What a version changes of another one, or of what is live without one; raises NotFound."""
    feed = seen_feed(connection, reader, key)
    before, after = (text_of_version(connection, reader, key, each)[0] for each in (against, number))
    return ComparedVersions(feed=key, feed_name=feed.name, number=number, against=against, lines=_diff(before, after))


def text_of_version(connection: sa.Connection, reader: Reader, key: str, number: int) -> tuple[str, str]:
    """The text of a version and its name, of what is live without a number; raises NotFound."""
    if number:
        return text_to_judge(connection, reader, key, number, None)
    feed = seen_feed(connection, reader, key)
    return live_text(feed), feed.crosswalk


def may_confirm(reader: Reader, feed: StoredFeed, version: VersionLine, report: DryRun) -> bool:
    """Whether the reader may confirm what the gates stopped of a version."""
    roles = {gate.role for gate in report.stops}
    return (
        version.state == "awaiting"
        and reader.account not in version.authors
        and all(reader.holds(role, feed.institution) for role in roles)
    )


def may_approve(reader: Reader, feed: StoredFeed, version: VersionLine, approval: Approval) -> bool:
    """Whether the reader may sign a version that nothing stops, where versions are signed."""
    here = any(reader.holds(role, feed.institution) for role in ("harvest_admin", INSTITUTION_ADMIN))
    return here and (approval == "self" or reader.account not in version.authors)


def _numbered(text: str, faults: Sequence[Fault]) -> tuple[NumberedLine, ...]:
    faulty = {fault.line for fault in faults}
    return tuple(
        NumberedLine(number=number, text=line, faulty=number in faulty)
        for number, line in enumerate(text.splitlines(), 1)
    )


def _diff(before: str, after: str) -> tuple[DiffLine, ...]:
    found = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    return tuple(DiffLine(sign=line[:1], text=line if line[:1] == "@" else line[1:]) for line in found)
