"""One run as its administrators see it: the verdict with its evidence, and every number with what stands behind it."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.storage import cursors, outcomes, run_reports
from federation.storage.outcomes import Accounts, IssueCount
from federation.storage.run_reports import QuarantineLine, StoredPage
from portal_api.errors import NotFound
from portal_api.reader import Reader
from portal_api.views.feeds import PART, RunLine, found_feed, run_line


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


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    feed: str
    feed_name: str
    institution: str
    run: RunLine
    lists: tuple[ListState, ...]
    #: of the feed, as it stands now
    sums: Accounts
    issues: tuple[IssueCount, ...]
    pages: tuple[StoredPage, ...]
    #: number of the page to go on from; None at the end
    following_page: int | None
    quarantine: tuple[QuarantineLine, ...]
    quarantined: int


def run_view(connection: sa.Connection, reader: Reader, run_id: int, after_page: int = 0) -> RunView:
    """One run; raises NotFound where there is none of a feed that `reader` administers."""
    run = run_reports.get(connection, run_id)
    if run is None:
        raise NotFound
    feed = found_feed(connection, reader, run.feed)
    pages = run_reports.pages(connection, run_id, after=after_page, limit=PART)
    return RunView(
        feed=feed.key,
        feed_name=feed.name,
        institution=feed.institution,
        run=run_line(run),
        lists=tuple(
            ListState(
                set_spec=listing.set_spec,
                since=listing.since,
                claim=listing.claim,
                listed=listing.listed,
                restarts=listing.restarts,
                ended=listing.ended,
            )
            for listing in run.checkpoint.lists
        ),
        sums=outcomes.accounts(connection, cursors.get(connection, "map"), feed.key),
        issues=tuple(outcomes.issue_counts(connection, feed.key)),
        pages=tuple(pages),
        following_page=pages[-1].number if len(pages) == PART else None,
        quarantine=tuple(run_reports.quarantined(connection, feed.key, limit=PART)),
        quarantined=run_reports.count_quarantined(connection, feed.key),
    )
