"""The API as it is told to programs is the API that answers: every address, and the shape of every answer."""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from federation.storage.accounts import RoleGrant
from portal_api.http.app import make_app
from portal_api.http.openapi import ADDRESS
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.json_schemas import faults
from tests.peers.courteous.repository import Repository, items, serving
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal, found
from tests.portal_api.staff import Browser, Portal

_ROLES = ("harvest_admin", "exchange_admin", "institution_admin")


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ada", *(RoleGrant(role=each) for each in _ROLES))
        async with serving(Repository(items(30), page_size=10)) as url:
            await harvest(portal.store, add_feed(portal.store, url))
        map_all(portal.store)
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


@pytest.fixture
async def told(browser: Browser) -> Any:
    """The document, as it is sent."""
    return await found(browser, ADDRESS)


def operations(told: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def shape(told: Any, path: str, method: str = "get") -> dict[str, Any]:
    answers = told["paths"][path][method]["responses"]
    (status,) = [each for each in answers if each.startswith("2")]
    schema: dict[str, Any] = answers[status]["content"]["application/json"]["schema"]
    return schema


def wrong(told: Any, value: Any, schema: dict[str, Any]) -> list[str]:
    return faults(value, schema, told["components"]["schemas"])


async def test_every_address_of_the_running_api_stands_in_it_and_nothing_else(portal: Portal, told: Any) -> None:
    routes = make_app(portal.exchange).router.routes()
    running = {
        (route.method, route.resource.canonical)
        for route in routes
        if route.resource is not None and route.resource.canonical.startswith("/api/v1/") and route.method != "HEAD"
    }
    assert {(method, path) for method, path, _ in operations(told)} == running


async def test_it_holds_together(told: Any) -> None:
    text = json.dumps(told)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in told["components"]["schemas"]
    for name in re.findall(r'"#/components/responses/([^"]+)"', text):
        assert name in told["components"]["responses"]
    names = [operation["operationId"] for _, _, operation in operations(told)]
    assert len(names) == len(set(names))
    for _, path, operation in operations(told):
        parts = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert parts == re.findall(r"{(\w+)}", path)
        assert operation["summary"]


async def test_it_leads_to_the_schema_of_a_record_at_the_address_that_this_names(told: Any, browser: Browser) -> None:
    address = told["externalDocs"]["url"]
    answer = await browser.get(address)
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/schema+json")
    schema = json.loads(answer.text)
    assert (schema["$id"], schema["$schema"]) == (address, "https://json-schema.org/draft/2020-12/schema")


async def test_refusals_that_pass_say_in_a_header_when_to_come_back(told: Any) -> None:
    heads = {status: set(each.get("headers", ())) for status, each in told["components"]["responses"].items()}
    assert {status for status, names in heads.items() if "Retry-After" in names} == {"429", "503"}


async def test_answers_to_the_public_have_the_shape_that_it_tells(told: Any, browser: Browser) -> None:
    everything = await found(browser, "/api/v1/search?q=*&facets=level&histogram=true&page_size=2&sort=id")
    assert everything["next"]
    assert everything["facets"]["level"]
    assert wrong(told, everything, shape(told, "/api/v1/search")) == []
    understood = await found(browser, "/api/v1/search?q=almst+weaving+1850+nosuch:x&group=work")
    assert wrong(told, understood, shape(told, "/api/v1/search")) == []
    hits = (await found(browser, "/api/v1/search?q=strangers"))["hits"]
    thing = hits[0]["id"]
    record = (await found(browser, f"/api/v1/clusters/{thing}"))["records"][0]
    for path, address in {
        "/api/v1/health": "",
        "/api/v1/institutions": "",
        "/api/v1/suggest": "?q=alm",
        "/api/v1/search/facets/{field}": "?q=*",
        "/api/v1/queries/parse": "?q=" + quote("letters OR (weaving -1850)"),
        "/api/v1/clusters/{id}": "",
        "/api/v1/clusters/{id}/members": "",
        "/api/v1/clusters/{id}/why": "",
        "/api/v1/clusters/{id}/similar": "",
    }.items():
        filled = path.replace("{id}", thing).replace("{field}", "level")
        assert wrong(told, await found(browser, filled + address), shape(told, path)) == [], path
    alone = await found(browser, f"/api/v1/records/{record}")
    assert wrong(told, alone, shape(told, "/api/v1/records/{id}")) == []
    for below in ("children", "ancestors"):
        answer = await found(browser, f"/api/v1/records/{record}/{below}")
        assert wrong(told, answer, shape(told, f"/api/v1/records/{{id}}/{below}")) == []
    listed = await found(browser, "/api/v1/suggest?q=alm&format=opensearch")
    assert wrong(told, listed, shape(told, "/api/v1/suggest")) == []


async def test_answers_to_those_who_run_feeds_have_the_shape_that_it_tells(told: Any, browser: Browser) -> None:
    hits = await found(browser, "/api/v1/feeds/k/find?path=title")
    assert wrong(told, hits, shape(told, "/api/v1/feeds/{key}/find")) == []
    for path, address in {
        "/api/v1/feeds": "",
        "/api/v1/feeds/{key}": "",
        "/api/v1/feeds/{key}/runs/{number}": "",
        "/api/v1/feeds/{key}/misses": "",
        "/api/v1/runs/{id}": "",
        "/api/v1/issues": "?feed=k",
        "/api/v1/jobs": "",
        "/api/v1/crosswalks": "",
        "/api/v1/crosswalks/{key}": "",
        "/api/v1/bases": "",
        "/api/v1/tables": "",
        "/api/v1/keys": "",
        "/api/v1/exports": "",
        "/api/v1/saved-searches": "",
    }.items():
        filled = path.replace("{key}", "k").replace("{number}", "1").replace("{id}", "1")
        assert wrong(told, await found(browser, filled + address), shape(told, path)) == [], path


async def test_a_problem_has_the_shape_that_it_tells(told: Any, browser: Browser) -> None:
    answer = await browser.get("/api/v1/search?colour=red")
    refused = told["paths"]["/api/v1/search"]["get"]["responses"][str(answer.status)]["$ref"].rpartition("/")[2]
    content = told["components"]["responses"][refused]["content"]
    assert wrong(told, json.loads(answer.text), content[answer.headers["Content-Type"]]["schema"]) == []


async def test_parameters_are_told_with_their_bounds_and_words(told: Any) -> None:
    asked = {each["name"]: each for each in told["paths"]["/api/v1/search"]["get"]["parameters"]}
    assert asked["page_size"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 100, "default": 20}
    assert asked["not.level"]["schema"]["type"] == "array"
    (field,) = [
        each for each in told["paths"]["/api/v1/search/facets/{field}"]["get"]["parameters"] if each["in"] == "path"
    ]
    assert "level" in field["schema"]["enum"]


async def test_who_may_ask_is_told(told: Any) -> None:
    paths = told["paths"]
    assert paths["/api/v1/search"]["get"]["security"] == [{}, {"key": ["read"]}]
    assert paths["/api/v1/jobs"]["get"]["security"] == [{"session": []}, {"key": ["admin"]}]
    assert paths["/api/v1/keys"]["post"]["security"] == [{"session": []}]


async def test_the_page_about_the_exchange_leads_to_it(browser: Browser) -> None:
    answer = await browser.get("/about")
    assert f'<{ADDRESS}>; rel="service-desc"' in answer.headers["Link"]
    assert f'href="{ADDRESS}"' in answer.text


async def test_the_page_of_the_api_names_every_address_and_parameter_that_openapi_does(browser: Browser) -> None:
    document = json.loads((await browser.get("/api/v1/openapi.json")).text)
    page = await browser.get("/about/api")
    assert page.status == 200
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            _, _, here = page.text.partition(f"<code>{method.upper()} {path}</code>")
            here = here.partition("<h3>")[0]
            assert told["summary"] in html.unescape(here)
            for each in told["parameters"]:
                assert f'<th scope="row"><code>{each["name"]}</code></th>' in here, (path, each["name"])
    assert "接口：逐个地址说明" in (await browser.get("/about/api?ui=zh-Hans")).text
