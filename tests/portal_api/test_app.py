"""The doors over a harvested catalogue: pages and JSON say the same, and a refusal says nothing more."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from federation.storage.engine import Store, embedded_url
from portal_api.config import Settings
from portal_api.http.app import make_app
from portal_api.wiring import compose
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.peers.courteous.repository import Item, Repository, items, serving
from tests.peers.loopback import listening


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a portal over 20 records, one of them with markup in its title."""
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    hostile = Item("oai:peer:xss", "2021-01-01", "&lt;script&gt;alert(1)&lt;/script&gt;")
    async with serving(Repository([*items(20), hostile])) as url:
        await harvest(store, add_feed(store, url))
    map_all(store)
    link_all(store)
    worker = runner_over(store, tmp_path)
    async with listening(make_app(compose(tmp_path, Settings(), store, worker))) as root:
        yield root
    worker.close()
    store.close()


async def read(address: str) -> tuple[int, str, dict[str, str]]:
    async with ClientSession() as session, session.get(address) as response:
        return response.status, await response.text(), dict(response.headers)


async def test_the_home_page_counts_what_the_institutions_hold(portal: str) -> None:
    status, text, headers = await read(portal + "/")
    assert (status, "20 things, described by 20 records of 1 institution." in text) == (200, True)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address", ["/", "/search?q=item", "/api/v1/health", "/robots.txt", "/oai?verb=Identify", "/r/none"]
)
async def test_what_answers_get_answers_head_without_its_body(portal: str, address: str) -> None:
    async with ClientSession() as session, session.head(portal + address) as head, session.get(portal + address) as got:
        assert (head.status, head.content_type, await head.read()) == (got.status, got.content_type, b"")


async def test_an_address_that_leads_nowhere_says_so_in_the_language_of_the_page(portal: str) -> None:
    status, text, _ = await read(portal + "/r/none?ui=zh-Hans")
    assert (status, "此地址下没有任何内容" in text, "nothing is known" in text) == (404, True, False)


async def test_health_is_idle_once_everything_is_mapped(portal: str) -> None:
    status, text, _ = await read(portal + "/api/v1/health")
    assert status == 200
    assert '"records":20' in text
    assert list(json.loads(text)["lag"]) == ["map", "key", "link", "publish", "export"]
    assert '"lag":{"map":0,' in text


async def test_a_record_page_names_path_rule_and_crosswalk_of_each_value(portal: str) -> None:
    _, listing, _ = await read(portal + "/institutions/peer")
    address = listing.split('href="/r/')[1].split('"')[0]
    status, text, _ = await read(f"{portal}/r/{address}?sources=1")
    assert status == 200
    assert "header:identifier → oai_identifier · base/oai_dc@" in text
    status, answer, _ = await read(f"{portal}/api/v1/clusters/{address}")
    assert (status, f'"id":"{address}"' in answer) == (200, True)


async def test_markup_in_a_harvested_title_is_text(portal: str) -> None:
    _, text, _ = await read(portal + "/institutions/peer")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("address", ["/r/c-unknown", "/institutions/nobody", "/nowhere"])
async def test_an_unknown_address_is_a_page_that_gives_no_hint(portal: str, address: str) -> None:
    status, text, _ = await read(portal + address)
    assert (status, "Nothing is known under this address" in text) == (404, True)


async def test_an_unknown_resource_is_a_problem_document(portal: str) -> None:
    status, text, headers = await read(portal + "/api/v1/clusters/c-unknown")
    assert (status, headers["Content-Type"]) == (404, "application/problem+json")
    assert '"not-found"' in text or "not-found" in text
