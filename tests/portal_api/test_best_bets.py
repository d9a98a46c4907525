"""Best bets from the form and the command line to the page: shown, marked, in the ledger, and over in time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from federation.errors import RequestRefused
from federation.ledger.entry import OPERATOR
from federation.storage import best_bets
from federation.storage.accounts import RoleGrant
from federation.storage.ledger import ledger_entry
from index.best_bets import bet_key
from index.query.syntax import parse
from portal_api.best_bets import pin, stored_bets, unpin
from portal_api.commands.entry import app
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Browser, Portal

#: a novel, and weaving in the north
NOVEL, WEAVING, HIDDEN = "c-r1", "c-r5", "c-r7"
ADDRESS = "/admin/best-bets"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with catalogue_portal(tmp_path) as portal:
        add_person(portal.store, "ada", RoleGrant(role="exchange_admin"))
        add_person(portal.store, "harry", RoleGrant(role="harvest_admin"))
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def acts(portal: Portal) -> list[str]:
    """What the ledger says of best bets."""
    with portal.store.reading() as connection:
        bodies = connection.execute(sa.select(ledger_entry.c.body).order_by(ledger_entry.c.index)).scalars()
        return [entry["act"] for entry in map(json.loads, bodies) if entry["act"].startswith("best_bet")]


async def test_what_an_administrator_pins_comes_first_and_says_so(portal: Portal, browser: Browser) -> None:
    sent = {"query": "Novel", "things": f"{browser.base}/r/{WEAVING}", "until": ""}
    assert (await browser.post(ADDRESS, sent)).leads_to == ADDRESS
    assert "Weaving in the north" in (await browser.get(ADDRESS)).text
    page = (await browser.get("/search?q=novel")).text
    assert page.index("Weaving in the north") < page.index("Almost strangers")
    assert "Chosen for this search" in page
    answer = json.loads((await browser.get("/api/v1/search?q=novel")).text)
    assert (answer["hits"][0]["id"], answer["hits"][0]["why"][0]["how"]) == (WEAVING, "pinned")
    key = bet_key(parse("novel", "lenient").tree)
    assert (await browser.post(f"{ADDRESS}/{key}/remove", page=ADDRESS)).leads_to == ADDRESS
    assert acts(portal) == ["best_bet.put", "best_bet.removed"]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"query": "novel", "things": ""}, "Give one to three things."),
        ({"query": "novel", "things": "c-nowhere"}, "none that everybody may see"),
        ({"query": "novel", "things": HIDDEN}, "none that everybody may see"),
        ({"query": "level:file", "things": NOVEL}, "The query has no words"),
        ({"query": "novel", "things": NOVEL, "until": "soon"}, "The last day is not read as a day"),
        ({"query": "novel", "things": NOVEL, "until": "2020-01-01"}, "The last day is past."),
        ({"query": "novel", "things": NOVEL, "until": "2020-01-01", "ui": "zh-Hans"}, "最后日期已过。"),
    ],
)
async def test_what_cannot_be_pinned_is_said(
    portal: Portal, browser: Browser, sent: dict[str, str], message: str
) -> None:
    language = sent.get("ui")
    answer = await browser.post(f"{ADDRESS}?ui={language}" if language else ADDRESS, sent)
    assert (answer.status, message in answer.text, acts(portal)) == (422, True, [])


async def test_only_administrators_of_the_exchange_pin(portal: Portal) -> None:
    async with portal.browser("harry") as other:
        assert (await other.get(ADDRESS)).status == 403
        assert (await other.post(ADDRESS, {"query": "novel", "things": NOVEL})).status == 403


async def test_a_bet_is_over_after_its_last_day(portal: Portal) -> None:
    today = portal.store.now().date()
    with portal.store.transaction(actor=OPERATOR) as tx:
        pin(tx, "novel", [NOVEL], today.isoformat(), OPERATOR)
        kept = pin(tx, "weaving", [NOVEL], today.isoformat(), OPERATOR)
        best_bets.put(tx, msgspec.structs.replace(kept, until=(today - timedelta(days=1)).isoformat()))
    assert list(stored_bets(portal.store)()) == [bet_key(parse("novel", "lenient").tree)]


async def test_a_bet_takes_the_place_of_the_one_before(portal: Portal) -> None:
    with portal.store.transaction(actor=OPERATOR) as tx:
        pin(tx, "novel", [NOVEL], "", OPERATOR)
        pin(tx, "NOVEL", [WEAVING, NOVEL], "", OPERATOR)
        (kept,) = best_bets.everyone(tx.connection)
        assert kept.clusters == (WEAVING, NOVEL)
        with pytest.raises(RequestRefused):
            unpin(tx, "nosuchkey")


async def test_the_command_line_pins_lists_and_takes_off(portal: Portal, tmp_path: Path) -> None:
    run, data = CliRunner(), ["--data", str(tmp_path)]
    assert run.invoke(app, ["best-bet", "add", "novel", WEAVING, *data]).exit_code == 0
    (listed,) = run.invoke(app, ["best-bet", "list", "--json", *data]).output.splitlines()
    assert json.loads(listed)["clusters"] == [WEAVING]
    assert run.invoke(app, ["best-bet", "remove", "Novel", *data]).exit_code == 0
    assert run.invoke(app, ["best-bet", "list", "--json", *data]).output == ""
