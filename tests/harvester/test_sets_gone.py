"""A set that its repository does not have any more is no set without changes."""

from __future__ import annotations

import pytest

from federation.storage import feeds
from federation.storage.engine import Store
from harvester.oaipmh.sets import lack_of
from tests.harvester.days import Days, harvested_daily
from tests.peers.awkward.peer import Asked, Behaviour, Said
from tests.peers.courteous.repository import page

SETS = (
    "<ListSets><set><setSpec>maps</setSpec><setName>Maps</setName></set><resumptionToken>next</resumptionToken>"
    "</ListSets>",
    "<ListSets><set><setSpec>letters:new</setSpec><setName>Letters</setName></set><resumptionToken/></ListSets>",
)


class Sets:
    """A repository that has two sets, lists them on two pages, and says of any other that nothing matches."""

    def __init__(self, said_of_none: str) -> None:
        self.said_of_none = said_of_none

    def __call__(self, asked: Asked) -> Said:
        if asked.query.get("verb") == "ListSets":
            return page(SETS[1 if asked.token else 0])
        is_known = asked.query.get("set", "maps") in ("maps", "letters:new")
        return None if is_known or not asked.is_list else page(f'<error code="{self.said_of_none}">none</error>')


def want(feed: Days, *sets: str) -> None:
    with feed.store.transaction() as tx:
        tx.connection.execute(feeds.feed.update().values(set_specs=list(sets)))


@pytest.mark.parametrize("said", ["noRecordsMatch", "badArgument"])
async def test_a_set_that_is_gone_blocks_the_run_and_is_named(said: str, embedded: Store) -> None:
    async with harvested_daily(embedded, Behaviour(name="gone", instead=Sets(said))) as feed:
        want(feed, "map")
        run = await feed.day(0)
        assert (run.verdict, run.reason) == ("blocked", "set_gone")
        assert run.checkpoint.fault == "expected the set map, found 2 others, such as maps"


@pytest.mark.parametrize("wanted", ["maps", "letters"])
async def test_a_set_without_changes_is_complete_as_is_one_above_others(wanted: str, embedded: Store) -> None:
    empty = Sets("noRecordsMatch")

    def unchanged(asked: Asked) -> Said:
        return page('<error code="noRecordsMatch"/>') if asked.is_list else empty(asked)

    async with harvested_daily(embedded, Behaviour(name="empty", instead=unchanged)) as feed:
        want(feed, wanted)
        assert (await feed.day(0)).verdict == "complete"


async def test_a_repository_that_lists_no_sets_is_believed(embedded: Store) -> None:
    def without_sets(asked: Asked) -> Said:
        is_asked = asked.query.get("verb") == "ListSets"
        return page(f'<error code="{"noSetHierarchy" if is_asked else "noRecordsMatch"}"/>')

    async with harvested_daily(embedded, Behaviour(name="none", instead=without_sets)) as feed:
        want(feed, "maps")
        assert (await feed.day(0)).verdict == "complete"


def test_sets_of_other_names_are_counted_and_some_named() -> None:
    assert lack_of("x", ("a", "b")) == "expected the set x, found 2 others: a, b"
