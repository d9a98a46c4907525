"""Judges from outside: clients of others get every record, a validator finds nothing, and each is shown to find."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree
from msgspec.structs import replace

from federation.storage.engine import Store
from federation.storage.exports import Offered
from mappings.serialisations.provenance import write
from portal_api.oai_provider import lists, routes, verbs
from portal_api.oai_provider.settings import ProviderSettings
from tests import factories
from tests.peers.judge import Judge, oai_schema
from tests.peers.oai_clients import CLIENTS, Client, Seen
from tests.peers.perl_client import PERL
from tests.portal_api.oai_provider.exported import AUTHORITY, Clock, offered, open_store, put, serving
from tests.sample_data import require_data

RECORDS = 53
FIRST = factories.origin_description()
FOREIGN = [
    *(pytest.param(client, id=name) for name, client in CLIENTS.items()),
    *(pytest.param(client, id=name, marks=pytest.mark.perl) for name, client in PERL.items()),
]


@pytest.fixture(name="small_pages", autouse=True)
def fixture_small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten, so that a few records make a list of several pages."""
    monkeypatch.setattr(routes, "PAGE_RECORDS", 10)


@pytest.fixture(name="clock")
def fixture_clock() -> Clock:
    """A clock that is set."""
    return Clock()


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """Items over several seconds, three of them deleted, awkward characters among their titles."""
    store = open_store(tmp_path, clock)
    for start in range(0, RECORDS, 20):
        put(store, [_item(number) for number in range(start, min(start + 20, RECORDS))])
        clock.pass_seconds()
    put(store, [offered(f"c-{n}", None) for n in (3, 30, 52)])
    clock.pass_seconds()
    yield store
    store.close()


def _item(number: int) -> Offered:
    """An item in two sets that says where it came from."""
    made = offered(f"c-{number}", f"Title {number} &lt;&amp; 中文 𠮷", f"level:{number % 3}", "institution:hill:maps")
    return replace(made, about=f"<about>{write([FIRST, FIRST])}</about>")


def expected(store: Store) -> list[Seen]:
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT item, datestamp, deleted FROM export_item").all()
    return sorted(Seen(f"oai:{AUTHORITY}:{row[0]}", row[1], bool(row[2])) for row in rows)


@pytest.mark.parametrize("client", FOREIGN)
async def test_a_client_gets_every_record(store: Store, tmp_path: Path, client: Client) -> None:
    async with serving(store, tmp_path) as url:
        assert sorted(await asyncio.to_thread(client, url, "oai_dc")) == expected(store)


@pytest.mark.parametrize("client", FOREIGN)
async def test_a_client_that_gets_too_little_is_seen(
    store: Store, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge can fail: a page that loses its last row is noticed."""
    monkeypatch.setattr(lists, "_fitting", lambda rows, most: rows[:9])
    monkeypatch.setattr(lists, "_rows", _losing_one(lists._rows))
    async with serving(store, tmp_path) as url:
        assert sorted(await asyncio.to_thread(client, url, "oai_dc")) != expected(store)


def _losing_one(rows: Callable[..., tuple[list[object], bool]]) -> Callable[..., tuple[list[object], bool]]:
    def lossy(*arguments: object) -> tuple[list[object], bool]:
        found, more = rows(*arguments)
        return (found[1:], more) if len(found) > 1 else (found, more)

    return lossy


async def test_the_judge_finds_nothing(store: Store, tmp_path: Path) -> None:
    async with serving(store, tmp_path) as url:
        assert await asyncio.to_thread(Judge(url).findings) == []


@pytest.mark.data
async def test_every_answer_is_valid_by_the_schemas(store: Store, tmp_path: Path) -> None:
    schema = _schema(tmp_path)
    async with serving(store, tmp_path) as url:
        assert await asyncio.to_thread(Judge(url, schema).findings) == []


def _schema(folder: Path) -> etree.XMLSchema:
    copies = folder / "schemas"
    copies.mkdir()
    return oai_schema(require_data("schemas"), copies)


def _broken_error(answer: Callable[..., str]) -> Callable[..., str]:
    return lambda *arguments: answer(*arguments).replace("badResumptionToken", "badArgument")


def _broken_cursor(answer: Callable[..., str]) -> Callable[..., str]:
    return lambda *arguments: answer(*arguments).replace('cursor="10"', 'cursor="11"')


def _broken_tombstone(answer: Callable[..., str]) -> Callable[..., str]:
    return lambda *arguments: answer(*arguments).replace(' status="deleted"', "")


@pytest.mark.parametrize("broken", [_broken_error, _broken_cursor, _broken_tombstone])
async def test_the_judge_finds_what_is_broken_on_purpose(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: Callable[..., Callable[..., str]]
) -> None:
    monkeypatch.setattr("portal_api.oai_provider.requests.answer", broken(verbs.answer))
    async with serving(store, tmp_path) as url:
        assert await asyncio.to_thread(Judge(url).findings) != []


@pytest.mark.data
async def test_the_schema_finds_what_is_broken_on_purpose(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = _schema(tmp_path)

    def wrong(pairs: list[tuple[str, str]], repository: object, settings: ProviderSettings) -> str:
        return verbs.answer(pairs, repository, settings).replace("<datestamp>", "<datestamp>x")  # type: ignore[arg-type]

    monkeypatch.setattr("portal_api.oai_provider.requests.answer", wrong)
    async with serving(store, tmp_path) as url:
        assert any("invalid" in finding for finding in await asyncio.to_thread(Judge(url, schema).findings))
