"""Signing in and out in a browser, the first account, and forms that only our own pages can send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from federation.storage.accounts import RoleGrant
from portal_api.config import ExchangeSection, HttpSection, Settings
from portal_api.pages.account.sign_in import local_address
from tests.portal_api.auth.people import PASSWORD, Hands, add_person
from tests.portal_api.staff import Portal, portal_over

RIVERSIDE = RoleGrant(role="harvest_admin", institution="riverside")
HILL = RoleGrant(role="harvest_admin", institution="hill")


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def portal(tmp_path: Path, clock: Hands) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, now=clock) as portal:
        yield portal


async def test_the_printed_code_makes_the_first_account_and_signs_it_in(portal: Portal) -> None:
    code = portal.exchange.gate.setup_code
    assert code is not None
    fields = {"code": code.text, "sign_in": "ada", "name": "Ada", "password": PASSWORD, "again": PASSWORD}
    async with portal.browser() as browser:
        assert "/setup" in (await browser.get("/sign-in")).text
        assert (await browser.post("/setup", fields)).leads_to == "/admin"
        assert (await browser.get("/admin")).status == 200
    async with portal.browser() as browser:
        page = await browser.get("/setup")
        assert (page.status, "form_token" in page.text.partition("<main")[2]) == (200, False)
        assert (await browser.post("/setup", fields, page="/sign-in")).status == 409


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"code": "0000"}, "This is not the code that the exchange printed."),
        ({"code": ""}, "This is needed."),
        ({"sign_in": "two words"}, "Choose 1 to 200 characters without spaces."),
        ({"password": "short", "again": "short"}, "Choose 12 to 1,000 characters."),
        ({"again": "another password"}, "The two passwords are not the same."),
    ],
)
async def test_a_faulty_set_up_says_what_is_wrong_and_keeps_what_was_typed(
    portal: Portal, changed: dict[str, str], message: str
) -> None:
    code = portal.exchange.gate.setup_code
    assert code is not None
    fields = {"code": code.text, "sign_in": "ada", "name": "Ada & Co", "password": PASSWORD, "again": PASSWORD}
    async with portal.browser() as browser:
        answer = await browser.post("/setup", fields | changed)
        assert (answer.status, message in answer.text, "Ada &amp; Co" in answer.text) == (422, True, True)
        assert PASSWORD not in answer.text
        assert not portal.exchange.gate.is_set_up


async def test_signing_in_leads_back_and_gives_a_guarded_cookie(portal: Portal) -> None:
    add_person(portal.store, "ada", RIVERSIDE)
    async with portal.browser() as browser:
        asked = await browser.get("/admin/feeds")
        assert asked.leads_to == "/sign-in?next=%2Fadmin%2Ffeeds"
        answer = await browser.post("/sign-in", {"sign_in": "ada", "password": PASSWORD, "next": "/admin/feeds"})
        assert answer.leads_to == "/admin/feeds"
        set_cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in set_cookie
        assert "SameSite=Lax" in set_cookie
        assert (await browser.get("/admin/feeds")).status == 200


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "\n/x"])
async def test_signing_in_never_leads_elsewhere(portal: Portal, next_: str) -> None:
    add_person(portal.store, "ada")
    assert local_address(next_) == ""
    async with portal.browser() as browser:
        answer = await browser.post("/sign-in", {"sign_in": "ada", "password": PASSWORD, "next": next_})
        assert answer.leads_to == "/"


async def test_an_unknown_name_and_a_wrong_password_give_the_same_page(portal: Portal) -> None:
    add_person(portal.store, "ada")
    async with portal.browser() as browser:
        pages = []
        for name, password in (("ada", "wrong password"), ("eve", PASSWORD)):
            answer = await browser.post("/sign-in", {"sign_in": name, "password": password})
            text = answer.text.replace(f'value="{name}"', "")
            pages.append((answer.status, [line for line in text.splitlines() if "form_token" not in line]))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


async def test_too_many_tries_are_told_how_long_to_wait(portal: Portal) -> None:
    async with portal.browser() as browser:
        for _ in range(5):
            await browser.sign_in("ada", "wrong")
        answer = await browser.sign_in("ada", "wrong")
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0


async def test_signing_out_ends_the_session_on_the_server(portal: Portal) -> None:
    add_person(portal.store, "ada", RIVERSIDE)
    async with portal.browser("ada") as browser, portal.browser() as thief:
        stolen = browser.cookie()
        assert (await browser.post("/sign-out", page="/account")).status == 303
        assert browser.cookie() == ""
        assert (await thief.get("/admin", Cookie=f"session={stolen}")).status == 303


async def test_a_session_is_over_after_two_idle_hours_for_staff(portal: Portal, clock: Hands) -> None:
    add_person(portal.store, "ada", RIVERSIDE)
    async with portal.browser("ada") as browser:
        clock.move(hours=2, seconds=1)
        assert (await browser.get("/admin")).leads_to.startswith("/sign-in")


async def test_acting_for_an_institution_changes_the_cookie_and_what_is_seen(portal: Portal) -> None:
    add_person(portal.store, "ada", RIVERSIDE, HILL)
    async with portal.browser("ada") as browser:
        former = browser.cookie()
        answer = await browser.post(
            "/account/acting-for", {"institution": "hill", "next": "/admin/feeds"}, page="/account"
        )
        assert (answer.leads_to, browser.cookie() == former) == ("/admin/feeds", False)
        assert portal.exchange.gate.sessions.reader(browser.cookie()).acting_for == "hill"
        foreign = await browser.post("/account/acting-for", {"institution": "lake"}, page="/account")
        assert foreign.status == 403


async def test_a_form_without_token_or_from_elsewhere_does_nothing(portal: Portal) -> None:
    add_person(portal.store, "ada")
    async with portal.browser() as browser:
        fields = {"sign_in": "ada", "password": PASSWORD}
        token = await browser.token("/sign-in")
        for sent, headers in (
            (fields, {}),
            (fields | {"form_token": "forged"}, {}),
            (fields | {"form_token": token}, {"Origin": "https://evil.example"}),
            (fields | {"form_token": token}, {"Origin": "null"}),
        ):
            answer = await browser.post_as_it_is("/sign-in", sent, **headers)
            assert answer.status == 403
        assert browser.cookie() == ""
    async with portal.browser() as other:
        assert (await other.post_as_it_is("/sign-in", fields | {"form_token": token})).status == 403


async def test_a_new_password_needs_a_fresh_sign_in_and_ends_every_session(portal: Portal, clock: Hands) -> None:
    add_person(portal.store, "ada")
    wanted = {"password": "another long password", "again": "another long password"}
    async with portal.browser("ada") as browser, portal.browser("ada") as second:
        clock.move(minutes=16)
        answer = await browser.post("/account/password", wanted, page="/account")
        assert answer.leads_to == "/sign-in?next=%2Faccount"
        assert (await browser.sign_in("ada")).status == 303
        assert (await browser.post("/account/password", wanted, page="/account")).leads_to == "/sign-in"
        assert (await second.get("/account")).leads_to.startswith("/sign-in")
        assert (await browser.sign_in("ada", "another long password")).status == 303


@pytest.mark.parametrize("address", ["/account", "/account/keys"])
async def test_a_password_that_is_asked_once_more_is_asked_before_anything_is_typed(
    portal: Portal, clock: Hands, address: str
) -> None:
    add_person(portal.store, "ada")
    async with portal.browser("ada") as browser:
        first = "Give it once more before you fill this in"
        assert first not in (await browser.get(address)).text
        clock.move(minutes=16)
        page = await browser.get(address)
        assert first in page.text
        sign_in = f"/sign-in?next={quote(address)}"
        assert f'href="{sign_in}"' in page.text
        assert 'name="sign_in" value="ada"' in (await browser.get(sign_in)).text
    async with portal.browser() as stranger:
        assert 'name="sign_in" value=""' in (await stranger.get(sign_in)).text


async def test_all_sessions_end_in_one_step(portal: Portal) -> None:
    add_person(portal.store, "ada")
    async with portal.browser("ada") as browser, portal.browser("ada") as second:
        assert (await browser.post("/account/end-sessions", page="/account")).status == 303
        for each in (browser, second):
            assert (await each.get("/account")).leads_to.startswith("/sign-in")


async def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    settings = Settings(
        exchange=ExchangeSection(public_url="https://exchange.example"),
        http=msgspec.structs.replace(HttpSection(), trusted_proxies=("127.0.0.1",)),
    )
    async with portal_over(tmp_path / "tls", settings=settings) as portal, portal.browser() as browser:
        add_person(portal.store, "ada")
        page = await browser.get("/sign-in")
        set_cookie = page.headers["Set-Cookie"]
        assert set_cookie.startswith("__Host-visitor=")
        visitor = set_cookie.partition(";")[0]
        token = page.text.partition('name="form_token" value="')[2].partition('"')[0]
        fields = {"sign_in": "ada", "password": PASSWORD, "form_token": token}
        headers = {"Cookie": visitor, "Origin": "https://exchange.example"}
        answer = await browser.post_as_it_is("/sign-in", fields, **headers)
        assert answer.headers["Set-Cookie"].startswith("__Host-session=")
        assert "Secure" in answer.headers["Set-Cookie"]
