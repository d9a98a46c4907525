"""One run as its administrators see it: the verdict with its evidence, and every number with what stands behind it."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.storage import cursors, held_records, holds, outcomes, quarantine, run_reports
from federation.storage.held_records import HeldCounts, HeldLine
from federation.storage.holds import Hold
from federation.storage.outcomes import Accounts, IssueCount
from federation.storage.quarantine import QuarantineLine
from federation.storage.run_reports import StoredPage
from federation.storage.runs import StoredRun
from harvester.brake import Cause, warned
from harvester.checkpoint import Listing, Sweep, Tail
from harvester.cost import Cost
from harvester.renames import Rule
from portal_api.errors import NotFound
from portal_api.http.parameters import RowNumber
from portal_api.reader import Reader
from portal_api.views.feeds import PART, RunLine, found_feed, run_line
from portal_api.views.profile import ProfileLine, taught_lines
from portal_api.views.progress import Progress, progress_of

#: held records that are shown of each kind
EXAMPLES = 20


class ListState(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a run: the whole repository or one set, and what it is judged by."""

    set_spec: str
    #: `from` of its request; None = from the beginning
    since: str | None
    #: records that the repository said it would list; None where it said nothing
    claim: int | None
    #: distinct identifiers that it listed
    listed: int
    restarts: int
    #: times that the list led round in a circle, or on and on
    guards: int
    #: pages, and the seconds that they took together
    pages: int
    seconds: float
    #: stretches of dates that came to their end, that it has still to be asked for, and that could not be had
    windows_done: int
    windows: int
    gaps: int
    #: how far the check by its headers is, and what a look behind its end found (`harvester.checkpoint`)
    sweep: Sweep
    tail: Tail
    #: records that could not be read, and those that could not be fetched
    quarantined: int
    missing: int
    ended: bool
    #: a list of everything by its headers, to compare with what is held
    reconciles: bool


class RunCost(msgspec.Struct, frozen=True, kw_only=True):
    """What a run took so far."""

    #: from its begin to its end, or until now, waits for the repository included
    seconds: float
    #: of its pages, as they are kept
    size_bytes: int
    #: times that a list was asked for anew
    restarts: int
    #: times in a row that the repository put the run off
    postponements: int
    #: requests, those among them that were made once more, what they took and how long was waited (`harvester.cost`)
    spent: Cost


class RunPlace(msgspec.Struct, frozen=True, kw_only=True):
    """From where on the long lists of a run are shown."""

    #: number of a page, number in the quarantine, number of names
    pages_after: RowNumber = 0
    quarantine_after: RowNumber = 0
    missing_after: RowNumber = 0


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    feed: str
    feed_name: str
    institution: str
    run: RunLine
    #: what was wrong with the last answer, and where, of a run that waits or is blocked
    fault: str
    cost: RunCost
    progress: Progress
    #: what it taught of the repository, and what is known of its lag and clock
    taught: tuple[ProfileLine, ...]
    lists: tuple[ListState, ...]
    #: what the mass-change brake found and a person decided; None where the run passed it
    hold: Hold | None
    #: limits on what becomes of changed records that are half reached
    warnings: tuple[Cause, ...]
    #: what identifiers began with and begin with now, where new records are held already; None where none are
    renamed: Rule | None
    #: what waits for the decision, and the first records of each kind
    held: HeldCounts
    held_examples: tuple[HeldLine, ...]
    #: of the feed, as it stands now
    sums: Accounts
    issues: tuple[IssueCount, ...]
    pages: tuple[StoredPage, ...]
    #: number of the page to go on from; None at the end
    following_page: int | None
    #: what this run put there or runs before it did and still lacks, and the number to go on from; None at the end
    quarantine: tuple[QuarantineLine, ...]
    following_quarantine: int | None
    #: of the feed, over all of its runs
    quarantined: int
    #: identifiers that the run knows of and could not fetch, how many there are, and from which to go on
    missing: tuple[str, ...]
    missing_total: int
    following_missing: int | None


def run_view(connection: sa.Connection, reader: Reader, run_id: int, place: RunPlace, now: datetime) -> RunView:
    """One run; raises NotFound where there is none of a feed that `reader` administers."""
    return _view(connection, reader, run_reports.get(connection, run_id), place, now)


def numbered_run_view(
    connection: sa.Connection, reader: Reader, feed: str, number: int, place: RunPlace, now: datetime
) -> RunView:
    """A feed's run by its number within the feed; raises NotFound as `run_view`."""
    return _view(connection, reader, run_reports.of_number(connection, feed, number), place, now)


def _view(connection: sa.Connection, reader: Reader, run: StoredRun | None, place: RunPlace, now: datetime) -> RunView:
    if run is None:
        raise NotFound
    feed = found_feed(connection, reader, run.feed)
    pages = run_reports.pages(connection, run.id, after=place.pages_after, limit=PART)
    lost = quarantine.of_run(connection, feed.key, run.id, after=place.quarantine_after, limit=PART)
    missing, shown = run.missing_identifiers, place.missing_after + PART
    return RunView(
        feed=feed.key,
        feed_name=feed.name,
        institution=feed.institution,
        run=run_line(run),
        fault=run.checkpoint.fault if run.verdict in ("", "blocked") else "",
        cost=cost_of(connection, run, now),
        progress=progress_of(run, now),
        taught=taught_lines(connection, feed, run),
        lists=tuple(map(list_state, run.checkpoint.lists)),
        hold=holds.of_run(connection, run.id),
        warnings=warned(run.counts.moved, feed.brake),
        renamed=run.counts.renaming.rule,
        held=held_records.counts(connection, run.id),
        held_examples=tuple(held_records.examples(connection, run.id, EXAMPLES)),
        sums=outcomes.accounts(connection, cursors.get(connection, "map"), feed.key),
        issues=tuple(outcomes.issue_counts(connection, feed.key)),
        pages=tuple(pages),
        following_page=pages[-1].number if len(pages) == PART else None,
        quarantine=tuple(lost),
        following_quarantine=lost[-1].id if len(lost) == PART else None,
        quarantined=quarantine.count(connection, feed.key),
        missing=missing[place.missing_after : shown],
        missing_total=len(missing),
        following_missing=shown if len(missing) > shown else None,
    )


def cost_of(connection: sa.Connection, run: StoredRun, now: datetime) -> RunCost:
    """What the run took by now."""
    return RunCost(
        seconds=round(((run.ended_at or now) - run.started_at).total_seconds(), 1),
        size_bytes=run_reports.size_bytes(connection, run.id),
        restarts=sum(listing.restarts for listing in run.checkpoint.lists),
        postponements=run.checkpoint.postponements,
        spent=run.cost,
    )


def list_state(listing: Listing) -> ListState:
    """One list of a run."""
    return ListState(
        set_spec=listing.set_spec,
        since=listing.since,
        claim=listing.claim,
        listed=listing.listed,
        restarts=listing.restarts,
        guards=listing.guards,
        pages=listing.pages,
        seconds=round(listing.seconds, 1),
        windows_done=listing.successes,
        windows=len(listing.windows),
        gaps=len(listing.gaps),
        sweep=listing.sweep,
        tail=listing.tail,
        quarantined=listing.quarantined,
        missing=len(listing.missing),
        ended=listing.ended,
        reconciles=listing.reconciles,
    )
