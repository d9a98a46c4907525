"""Dates: how many of the sample data's date strings are read, and how fast, where no reading is kept.

Once as they occur, and once each string alone, which are harder: most records say a year.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice

from harvester.files.mapping import base_for, map_file
from mappings.dates.read import read
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped
from mappings.schema.dates import DateReading, Unread
from mappings.schema.holding import Institution
from tests.benchmarks.result import Result, measured
from tests.sample_data import SAMPLE_DATA

CONTEXT = Context(feed="feed", institution=Institution(name="Institution", slug="institution"))
#: of lists with columns of their own, and of pairs that name records of other files
ELSEWHERE = ("overlap/", "xlsx/", "csv/umelb")


def run(records: int) -> list[Result]:
    """Up to `records` records of each file."""
    texts = list(_texts(records))
    distinct = list(dict.fromkeys(texts))
    uncached: Callable[[str], DateReading] = read.__wrapped__
    with measured() as taken:
        unread = sum(isinstance(uncached(text), Unread) for text in texts)
    with measured() as alone:
        for text in distinct:
            uncached(text)
    return [
        taken.per_cpu_second("dates", "exchange", len(texts)),
        alone.per_cpu_second("dates, each once", "exchange", len(distinct)),
        taken.told("dates read", round(1 - unread / max(len(texts), 1), 4), "share of strings", len(texts)),
    ]


def _texts(records: int) -> Iterator[str]:
    rows = json.loads((SAMPLE_DATA / "records" / "MANIFEST.json").read_text(encoding="utf-8"))
    for row in rows:
        if not row["file"].startswith(ELSEWHERE):
            path = SAMPLE_DATA / "records" / row["file"]
            for _, outcome in islice(map_file(compiled(base_for(path)), path, CONTEXT), records):
                for unit in outcome.units if isinstance(outcome, Mapped) else ():
                    yield from (date.text for date in unit.record.dates)
