"""One run as its administrators see it: the verdict with its evidence, and every number with what stands behind it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.storage import cursors, held_records, holds, outcomes, quarantine, run_reports
from federation.storage.held_records import HeldCounts, HeldLine
from federation.storage.holds import Hold
from federation.storage.outcomes import Accounts, IssueCount
from federation.storage.quarantine import QuarantineLine
from federation.storage.run_reports import StoredPage
from federation.storage.runs import StoredRun
from harvester.checkpoint import Listing
from harvester.renames import Rule
from portal_api.errors import NotFound
from portal_api.http.parameters import RowNumber
from portal_api.reader import Reader
from portal_api.views.feeds import PART, RunLine, found_feed, run_line

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
    ended: bool
    #: a list of everything by its headers, to compare with what is held
    reconciles: bool


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
    lists: tuple[ListState, ...]
    #: what the mass-change brake found and a person decided; None where the run passed it
    hold: Hold | None
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
    #: what this run put there, and the number to go on from; None at the end
    quarantine: tuple[QuarantineLine, ...]
    following_quarantine: int | None
    #: of the feed, over all of its runs
    quarantined: int
    #: identifiers that the run knows of and could not fetch, how many there are, and from which to go on
    missing: tuple[str, ...]
    missing_total: int
    following_missing: int | None


def run_view(connection: sa.Connection, reader: Reader, run_id: int, place: RunPlace) -> RunView:
    """One run; raises NotFound where there is none of a feed that `reader` administers."""
    return _view(connection, reader, run_reports.get(connection, run_id), place)


def numbered_run_view(connection: sa.Connection, reader: Reader, feed: str, number: int, place: RunPlace) -> RunView:
    """A feed's run by its number within the feed; raises NotFound as `run_view`."""
    return _view(connection, reader, run_reports.of_number(connection, feed, number), place)


def _view(connection: sa.Connection, reader: Reader, run: StoredRun | None, place: RunPlace) -> RunView:
    if run is None:
        raise NotFound
    feed = found_feed(connection, reader, run.feed)
    pages = run_reports.pages(connection, run.id, after=place.pages_after, limit=PART)
    lost = quarantine.of_run(connection, run.id, after=place.quarantine_after, limit=PART)
    missing, shown = run.missing_identifiers, place.missing_after + PART
    return RunView(
        feed=feed.key,
        feed_name=feed.name,
        institution=feed.institution,
        run=run_line(run),
        lists=tuple(map(_list_state, run.checkpoint.lists)),
        hold=holds.of_run(connection, run.id),
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


def _list_state(listing: Listing) -> ListState:
    return ListState(
        set_spec=listing.set_spec,
        since=listing.since,
        claim=listing.claim,
        listed=listing.listed,
        restarts=listing.restarts,
        ended=listing.ended,
        reconciles=listing.reconciles,
    )
