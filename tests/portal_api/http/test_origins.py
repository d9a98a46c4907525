"""The exchange's own address behind a proxy that speaks https: what is given away is named as its reader reached it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from federation.storage import list_files
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Browser, Portal

TLS = {"X-Forwarded-Proto": "https"}
#: what names pages of the exchange
NAMING = (
    "/search.jsonl?q=weaving",
    "/search.csv?q=weaving",
    "/search.atom?q=weaving",
    "/opensearch.xml",
    "/r/c-r5",
    "/r/c-r5.mods.xml",
    "/sru?query=weaving",
)


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path, trusted_proxies=("127.0.0.1",)) as portal:
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser() as browser:
        yield browser


def secure(address: str) -> str:
    return address.replace("http://", "https://")


@pytest.mark.parametrize("address", NAMING)
async def test_pages_are_named_by_the_scheme_that_their_reader_used(browser: Browser, address: str) -> None:
    plain, proxied = (await browser.get(address)).text, (await browser.get(address, **TLS)).text
    assert (browser.base in plain, secure(browser.base) in plain) == (True, False)
    assert (browser.base in proxied, secure(browser.base) in proxied) == (False, True)


async def test_who_is_no_trusted_proxy_says_nothing_about_the_scheme(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path) as portal, portal.browser() as browser:
        assert secure(browser.base) not in (await browser.get("/search.csv?q=weaving", **TLS)).text


async def test_a_list_that_is_written_later_names_pages_as_it_was_asked_for(portal: Portal) -> None:
    body = json.dumps({"search": "q=weaving"})
    async with (
        ClientSession() as session,
        session.post(f"{portal.base}/api/v1/exports", data=body, headers=TLS) as answer,
    ):
        name = (await answer.json())["id"]
    with portal.store.reading() as connection:
        made = list_files.get(connection, name)
    assert made is not None
    assert made.base == secure(portal.base)


async def test_sru_explains_the_host_and_port_of_its_readers(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, trusted_proxies=("127.0.0.1",)) as portal, portal.browser() as browser:
        explained = (await browser.get("/sru", Host="exchange.example", **TLS)).text
    assert "<zr:host>exchange.example</zr:host><zr:port>443</zr:port>" in explained
