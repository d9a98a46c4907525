"""What a page would make of the catalogue, found before it is taken in (harvesting, 5; portal, 5).

Only records that are other forms of what stands, or stood, are weighed: a first harvest costs nothing, and what is new
takes nothing away and opens nothing that was closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
import sqlalchemy as sa

from federation.storage import catalogue_records, outcomes
from federation.storage.feeds import StoredFeed
from federation.storage.page_records import Judged, judge
from federation.storage.runs import Counts
from harvester.brake import Moved, Weighed, balance
from harvester.ports import Changed, PageCommit

#: weighs changed records of one feed, in their order
Weigh = Callable[[Changed], Awaitable[Sequence[Weighed]]]


class WeighedPage(msgspec.Struct, frozen=True, kw_only=True):
    """What a page's changed records would do."""

    #: what the run counted before it, with what the feed has in the catalogue once that is known
    before: Moved
    units_lost: int = 0
    refused_more: int = 0
    #: identifiers of records to which the access would be looser
    opened: frozenset[str] = frozenset()

    def counted(self, counts: Counts) -> Counts:
        """What a run has met, with this page."""
        return msgspec.structs.replace(
            counts,
            before=self.before,
            units_lost=counts.units_lost + self.units_lost,
            refused_more=counts.refused_more + self.refused_more,
            opened=counts.opened + len(self.opened),
        )


def changed(connection: sa.Connection, feed: str, commit: PageCommit) -> Changed:
    """The page's records that are other forms of what stands, with their numbers."""
    found = judge(connection, feed, commit).changed
    return [(each.rid, each.record) for each in found.values()]


def weighed_page(
    connection: sa.Connection, feed: StoredFeed, commit: PageCommit, judged: Judged, before: Moved
) -> WeighedPage:
    """What the page's changed records would do.

    before   what the run counted before it; what the feed has in the catalogue is counted once a run
    """
    if not commit.weighed:
        return WeighedPage(before=before)
    found = {name: each for name, each in commit.weighed.items() if name in judged.arrivals}
    # of a record that the run has met before, the first form is counted
    units_lost, refused_more = balance(each for name, each in found.items() if name in judged.words)
    opened = frozenset(name for name, each in found.items() if each.opens and not feed.brake.opens)
    return WeighedPage(
        before=before if before.units or before.refused else _with_catalogue(connection, feed.key, before),
        units_lost=units_lost,
        refused_more=refused_more,
        opened=opened,
    )


def _with_catalogue(connection: sa.Connection, feed: str, before: Moved) -> Moved:
    units, refused = catalogue_records.count_of_feed(connection, feed), outcomes.count_refused(connection, feed)
    return msgspec.structs.replace(before, units=units, refused=refused)
