"""What readers and programs are told at each door while a cluster answers in part, too late, or not at all."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from federation.pipeline import publish
from index.elastic.settings import ElasticSettings
from portal_api.config import HttpSection, SearchSection, Settings
from portal_api.index_place import index_place
from tests.federation.pipeline.linked import linked
from tests.index.elastic import indexed as elastic_indexed
from tests.peers.passing_elasticsearch import Passing, passing
from tests.portal_api.pages.public.shown import records
from tests.portal_api.staff import Browser, Portal, portal_over

QUERY = "/sru?operation=searchRetrieve&version=1.2&query=weaving"
#: doors of the API that search, with whether what they say is whole
HELPFUL = ("/api/v1/suggest?q=wea", "/api/v1/search/facets/level?q=weaving", "/api/v1/search?q=weaving&facets=level")

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
async def way(elasticsearch: str) -> AsyncIterator[Passing]:
    """Between the portal and the cluster."""
    async with passing(elasticsearch) as found:
        yield found


@pytest.fixture
async def portal(way: Passing, elasticsearch: str, tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal whose index lies in the cluster."""
    prefix = f"test-{secrets.token_hex(6)}"
    cluster = SearchSection(backend="elasticsearch", urls=(way.url,), prefix=prefix, replicas=0)
    http = HttpSection(trusted_proxies=("127.0.0.1",))
    direct = Settings(search=SearchSection(backend="elasticsearch", urls=(elasticsearch,), prefix=prefix, replicas=0))
    try:
        async with portal_over(tmp_path, settings=Settings(search=cluster, http=http)) as portal:
            linked(portal.store, records())
            while publish.publish(portal.store, index_place(tmp_path, direct)).behind:
                pass
            publish.forget()
            yield portal
    finally:
        elastic_indexed.drop(ElasticSettings(urls=(elasticsearch,), prefix=prefix))


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser() as browser:
        yield browser


async def told(browser: Browser, path: str) -> Any:
    """The JSON of an answer."""
    answer = await browser.get(path)
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


@pytest.mark.parametrize("mood", ["timed_out", "a_shard_lost"])
async def test_a_part_is_given_and_told_as_a_part(way: Passing, browser: Browser, mood: Any) -> None:
    for path in HELPFUL:
        assert (await told(browser, path))["exact"], path
    assert "partial results" not in (await browser.get(QUERY)).text
    way.mood = mood
    for path in HELPFUL:
        assert not (await told(browser, path))["exact"], path
    found = await told(browser, "/api/v1/search?q=weaving")
    assert (found["total"], [notice["code"] for notice in found["notices"]]) == (1, ["partial"])
    for language, words in (("en", "did not answer in time"), ("zh-Hans", "部分索引未能及时响应")):
        page = await browser.get("/search?q=weaving", **{"Accept-Language": language})
        assert (page.status, "in the north" in page.text) == (200, True)
        assert words in " ".join(re.findall(r'class="notice">(.*?)</p>', page.text)), page.text
    answer = await browser.get(QUERY)
    assert ("info:srw/diagnostic/1/59" in answer.text, "Weaving in the north" in answer.text) == (True, True)


async def test_while_it_is_away_nobody_asks_it_and_everybody_is_told_when_to_come_back(
    way: Passing, portal: Portal, browser: Browser
) -> None:
    assert (await told(browser, "/api/v1/search?q=weaving"))["total"] == 1
    way.mood = "broken"
    for _ in range(3):
        assert (await browser.get("/api/v1/search?q=ships")).status == 503
    asked = way.asked
    for path in ("/api/v1/search?q=ships", "/search?q=ships", "/api/v1/suggest?q=sh", "/search.csv?q=ships"):
        await browser.get(path)  # templates are made once
        began = time.process_time()
        answer = await browser.get(path)
        assert (answer.status, 0 < int(answer.headers["Retry-After"]) <= 20) == (503, True), path
        assert time.process_time() - began < 0.05, path
    assert way.asked == asked
    problem = json.loads((await browser.get("/api/v1/search?q=ships")).text)
    assert (problem["type"].endswith("#search-unavailable"), problem["retry_after_seconds"] > 0) == (True, True)
    assert "info:srw/diagnostic/1/2" in (await browser.get(QUERY)).text
    assert 'exchange_breaker_open{target="search"} 1.0' in (await browser.get("/metrics")).text
    for path in ("/", "/institutions", "/r/c-r5", "/oai?verb=Identify"):
        assert (await browser.get(path)).status == 200, path


async def test_a_search_that_comes_too_late_is_not_asked_again(way: Passing, browser: Browser) -> None:
    assert (await told(browser, "/api/v1/search?q=weaving"))["total"] == 1
    way.mood, asked = "late", way.asked
    answer = await browser.get("/api/v1/search?q=ships")
    assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert way.asked == asked + 1


async def test_a_busy_cluster_is_one_to_come_back_to(way: Passing, browser: Browser) -> None:
    way.mood = "busy"
    for _ in range(4):
        answer = await browser.get("/api/v1/search?q=ships")
        assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (503, True)
    way.mood = "whole"
    assert (await told(browser, "/api/v1/search?q=weaving"))["total"] == 1
