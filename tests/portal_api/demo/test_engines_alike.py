"""A demonstration exchange answers alike on either engine, at every door where somebody searches."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession

from federation.pipeline import publish
from index.elastic.settings import ElasticSettings
from mappings.schema.record import CatalogueRecord
from portal_api.config import HttpSection, SearchSection, Settings
from portal_api.demo.partners import partners
from portal_api.index_place import index_place
from portal_api.wiring import open_store
from tests.federation.pipeline.linked import linked
from tests.index.elastic import indexed as elastic_indexed
from tests.portal_api.demo.asked import FACETS, address, searches
from tests.portal_api.demo.test_partners import mapped
from tests.portal_api.staff import Browser, portal_over

SEARCHES = 200
DEADLINE_SECONDS = 1_800
#: one record of so many
PART = 5
_RECORDS = list[CatalogueRecord]
#: nobody's searches rest
HTTP = HttpSection(trusted_proxies=("127.0.0.1",))
#: of a page, what each process makes for itself
_OWN = re.compile(r'name="form_token" value="[^"]*"|cursor=[\w.~%-]+|127\.0\.0\.1:\d+')

pytestmark = pytest.mark.elasticsearch


class Doors:
    """The same doors over both engines."""

    def __init__(self, embedded: Browser, cluster: Browser) -> None:
        self._embedded, self._cluster = embedded, cluster

    async def alike(self, path: str) -> Any:
        """What both say there; they have to say the same."""
        here, there = [await each.get(path, **{"Accept-Language": "en"}) for each in (self._embedded, self._cluster)]
        assert (here.status, _same(here.text)) == (there.status, _same(there.text)), path
        return json.loads(here.text) if path.startswith("/api/") else here.text


def _same(text: str) -> str:
    return _OWN.sub("", text)


@pytest.fixture(name="demonstrated", scope="module")
def fixture_demonstrated() -> list[CatalogueRecord]:
    """The records of every partner."""
    return [record for partner in partners() for record in mapped(partner)]


@pytest.fixture(name="doors", params=["some", pytest.param("whole", marks=pytest.mark.long)])
async def fixture_doors(
    request: pytest.FixtureRequest, demonstrated: list[CatalogueRecord], tmp_path: Path, elasticsearch: str
) -> AsyncIterator[Doors]:
    """Both engines freshly filled: with a part of the records, or by a demonstration that ran until it was idle."""
    prefix = f"test-{secrets.token_hex(6)}"
    cluster = SearchSection(backend="elasticsearch", urls=(elasticsearch,), prefix=prefix, replicas=0)
    both = (Settings(http=HTTP), Settings(http=HTTP, search=cluster))
    try:
        if request.param == "whole":
            await _demonstrate(tmp_path, elasticsearch, prefix)
        with open_store(tmp_path) as store:
            if request.param == "some":
                linked(store, numbered(demonstrated[::PART]))
            for place in [index_place(tmp_path, each) for each in both]:
                for _ in publish.rebuild(store, place):
                    pass
            publish.forget()
        async with AsyncExitStack() as stack:
            portals = [await stack.enter_async_context(portal_over(tmp_path, settings=each)) for each in both]
            here, there = [await stack.enter_async_context(portal.browser()) for portal in portals]
            yield Doors(here, there)
    finally:
        elastic_indexed.drop(ElasticSettings(urls=(elasticsearch,), prefix=prefix))


async def _demonstrate(folder: Path, url: str, prefix: str) -> None:
    """What `make run` starts, with the engine and its address in the environment and nothing else changed."""
    code = "from portal_api.commands import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "demo", "--port", "0", "--data", str(folder),
        stdout=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "EXCHANGE_SEARCH__BACKEND": "elasticsearch",
            "EXCHANGE_SEARCH__URLS": url,
            "EXCHANGE_SEARCH__PREFIX": prefix,
        },
    )  # fmt: skip
    assert process.stdout is not None
    base = (await process.stdout.readline()).decode().split()[-1]
    try:
        async with ClientSession(base) as asking, asyncio.timeout(DEADLINE_SECONDS):
            while not (await told(asking, "/api/v1/health"))["idle"]:  # noqa: ASYNC110 - another process works
                await asyncio.sleep(1)
            assert (await told(asking, "/api/v1/search?q=letters"))["total"] > 10
    finally:
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


def numbered(records: Sequence[CatalogueRecord]) -> list[CatalogueRecord]:
    """The same records under the short names that tests give, those above each among them."""
    names = {record.id: f"r{number}" for number, record in enumerate(records, 1)}
    text = msgspec.json.encode(list(records)).decode()
    return msgspec.json.decode(re.sub(r"\br\w{26}\b", lambda found: names.get(found[0], found[0]), text), type=_RECORDS)


async def told(asking: ClientSession, path: str) -> Any:
    """The JSON at an address."""
    async with asking.get(path) as answer:
        return await answer.json()


async def test_two_hundred_searches_are_answered_alike_at_every_door(
    doors: Doors, demonstrated: list[CatalogueRecord]
) -> None:
    found = 0
    for number, asked in enumerate(searches(demonstrated, SEARCHES)):
        answer = await doors.alike(address("/api/v1/search", asked))
        found += bool(answer.get("total"))
        text = str(asked["q"])
        if number % 5 == 0:
            await doors.alike(address("/search", {"q": text}))
            await doors.alike(address("/sru", {"operation": "searchRetrieve", "version": "1.2", "query": _cql(text)}))
        if number % 5 == 1:
            await doors.alike(address("/api/v1/suggest", {"q": text[:4]}))
            facet = FACETS[number // 5 % len(FACETS)]
            await doors.alike(address(f"/api/v1/search/facets/{facet}", {"q": text}))
        if number % 25 == 0:
            await doors.alike(address("/search.jsonl", {"q": text}))
        if number % 10 == 2 and answer["hits"]:
            await doors.alike(f"/r/{answer['hits'][0]['id']}")
    assert found > SEARCHES // 2


def _cql(text: str) -> str:
    return '"' + re.sub(r'["\\*?^]', " ", text) + '"'
