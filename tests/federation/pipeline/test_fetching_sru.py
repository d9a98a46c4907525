"""An SRU server as a feed: every record, in parts where it stops, and an end whatever it does."""

from __future__ import annotations

import pytest

from federation.pipeline.fetching import fetch_feed
from federation.storage.engine import Store
from harvester.ports import Blocked, Complete, Incomplete
from harvester.settings import Limits
from tests.federation.pipeline.test_fetching import add_feed, held, verdict
from tests.federation.pipeline.test_harvest import PatientClock
from tests.peers.sru import SruServer, serving_sru


def numbered(count: int) -> dict[str, str]:
    return {f"{n % 7}a{n}": f"{1900 + n % 90}-0{1 + n % 9}-11" for n in range(count)}


@pytest.mark.parametrize("version", ["1.1", "1.2", "2.0"])
@pytest.mark.parametrize("packing", ["xml", "string"])
async def test_every_version_and_packing_of_sru_gives_all_its_records(store: Store, version: str, packing: str) -> None:
    server = SruServer(numbered(35), version=version, packing=packing)
    async with serving_sru(server) as url:
        feed = add_feed(store, "sru", url, metadata_prefix="dc", query="dc.title any thing")
        assert await verdict(store, feed) == Complete(evidence="counted")
    assert held(store) == sorted(server.records)
    assert server.asked[-1]["query"] == "dc.title any thing"


@pytest.mark.parametrize("index", ["", "dc.date"])
@pytest.mark.parametrize("says_stop", [True, False])
async def test_a_server_that_stops_before_the_end_is_asked_in_parts(store: Store, index: str, says_stop: bool) -> None:
    server = SruServer(numbered(300), most=40, says_stop=says_stop)
    async with serving_sru(server) as url:
        feed = add_feed(store, "sru", url, metadata_prefix="dc", split_by=index)
        assert await verdict(store, feed) == Complete(evidence="counted")
    assert held(store) == sorted(server.records)


async def test_a_server_that_stops_and_cannot_be_asked_in_parts_leaves_an_incomplete_run(store: Store) -> None:
    server = SruServer(numbered(100), most=40, indexes=())
    async with serving_sru(server) as url:
        feed = add_feed(store, "sru", url, metadata_prefix="dc")
        assert await verdict(store, feed) == Incomplete(missing=60, reason="count_differs")
        server.most = None
        assert await verdict(store, feed) == Complete(evidence="counted")
        server.most = 40
        await verdict(store, feed)
    assert len(held(store)) == 100, "what a server does not give any more is not gone"


async def test_a_server_that_gives_the_same_page_for_ever_comes_to_an_end(store: Store) -> None:
    server = SruServer(numbered(100), stuck=True, indexes=())
    async with serving_sru(server) as url:
        found = await verdict(store, add_feed(store, "sru", url, metadata_prefix="dc"))
    assert found == Incomplete(missing=90, reason="count_differs")
    assert len(server.asked) < 10


async def test_a_server_that_suddenly_finds_nothing_waits_for_a_person(store: Store) -> None:
    server = SruServer(numbered(30))
    async with serving_sru(server) as url:
        feed = add_feed(store, "sru", url, metadata_prefix="dc")
        assert await verdict(store, feed) == Complete(evidence="counted")
        server.records = {}
        assert await verdict(store, feed) == Incomplete(missing=0, reason="brake")
    assert len(held(store)) == 30


async def test_a_search_that_never_found_anything_is_said_to_find_nothing(store: Store) -> None:
    async with serving_sru(SruServer({})) as url:
        feed = add_feed(store, "sru", url, metadata_prefix="dc")
        assert await verdict(store, feed) == Blocked(reason="nothing_found")


async def test_a_fetch_that_is_cut_short_goes_on_behind_its_last_page(store: Store) -> None:
    server = SruServer(numbered(60))
    async with serving_sru(server) as url:
        feed = add_feed(store, "sru", url, metadata_prefix="dc")
        for _ in range(3):
            await fetch_feed(store, feed, clock=PatientClock(), user_agent="test", limits=Limits(slice_seconds=-1.0))
        asked = len(server.asked)
        assert await verdict(store, feed) == Complete(evidence="counted")
    assert asked == 3
    assert len(server.asked) == 6
    assert len(held(store)) == 60
