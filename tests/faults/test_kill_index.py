"""`kill -9` of whoever gives the index its work, and of whoever writes it: caught up, it holds what the store gives."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import pytest

from federation.pipeline.publish import waiting
from federation.pipeline.unifying import Clusters
from federation.storage import cursors, jobs, set_aside
from federation.storage.engine import Store
from index.places import IndexPlace, generations_at, search_at, verified_at
from index.request import SearchRequest
from mappings.schema.access import EVERYONE, PUBLIC
from tests.faults.killing import DEADLINE_SECONDS, has_in_hand, kill
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, put
from tests.index.elastic import indexed

#: things at first, and those that one round changes
THINGS, CHANGES = 60, 15
#: until when after a writer has begun it may be killed: it writes at the start of this, and is idle at its end
SPAN_SECONDS = 0.4
#: who is killed: the process that claims the work, the process that writes for it, a command that builds anew
Victim = Literal["consumer", "writer", "rebuild"]
VICTIMS: tuple[Victim, ...] = ("consumer", "writer", "consumer", "rebuild", "writer")


class Killed:
    """An exchange whose index is killed again and again while what it holds changes."""

    def __init__(self, store: Store, folder: Path, place: IndexPlace, seed: int) -> None:
        self._store, self._folder, self._place = store, folder, place
        self._chance = random.Random(seed)
        self._round = 0
        #: what all processes complained of, for whoever reads why one did not end
        self._said = folder / "said"

    async def survives(self, kills: int) -> None:
        """So many kills; what is found once everything is caught up."""
        self._change(range(1, THINGS + 1))
        await self._catch_up()
        hits = tries = 0
        while hits < kills:
            tries += 1
            assert tries < 20 + 4 * kills, "processes end before they are killed"
            self._change(self._chance.sample(range(1, THINGS + CHANGES), CHANGES))
            victim = VICTIMS[tries % len(VICTIMS)]
            hits += await (self._killed_in_rebuild() if victim == "rebuild" else self._killed_at_work(victim))
        await self._catch_up()

    def _change(self, numbers: Sequence[int]) -> None:
        """These are told anew: new texts, hidden ones, some that are gone and some that come back."""
        self._round += 1
        told = [
            catalogue_record(
                number,
                f"Chronicle of mill number {number}, printing {self._round}",
                line="hidden" if self._chance.random() < 0.1 else "full",
            )
            for number in numbers
        ]
        put(self._store, told, gone=[each.id for each in told if self._chance.random() < 0.1])
        link_all(self._store, limit=1_000)

    async def _killed_at_work(self, victim: Victim) -> int:
        if self._is_alone():
            # a writer that died over one thing alone would have it set aside
            victim = "consumer"
        process = await self._command("work", "--until-idle")
        if not await _until(process, lambda: has_in_hand(self._store, process.pid, "publish") and workers(process.pid)):
            return 0
        await self._a_moment()
        if victim == "consumer":
            return await kill(process)
        writers = workers(process.pid)
        for pid in writers:
            os.kill(pid, signal.SIGKILL)
        if writers and self._chance.random() < 0.8:
            # which goes on by itself with another writer, a thing and a commit at a time
            await self._a_moment()
            return 1 + await kill(process)
        await self._ended(process)
        return int(bool(writers))

    def _is_alone(self) -> bool:
        """Whether a writer died already over what is to be done next."""
        with self._store.reading() as connection:
            return any(job.solo for job in jobs.live(connection))

    async def _killed_in_rebuild(self) -> int:
        before = generations_at(self._place)
        process = await self._command("index", "rebuild")
        if not await _until(process, lambda: generations_at(self._place) != before):
            return 0
        await self._a_moment()
        return await kill(process)

    async def _a_moment(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, SPAN_SECONDS))

    async def _catch_up(self) -> None:
        """Works to the end; nothing is missing then, nothing is there too much, and nothing is old."""
        await self._ended(await self._command("work", "--until-idle"))
        found = verified_at(self._place, Clusters(self._store))
        assert (found.missing, found.extra, found.stale) == ((), (), ())
        assert waiting(self._store) == 0
        assert self._shown() == self._given()
        with self._store.reading() as connection:
            assert not [job for job in jobs.listed(connection) if job.state == "parked"]
            assert not set_aside.everything(connection, "publish")
            assert search_at(self._place).standing()[1] == cursors.get(connection, "publish")

    async def _ended(self, process: asyncio.subprocess.Process) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                code = await process.wait()
        except TimeoutError:
            code = None
        assert code == 0, self._complaints()

    def _complaints(self) -> str:
        with self._store.reading() as connection:
            waiting_jobs = [job for job in jobs.listed(connection) if job.state != "done"]
        return f"{waiting_jobs}\n{self._said.read_text(encoding='utf-8')[-5_000:]}"

    def _shown(self) -> dict[str, str]:
        """Cluster -> title, as the public finds them."""
        scan = search_at(self._place).scan(SearchRequest(visibility=EVERYONE, text="*"), 10 * THINGS)
        found: dict[str, str] = {}
        while page := scan.page():
            found |= {hit.id: hit.title for hit in page}
        scan.close()
        return found

    def _given(self) -> dict[str, str]:
        """The same, as the store has them."""
        source = Clusters(self._store)
        records = source.unified(source.all_clusters("", 10 * THINGS))
        return {record.id: record.title.value.value for record in records if record.audience == PUBLIC}

    async def _command(self, *words: str) -> asyncio.subprocess.Process:
        code = "from portal_api.commands import main; main()"
        with self._said.open("ab") as said:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-c", code, *words, "--data", str(self._folder), env=self._environment(),
                stdout=asyncio.subprocess.DEVNULL, stderr=said,
            )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        place = self._place
        stated = {"WORK__PROCESSES": "1"}
        if not isinstance(place, Path):
            stated |= {"SEARCH__BACKEND": "elasticsearch", "SEARCH__URLS": place.urls[0], "SEARCH__REPLICAS": "0"}
            stated |= {"SEARCH__PREFIX": place.prefix}
        return os.environ | {f"EXCHANGE_{name}": value for name, value in stated.items()}


def workers(pid: int) -> list[int]:
    """The worker processes of a command, which one of its children forks."""
    return [worker for child in _children(pid) for worker in _children(child)]


def _children(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(each) for thread in threads for each in (thread / "children").read_text().split()]
    except OSError:
        return []


async def _until(process: asyncio.subprocess.Process, condition: Callable[[], object]) -> bool:
    """Waits until something holds; False where the process ended before."""
    while process.returncode is None:
        if condition():
            return True
        await asyncio.sleep(0.005)
    return False


@pytest.fixture(name="place", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def fixture_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexPlace]:
    """Where an index lies, on each engine in turn."""
    if request.param == "embedded":
        yield tmp_path / "index"
        return
    cluster = indexed.settings(request.getfixturevalue("elasticsearch"))
    yield cluster
    indexed.drop(cluster)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are found by /proc")
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_five_kills_leave_an_index_that_holds_what_the_store_gives(
    embedded: Store, tmp_path: Path, place: IndexPlace, seed: int
) -> None:
    await Killed(embedded, tmp_path, place, seed).survives(5)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(11, 31))
async def test_ten_kills_leave_an_index_that_holds_what_the_store_gives(
    embedded: Store, tmp_path: Path, place: IndexPlace, seed: int
) -> None:
    await Killed(embedded, tmp_path, place, seed).survives(10)
