"""What many feeds in one process cost, and by how much ten that misbehave hold up a healthy one."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from harvester.feeds import Feed
from tests.benchmarks.result import Measured, Result, measured, resident_mib
from tests.federation.pipeline.fair import beside, harvested, many
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Peer
from tests.peers.awkward.peer import serving as awkward
from tests.peers.courteous.repository import Repository, items

#: of each feed
RECORDS = 1_000
#: pages of the healthy feed, as fast as politeness lets them come
PAGES = 20
#: how often it is harvested alone and among others: the shortest of each counts, as other work only adds
TURNS = 3
#: between two pages of one feed; the processors on which what others cost is spread
PAUSE_SECONDS, PROCESSORS = Feed(key="", base_url="", metadata_prefix="").min_interval_seconds, 2
MISBEHAVING = (
    "47 stall once",
    "50 endless page",
    "54 502 for ever",
    "54 502 ten times",
    "86 same token for ever",
    "98 stops at 60 of 120, size not given",
    "96 sixty empty pages",
    "116 loop of ninety pages",
    "128 429 for each third request",
    "103 pages out of date order, tokens die",
)


def run(records: int) -> list[Result]:
    """Feeds of a thousand records each at once, and the delay of a healthy feed; the peers lie in this process too."""
    with tempfile.TemporaryDirectory() as folder:
        return [*asyncio.run(_at_once(Path(folder), max(records // RECORDS, 1))), *asyncio.run(_delay(Path(folder)))]


async def _at_once(folder: Path, count: int) -> list[Result]:
    repository = Repository(items(RECORDS, deleted_every=33), page_size=100)
    async with many(repository, count) as urls:
        idle = resident_mib()
        with measured() as taken:
            seconds = await harvested(folder / "many", urls)
    told = taken.per_wall_second("harvest.at_once", "exchange", count * RECORDS)
    above = msgspec.structs.replace(told, peak_mib=round(told.peak_mib - idle, 1))
    return [above, _ratio(taken, "harvest.slowest_to_median", seconds[-1] / seconds[len(seconds) // 2], count)]


async def _delay(folder: Path) -> list[Result]:
    """What a healthy feed takes among others: by the clock, by what they cost, and by how often they came."""
    known = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
    repository = Repository(items(50 * PAGES), page_size=50)
    alone, among = list[float](), list[float]()
    with measured() as taken:
        for turn in range(TURNS):
            async with AsyncExitStack() as stack:
                (healthy,) = await stack.enter_async_context(many(repository, 1))
                # each turn anew: some of them misbehave once
                others = [await stack.enter_async_context(awkward(Peer(known[name]))) for name in MISBEHAVING]
                alone += await harvested(folder / f"alone{turn}", [healthy])
                among += await harvested(folder / f"among{turn}", [healthy], others)
    found = [beside(folder / f"among{turn}") for turn in range(TURNS)]
    cpu_seconds = min(each.cpu_seconds for each in found) / PROCESSORS
    return [
        _ratio(taken, "harvest.among_misbehaving_to_alone", min(among) / min(alone), len(MISBEHAVING)),
        _ratio(taken, "harvest.cpu_among_to_alone", 1 + cpu_seconds / (PAGES * PAUSE_SECONDS), len(MISBEHAVING)),
        taken.told("harvest.pages_between", min(each.most_pages for each in found), "pages", len(MISBEHAVING)),
    ]


def _ratio(taken: Measured, name: str, value: float, n: int) -> Result:
    return taken.told(name, round(value, 3), "ratio", n)
