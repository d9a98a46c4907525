"""A repository of a million items: every list is whole, and its last page costs what an early one does."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from federation.pipeline.export_settings import ExportSettings
from federation.storage.engine import Store
from portal_api.oai_provider.export_rows import ExportRepository
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.oai_provider.verbs import answer
from tests.benchmarks.result import peak_mib
from tests.peers.judge import Judge, oai_schema
from tests.peers.strict import Strict
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, serving
from tests.portal_api.oai_provider.test_strict import filled
from tests.sample_data import require_data

#: how many in `make prove`; more or fewer by `python -m tests.proofs provider --size N`
ITEMS = int(os.environ.get("EXCHANGE_TEST_ITEMS", "1000000"))
SETTINGS = ProviderSettings(
    name="Large",
    base_url="http://127.0.0.1/oai",
    admin_email="admin@archive-exchange.example",
    authority=AUTHORITY,
    token_key=b"k" * 32,
)
#: the last page may cost so many times what the first does, which counts the whole list besides
MOST = 1.5
#: and what the second does; headers of tombstones at a list's end name more sets than others
MOST_OF_SECOND = 2.5
_TOKEN = re.compile(r"<resumptionToken[^>]*>([^<]+)</resumptionToken>")
_IDENTIFIER = re.compile(r"<identifier>[^<]+:c-([0-9]+)</identifier>")

Pairs = list[tuple[str, str]]


class Walk:
    """One list, walked to its end: how often each item came, and how its pages are asked for."""

    def __init__(self, repository: ExportRepository, verb: str, **window: str) -> None:
        self._repository = repository
        self.first: Pairs = [("verb", verb), ("metadataPrefix", "oai_dc"), *window.items()]
        self.second = self.last = self.first
        self.times = bytearray(ITEMS)
        for page in self._pages(verb):
            for number in _IDENTIFIER.findall(page):
                self.times[int(number)] += 1

    def _pages(self, verb: str) -> Iterator[str]:
        token: re.Match[str] | None
        asked: Pairs | None = self.first
        while asked:
            page = answer(asked, self._repository, SETTINGS)
            yield page
            token = _TOKEN.search(page[-500:])
            self.last = asked if token else self.last
            following: Pairs | None = [("verb", verb), ("resumptionToken", token[1])] if token else None
            self.second = following if following and asked == self.first else self.second
            asked = following

    def ratios(self) -> tuple[float, float]:
        """What the last full page costs, as a multiple of the first, which counts the list, and of the second."""
        last = self.seconds(self.last)
        return last / self.seconds(self.first), last / self.seconds(self.second)

    def seconds(self, asked: Pairs) -> float:
        """The least of several, for other work on the machine only adds."""
        found = []
        for _ in range(9):
            begun = time.process_time()
            answer(asked, self._repository, SETTINGS)
            found.append(time.process_time() - begun)
        return min(found)


@pytest.fixture(name="large", scope="module")
def fixture_large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """All the items, written once for both tests, neither of which changes them."""
    begun = time.process_time()
    store = filled(tmp_path_factory.mktemp("large"), Clock(), ITEMS)
    print(f"{ITEMS} items written in {time.process_time() - begun:.0f} CPU s")
    yield store
    store.close()


@pytest.mark.long
def test_every_list_is_whole_and_its_last_page_costs_what_an_early_one_does(large: Store) -> None:
    repository = ExportRepository(large, ExportSettings(authority=AUTHORITY))
    everything = [Walk(repository, verb) for verb in ("ListIdentifiers", "ListRecords")]
    later = Walk(repository, "ListIdentifiers", **{"from": "2026-01-01T00:00:01Z"})
    of_set = Walk(repository, "ListIdentifiers", set="level:1")
    for each in everything:
        assert each.times == b"\1" * ITEMS
    for part in (later, of_set):
        assert 0 < sum(part.times) < ITEMS
        assert max(part.times) == 1
    found = [each.ratios() for each in (*everything, later, of_set)]
    print(f"{ITEMS} items; last page against first and second:", [[round(x, 2) for x in each] for each in found])
    assert max(against_first for against_first, _ in found) <= MOST, found
    assert max(against_second for _, against_second in found) <= MOST_OF_SECOND, found


@pytest.mark.long
@pytest.mark.data
async def test_the_strict_checkers_find_nothing_among_all_of_them(large: Store, tmp_path: Path) -> None:
    copies = tmp_path / "schemas"
    copies.mkdir()
    schema: etree.XMLSchema = oai_schema(require_data("schemas"), copies)
    async with serving(large, tmp_path) as url:
        begun, cpu = time.monotonic(), time.process_time()
        assert await asyncio.to_thread(Strict(url, schema).findings) == []
        assert await asyncio.to_thread(Judge(url, schema).findings) == []
    took = f"{time.monotonic() - begun:.0f} s, {time.process_time() - cpu:.0f} CPU s"
    print(f"{ITEMS} items judged in {took}; {peak_mib():.0f} MiB at most")
