"""Lists of a search that are taken away: whole or refused, streamed, without formulas, as their reader may see them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from index.listed import COLUMNS
from index.request import LAST_HIT
from portal_api.pages.public import lists
from tests.contracts.search.things import thing
from tests.index.indexed import Clusters, publish
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import SECRET, found
from tests.portal_api.staff import Browser, Portal, portal_over

#: more than a page of an engine, so that a list is written piece by piece
MANY = LAST_HIT + 205
#: `http.exports_at_once` where nothing is set
AT_ONCE = 4


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a table that begins with a byte order mark."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_a_list_of_hits_is_a_table(browser: Browser) -> None:
    answer = await browser.get("/search.csv?q=*")
    total = (await found(browser, "/api/v1/search?q=*"))["total"]
    listed = rows(answer.text)
    assert (len(listed), tuple(listed[0])) == (total, COLUMNS)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="search.csv"'
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_line_of_json_is_a_hit_with_its_address(browser: Browser) -> None:
    answer = await browser.get("/search.jsonl?q=strangers")
    (line,) = [json.loads(each) for each in answer.text.splitlines()]
    (hit,) = (await found(browser, "/api/v1/search?q=strangers"))["hits"]
    assert line.pop("address") == f"{browser.base}/r/{hit['id']}"
    assert line == {name: hit[name] for name in line}
    assert answer.headers["Content-Type"] == "application/jsonl"
    assert SECRET not in (await browser.get("/search.jsonl?q=*")).text


async def test_a_search_without_hits_is_an_empty_list(browser: Browser) -> None:
    assert rows((await browser.get("/search.csv?q=zymurgy")).text) == []
    assert (await browser.get("/search.jsonl?q=zymurgy")).text == ""


@pytest.mark.parametrize("wrong", ["page=2", "cursor=x", "nosuch=1"])
async def test_a_list_has_no_pages(browser: Browser, wrong: str) -> None:
    assert (await browser.get(f"/search.csv?q=*&{wrong}")).status == 400
    assert (await browser.get(f"/search.jsonl?q=*&{wrong}")).status == 400


@pytest.fixture(name="many")
async def fixture_many(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal over more things than a list of anybody may have."""
    async with portal_of(tmp_path, (f"Letter {number}" for number in range(MANY))) as portal:
        yield portal


@asynccontextmanager
async def portal_of(folder: Path, titles: Iterable[str]) -> AsyncIterator[Portal]:
    """A portal whose index has things of these titles; Nora has an account."""
    publish(folder / "index", Clusters(map(thing, titles)))
    async with portal_over(folder) as portal:
        add_person(portal.store, "nora")
        yield portal


async def test_a_title_that_a_spreadsheet_would_run_is_guarded(tmp_path: Path) -> None:
    async with portal_of(tmp_path, ["=1+1 letter"]) as portal, portal.browser() as anybody:
        (row,) = rows((await anybody.get("/search.csv?q=letter")).text)
        (line,) = (await anybody.get("/search.jsonl?q=letter")).text.splitlines()
    assert row["title"] == "'=1+1 letter"
    assert json.loads(line)["title"] == "=1+1 letter"


async def test_a_list_that_is_too_long_is_refused_with_both_numbers(many: Portal) -> None:
    async with many.browser() as anybody:
        answer = await anybody.get("/search.csv?q=letter", Accept="application/json")
        problem = json.loads(answer.text)
        assert (answer.status, problem["type"]) == (422, "/about/problems#export-too-large")
        assert f"at most {LAST_HIT:,} hits in a list, found {MANY:,}" in problem["detail"]
        page = (await anybody.get("/search?q=letter")).text
        assert "at most 1,000 hits are given" in page
        assert "/search.csv" not in page
        assert len(rows((await anybody.get("/search.csv?q=7")).text)) == 1


async def test_who_has_an_account_gets_all_of_it_each_hit_once(many: Portal) -> None:
    async with many.browser("nora") as nora:
        assert 'href="/search.csv?q=letter"' in (await nora.get("/search?q=letter")).text
        listed = rows((await nora.get("/search.csv?q=letter")).text)
        lines = [json.loads(line) for line in (await nora.get("/search.jsonl?q=letter")).text.splitlines()]
    assert len({row["address"] for row in listed}) == len(listed) == MANY
    assert [row["address"] for row in listed] == [line["address"] for line in lines]


async def test_what_a_list_would_be_is_asked_without_reading_it(many: Portal) -> None:
    async with ClientSession() as session, session.head(f"{many.base}/search.csv?q=7") as answer:
        assert (answer.status, await answer.read()) == (200, b"")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


async def test_a_list_that_nobody_takes_is_broken_off_and_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lists, "PATIENCE_SECONDS", 0.2)
    async with portal_of(tmp_path, (f"Letter {number} {'x' * 30_000}" for number in range(300))) as portal:
        port = urlsplit(portal.base).port
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
        writer.write(f"GET /search.jsonl?q=letter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        for _ in range(200):
            if "a list of 300 hits was broken off" in caplog.text:
                break
            await asyncio.sleep(0.05)
        assert not (await taken(reader)).endswith(b"0\r\n\r\n")
        writer.close()


async def test_one_network_holds_no_more_than_its_lists_at_one_time(tmp_path: Path) -> None:
    async with portal_of(tmp_path, (f"Letter {number} {'x' * 30_000}" for number in range(300))) as portal:
        port = urlsplit(portal.base).port
        held = [await asyncio.open_connection("127.0.0.1", port, limit=1_024) for _ in range(AT_ONCE)]
        for reader, writer in held:
            writer.write(f"GET /search.jsonl?q=letter HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        async with portal.browser() as anybody:
            answer = await anybody.get("/search.csv?q=letter", Accept="application/json")
            assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
            for _, writer in held:
                writer.transport.abort()
            for _ in range(100):
                if (await anybody.get("/search.csv?q=letter")).status == 200:
                    break
                await asyncio.sleep(0.05)
            assert (await anybody.get("/search.csv?q=letter")).status == 200


async def taken(reader: asyncio.StreamReader) -> bytes:
    """What comes until the connection ends, however it ends; the list's own end where it is whole."""
    found = b""
    with suppress(ConnectionError):
        async with asyncio.timeout(10):
            while piece := await reader.read(1 << 20):
                found = (found + piece)[-100:]
    return found
