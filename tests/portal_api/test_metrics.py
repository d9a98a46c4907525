"""A monitor on this machine reads how the exchange stands; from elsewhere it needs an administrator's key."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

from federation.storage import accounts
from federation.storage.accounts import RoleGrant
from federation.storage.api_keys import WantedKey
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Browser, Portal

NAMES = (
    "exchange_http_request_seconds", "exchange_search_seconds", "exchange_commit_seconds", "exchange_jobs",
    "exchange_stage_lag_records", "exchange_records_total", "exchange_feeds", "exchange_ledger_size",
    "exchange_breaker_open", "exchange_egress_refused", "exchange_defence_rule", "exchange_disk_free_bytes",
)  # fmt: skip
ALERTS = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yml"
#: whose upstream bears times
STAGES = {"map", "key", "records", "publish", "export"}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser() as browser:
        yield browser


async def read(browser: Browser) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Name of a metric -> labels -> value."""
    answer = await browser.get("/metrics")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        found.setdefault(family.name, {})
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


async def test_a_monitor_of_this_machine_reads_everything(browser: Browser) -> None:
    assert (await browser.get("/search?q=weaving")).status == 200
    assert (await browser.get("/api/v1/search?q=weaving&nosuch=1")).status == 400
    assert (await browser.get("/nothing/here")).status == 404
    found = await read(browser)
    assert [name for name in NAMES if name not in found] == []
    requests = found["exchange_http_request_seconds_count"]
    assert requests[("method", "GET"), ("route", "/search"), ("status", "200")] == 1
    assert requests[("method", "GET"), ("route", "/api/v1/search"), ("status", "400")] == 1
    assert requests[("method", "GET"), ("route", "unknown"), ("status", "404")] == 1
    assert found["exchange_search_seconds_count"][(("backend", "tantivy"),)] >= 1
    assert found["exchange_records_total"][(("outcome", "mapped"),)] == 0
    assert found["exchange_stage_lag_records"][(("stage", "map"),)] == 0
    assert {dict(labels)["stage"] for labels in found["exchange_stage_lag_seconds"]} == STAGES
    assert found["exchange_input_refused_total"] == {(("reason", "parameter-unknown"),): 1}
    assert found["exchange_breaker_open"] == {(("target", "search"),): 0}
    assert found["exchange_disk_free_bytes"][(("volume", "data"),)] > 0
    assert set(found["exchange_defence_rule_total"].values()) == {0}


async def test_addresses_that_are_no_doors_make_no_names_of_their_own(browser: Browser) -> None:
    for number in range(5):
        await browser.get(f"/nothing/{number}")
    routes = {dict(labels)["route"] for labels in (await read(browser))["exchange_http_request_seconds_count"]}
    assert routes == {"unknown"}


@pytest.mark.parametrize("name", ["Forwarded", "Via", "X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"])
async def test_a_proxy_is_known_by_whatever_it_says_of_itself(browser: Browser, name: str) -> None:
    for accept in ("application/json", "text/plain", "*/*"):
        answer = await browser.get("/metrics", **{name: "http", "Accept": accept})
        assert answer.status == 401


async def test_whoever_comes_through_a_proxy_needs_to_be_an_administrator(portal: Portal, browser: Browser) -> None:
    elsewhere = {"X-Forwarded-For": "127.0.0.1", "Accept": "application/json"}
    answer = await browser.get("/metrics", **elsewhere)
    assert answer.status == 401
    assert "exchange_jobs" not in answer.text
    add_person(portal.store, "ada", RoleGrant(role="exchange_admin"))
    with portal.store.reading() as connection:
        ada = accounts.find(connection, "ada")
    assert ada is not None
    for scope, status in (("admin", 200), ("read", 403)):
        wanted = WantedKey(name="monitor", scopes=(scope,))  # type: ignore[arg-type]
        key = portal.exchange.keys.make(ada.id, wanted, actor="self")[1]
        async with ClientSession() as session:
            known = Browser(session, portal.base)
            assert (await known.get("/metrics", **elsewhere, Authorization=f"Bearer {key}")).status == status, scope


async def test_alerts_ask_for_metrics_and_labels_that_there_are(browser: Browser) -> None:
    assert (await browser.get("/search?q=weaving")).status == 200
    found = await read(browser)
    (group,) = YAML(typ="safe").load(ALERTS.read_text())["groups"]
    asked = [(rule["alert"], name) for rule in group["rules"] for name in re.findall(r"exchange_\w+", rule["expr"])]
    assert {alert for alert, _ in asked} == {rule["alert"] for rule in group["rules"]}
    assert [each for each in asked if each[1] not in found] == []
    for rule in group["rules"]:
        (name,) = set(re.findall(r"exchange_\w+", rule["expr"]))
        said = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
        chosen = re.findall(r"(\w+)=\"", rule["expr"])
        known = {label for labels in found[name] for label, _ in labels}
        # whoever scrapes adds the name of whom it scraped
        assert not known or (set(said) | set(chosen)) - {"instance"} <= known, rule["alert"]
