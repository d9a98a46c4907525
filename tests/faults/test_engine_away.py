"""A search engine that dies in the midst of its work and stays away: all else goes on, and nothing is lost to it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from federation.pipeline.publish import waiting
from federation.pipeline.step import HARVEST
from federation.pipeline.unifying import Clusters
from federation.storage import cursors, jobs, outcomes
from federation.storage.engine import Store
from index.elastic.settings import ElasticSettings
from index.errors import BackendUnavailable
from index.places import search_at, verified_at
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from portal_api.dev import elasticsearch as server
from portal_api.dev.elasticsearch import Node
from tests.faults.killing import add_feeds, check, grown, has_in_hand, make_due
from tests.peers.courteous.repository import Repository, items, serving

pytestmark = pytest.mark.elasticsearch

#: so many that all the changes of a day are no mass change
RECORDS = 600
#: of its absence, between two changes of what is harvested; at most so many changes, for each has a day of its own
PAUSE_SECONDS, MOST_CHANGES = 5.0, 25
#: until whatever is waited for has happened, on a busy machine too
DEADLINE_SECONDS = 300.0


@pytest.fixture(name="node")
def fixture_node() -> Iterator[Node]:
    """A server of the test's own, for it is killed."""
    if not server.is_here():
        pytest.skip("Elasticsearch cannot be had: Java 17 and Maven are needed")
    with server.running() as (started,):
        yield started


class Absence:
    """An exchange whose engine is away while its feed goes on changing."""

    def __init__(self, store: Store, folder: Path, node: Node) -> None:
        self._store, self._folder, self._node = store, folder, node
        self._place = ElasticSettings(urls=(node.url,), prefix="away", replicas=0)
        self._repository = Repository(items(RECORDS), page_size=100)
        self._round = 0

    async def lasts(self, seconds: float) -> None:
        """The engine dies while it is written to, comes back so many seconds later, and is caught up."""
        async with serving(self._repository) as url:
            add_feeds(self._store, {"peer": url})
            process = await self._working()
            try:
                await self._until(lambda: self._reached() > 0 and self._is_caught_up())
                await self._change()
                await self._until(lambda: has_in_hand(self._store, process.pid, "publish"))
                self._node.kill()
                await self._is_away(seconds)
                await asyncio.to_thread(self._node.start_again)
                await self._until(self._is_caught_up)
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(DEADLINE_SECONDS):
                    assert await process.wait() == 0
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        found = verified_at(self._place, Clusters(self._store))
        assert (found.missing, found.extra, found.stale) == ((), (), ())
        assert found.documents == sum(not item.deleted for item in self._repository.records)

    async def _is_away(self, seconds: float) -> None:
        """What comes in is harvested, mapped and linked all the while; readers are told, and no job is given up."""
        until, pause = time.monotonic() + seconds, max(PAUSE_SECONDS, seconds / MOST_CHANGES)
        while time.monotonic() < until:
            await self._change()
            await self._until(lambda: not self._unmapped())
            check(self._store)
            assert not any(job.state == "parked" for job in self._live())
            with pytest.raises(BackendUnavailable) as told:
                search_at(self._place).search(SearchRequest(visibility=EVERYONE, text="bridge"))
            assert told.value.retry_after_seconds
            await asyncio.sleep(min(pause, max(until - time.monotonic(), 0)))
        assert waiting(self._store) > 0

    async def _change(self) -> None:
        """Ten new records, five changed ones, one deleted: for the next run, which a run in hand would put off."""
        await self._until(lambda: not any(job.kind == HARVEST for job in self._live()))
        self._round += 1
        self._repository.records = grown("peer", self._repository.records, self._round)
        make_due(self._store)

    def _unmapped(self) -> int:
        with self._store.reading() as connection:
            held = outcomes.accounts(connection, cursors.get(connection, "map"))
            return len(self._repository.records) - held.harvested + held.waiting

    def _reached(self) -> int:
        with self._store.reading() as connection:
            return cursors.get(connection, "publish")

    def _is_caught_up(self) -> bool:
        return (
            not any(job.lane == "process" for job in self._live()) and not self._unmapped() and not waiting(self._store)
        )

    def _live(self) -> list[jobs.Job]:
        with self._store.reading() as connection:
            return jobs.live(connection)

    async def _working(self) -> asyncio.subprocess.Process:
        code = "from portal_api.commands import main; main()"
        stated = {"BACKEND": "elasticsearch", "URLS": self._node.url, "PREFIX": self._place.prefix, "REPLICAS": "0"}
        environment = os.environ | {f"EXCHANGE_SEARCH__{name}": value for name, value in stated.items()}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, "work", "--data", str(self._folder),
            env=environment | {"EXCHANGE_WORK__PROCESSES": "1"}, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    async def _until(self, condition: Callable[[], object]) -> None:
        until = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < until, (self._unmapped(), waiting(self._store), self._live())
            await asyncio.sleep(0.02)


async def test_an_engine_that_was_away_for_half_a_minute_is_caught_up(
    embedded: Store, tmp_path: Path, node: Node
) -> None:
    await Absence(embedded, tmp_path, node).lasts(30)


@pytest.mark.long
async def test_an_engine_that_was_away_for_ten_minutes_is_caught_up(
    embedded: Store, tmp_path: Path, node: Node
) -> None:
    await Absence(embedded, tmp_path, node).lasts(600)
