"""SRU beyond record 1,000: in the order of identifiers every record has its number, in every other order none."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sruthi

from index.request import LAST_HIT
from tests.contracts.search.things import thing
from tests.index.indexed import Clusters, publish
from tests.portal_api.sru.test_sru import asked, texts
from tests.portal_api.staff import Browser, Portal, portal_over

THINGS = LAST_HIT + 130
BY_ID = "letter sortBy rec.identifier"


@pytest.fixture(name="portal")
async def fixture_portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal whose index has more things than pages reach."""
    publish(tmp_path / "index", Clusters(thing(f"Letter {number}") for number in range(THINGS)))
    async with portal_over(tmp_path) as portal:
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser() as browser:
        yield browser


@pytest.mark.parametrize("query", [BY_ID, "cql.allRecords=1"])
async def test_every_record_comes_once_by_its_number(browser: Browser, query: str) -> None:
    seen: list[str] = []
    start = 1
    while start:
        answer = await asked(browser, query=query, startRecord=start, maximumRecords=100)
        assert texts(answer, ".//2:recordPosition") == [str(start + n) for n in range(min(100, THINGS - start + 1))]
        seen += texts(answer, ".//2:recordIdentifier")
        start = int(next(iter(texts(answer, "2:nextRecordPosition")), "0"))
    assert len(seen) == len(set(seen)) == THINGS


@pytest.mark.parametrize("query", ["letter", "letter sortBy dc.title", "letter sortBy dc.date"])
async def test_other_orders_end_at_a_thousand_and_say_which_goes_on(browser: Browser, query: str) -> None:
    last = await asked(browser, query=query, startRecord=LAST_HIT - 9, maximumRecords=100)
    assert len(texts(last, ".//2:recordIdentifier")) == 10
    assert texts(last, "2:nextRecordPosition") == []
    beyond = await asked(browser, query=query, startRecord=LAST_HIT + 1)
    assert texts(beyond, "2:diagnostics/d2:diagnostic/d2:uri") == ["info:srw/diagnostic/1/61"]
    assert "sortBy rec.identifier" in texts(beyond, "2:diagnostics/d2:diagnostic/d2:message")[0]


@pytest.mark.parametrize("query", ["letter", "letter sortBy dc.title", BY_ID])
async def test_the_greatest_number_that_is_read_costs_no_more_than_the_next(browser: Browser, query: str) -> None:
    """Room for so many hits is more than there is: the process would end."""
    beyond = await asked(browser, query=query, startRecord=999_999_999)
    assert texts(beyond, "2:diagnostics/d2:diagnostic/d2:message") == [f"there are {THINGS} records"]


async def test_there_is_no_record_after_the_last(browser: Browser) -> None:
    answer = await asked(browser, query=BY_ID, startRecord=THINGS + 1)
    assert texts(answer, "2:diagnostics/d2:diagnostic/d2:message") == [f"there are {THINGS} records"]


async def test_an_independent_client_reads_beyond_a_thousand(portal: Portal) -> None:
    def read() -> list[str]:
        client = sruthi.Client(f"{portal.base}/sru", sru_version="1.2", maximum_records=100)
        # the store has none of them, so each is a diagnostic that names its thing
        return [next(v for k, v in each.items() if k.endswith("details")) for each in client.searchretrieve(BY_ID)]

    seen = await asyncio.to_thread(read)
    assert len(set(seen)) == len(seen) == THINGS


@pytest.mark.yaz
async def test_the_client_of_yaz_shows_the_last_record(portal: Portal) -> None:
    program = shutil.which("yaz-client")
    assert program is not None
    place = urlsplit(portal.base).netloc
    asked = (f"find {BY_ID}", f"show {THINGS}+1", "find letter", f"show {LAST_HIT + 1}+1", "quit")
    given = "\n".join((f"open http://{place}/sru", "sru get 1.2", "querytype cql", *asked, ""))

    def said() -> str:
        return subprocess.run([program], input=given, capture_output=True, text=True, timeout=30, check=True).stdout

    shown = await asyncio.to_thread(said)
    assert f"Number of hits: {THINGS}" in shown
    assert f"pos={THINGS} " in shown
    assert "SRW diagnostic info:srw/diagnostic/1/61" in shown
