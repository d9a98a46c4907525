"""What is asked while somebody types: the beginnings of words, names and titles that stand in the catalogue."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence

from index.ports import SearchBackend
from mappings.schema.access import EVERYONE
from mappings.schema.unified import UnifiedRecord
from tests.benchmarks.backends import searching_over
from tests.benchmarks.catalogue import records
from tests.benchmarks.result import Result, measured, peak_mib

TYPED = 300
_SEED = 20_261_126


def run(count: int) -> list[Result]:
    """The middle and the slowest of 100 of different beginnings, warm."""
    made = list(records(count))
    with searching_over(made) as search:
        for text in beginnings(made, 30, seed=9):
            search.suggest(text, EVERYONE)
        with measured() as suggesting:
            taken = sorted(_milliseconds(search, text) for text in beginnings(made, TYPED))
    return [
        Result(
            name=f"suggest_{name}",
            subject="exchange",
            value=round(taken[int(len(taken) * share)], 2),
            unit="ms",
            n=count,
            cpu_seconds=round(suggesting.cpu_seconds, 3),
            wall_seconds=round(suggesting.wall_seconds, 3),
            peak_mib=peak_mib(),
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]


def beginnings(made: Sequence[UnifiedRecord], count: int, *, seed: int = _SEED) -> Iterator[str]:
    """Titles and names, cut off after two to twelve characters."""
    chance = random.Random(seed)
    for _ in range(count):
        record = chance.choice(made)
        texts = [record.title.value.value, *(agent.value.name.value for agent in record.agents)]
        yield chance.choice(texts)[: chance.randint(2, 12)]


def _milliseconds(search: SearchBackend, text: str) -> float:
    began = time.perf_counter()
    search.suggest(text, EVERYONE)
    return (time.perf_counter() - began) * 1_000
