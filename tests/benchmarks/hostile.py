"""Ten thousand strings that nobody types in earnest: each answered or refused, and the dearest of them in CPU time."""

from __future__ import annotations

import time
from collections import Counter

from index.errors import QueryInvalid
from index.ports import SearchBackend
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from portal_api.long_lived import put_aside
from tests.benchmarks.backends import searching_over
from tests.benchmarks.catalogue import records
from tests.benchmarks.result import Result, measured
from tests.benchmarks.search import FACETS
from tests.hostile import strings

STRINGS = 10_000
#: CPU milliseconds that one may take of this process; a cluster's own are not among them
MOST = 100.0


def run(count: int) -> list[Result]:
    """What became of them over `count` records, and how many passed their bar; any other error ends the run."""
    became: Counter[str] = Counter()
    with searching_over(records(count)) as search:
        # as a server does when it starts
        put_aside()
        with measured() as asking:
            taken = [_milliseconds(search, text, became) for text in strings(STRINGS)]
    slow = sum(each > MOST for each in taken)
    return [
        *(asking.told(f"hostile_{what}", number, "strings", count) for what, number in sorted(became.items())),
        asking.told("hostile_dearest", round(max(taken), 1), "cpu ms", count),
        asking.told(f"hostile_beyond_{MOST:.0f}_ms", slow, "strings", count),
    ]


def _milliseconds(search: SearchBackend, text: str, became: Counter[str]) -> float:
    began = time.process_time()
    try:
        search.search(SearchRequest(visibility=EVERYONE, text=text, facets=FACETS, histogram=True, relax="auto"))
        became["answered"] += 1
    except QueryInvalid:
        became["refused"] += 1
    return (time.process_time() - began) * 1_000
