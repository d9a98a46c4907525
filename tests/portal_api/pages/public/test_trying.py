"""`/try` for anybody: a file beside what becomes of it, by form and by JSON; within limits, and nothing is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import ClientSession, FormData
from playwright.async_api import Browser as Chromium

from federation.storage.api_keys import WantedKey
from federation.storage.metadata import metadata
from portal_api.config import HttpSection, Settings
from tests.federation.pipeline.test_sandbox import file, letters
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.admin.test_browser import assert_accessible, chromium
from tests.portal_api.staff import Answer, Browser, Portal, portal_over

__all__ = ["chromium"]

LETTERS = letters(2, "<dc:subject>Rivers &lt;script&gt;</dc:subject><dc:audience>x</dc:audience>")


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, settings=Settings(http=HttpSection(trials_per_hour=3))) as portal:
        add_person(portal.store, "ada")
        yield portal


async def bring(
    browser: Browser, body: bytes = b"", name: str = "letters.xml", token: str | None = None, **fields: str
) -> Answer:
    form = FormData()
    form.add_field("form_token", await browser.token("/try") if token is None else token)
    for key, value in fields.items():
        form.add_field(key, value)
    form.add_field("file", body, filename=name, content_type="application/xml")
    async with browser._session.post(browser.base + "/try", data=form, headers={"Origin": browser.base}) as response:
        return Answer(status=response.status, text=await response.text(), headers=response.headers)


def rows(portal: Portal) -> dict[str, int | None]:
    with portal.store.reading() as connection:
        count = sa.func.count()
        return {t.name: connection.scalar(sa.select(count).select_from(t)) for t in metadata.sorted_tables}


async def test_a_file_is_shown_beside_what_becomes_of_it_and_nothing_is_kept(portal: Portal) -> None:
    before = rows(portal)
    async with portal.browser() as browser:
        answer = await bring(browser, LETTERS)
    assert answer.status == 200
    assert "2 records were read as oai_dc and mapped by base/oai_dc@" in answer.text
    assert "dc:audience" in answer.text
    assert "Rivers &lt;script&gt;" in answer.text
    assert "<script>" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert rows(portal) == before


async def test_it_speaks_chinese(portal: Portal) -> None:
    async with portal.browser() as browser:
        answer = await browser.get("/try", **{"Accept-Language": "zh-CN"})
    assert "试用您的记录" in answer.text


async def test_what_cannot_be_read_is_told_with_the_form_as_it_was(portal: Portal) -> None:
    async with portal.browser() as browser:
        answer = await bring(browser, name="", address="http://127.0.0.1:9/oai", prefix="mods")
        assert answer.status == 422
        assert "inside a private network" in answer.text
        assert 'value="http://127.0.0.1:9/oai"' in answer.text
        assert 'value="mods"' in answer.text
        answer = await bring(browser, name="")
        assert "Choose a file, or give an address." in answer.text


@pytest.mark.parametrize(
    ("crosswalk", "body", "worded", "chinese"),
    [
        ("", b"<eac-cpf><cpfDescription/></eac-cpf>", "It describes people or bodies", "人物或机构（EAC-CPF）"),
        ("base/ead3", b"<eac-cpf/>", "It describes people or bodies", "人物或机构（EAC-CPF）"),
        ("base/mets", b"<html>404</html>", "It is not in the format that the", "不是该数据源的映射规则所读取的格式"),
    ],
)
async def test_what_is_no_record_is_told_in_both_languages(
    portal: Portal, crosswalk: str, body: bytes, worded: str, chinese: str
) -> None:
    async with portal.browser() as browser:
        assert worded in (await bring(browser, body, crosswalk=crosswalk)).text
        browser._session.headers["Accept-Language"] = "zh-CN"
        assert chinese in (await bring(browser, body, crosswalk=crosswalk)).text


async def test_a_network_tries_three_times_an_hour_and_who_is_signed_in_as_they_like(portal: Portal) -> None:
    async with portal.browser() as browser:
        assert [(await bring(browser, LETTERS)).status for _ in range(3)] == [200, 200, 200]
        refused = await bring(browser, LETTERS)
        assert (refused.status, refused.headers["Retry-After"].isdigit()) == (429, True)
        assert "Each network may try 3 times in an hour; whoever is signed in may as often as they like" in refused.text
        assert "Come again in 20 minutes" in refused.text
    async with portal.browser("ada") as ada:
        assert (await bring(ada, LETTERS)).status == 200


async def unfinished(head: bytes) -> AsyncIterator[bytes]:
    """A body whose end never comes."""
    yield head
    await asyncio.Event().wait()


async def test_who_had_their_share_is_refused_before_their_file_is_taken_in(portal: Portal) -> None:
    async with portal.browser() as browser, asyncio.timeout(20):
        token = await browser.token("/try")
        assert [(await bring(browser, LETTERS)).status for _ in range(3)] == [200, 200, 200]
        assert (await sent(portal, unfinished(LETTERS)))[0] == 429
        form = (
            f'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="file"; filename="letters.xml"\r\n\r\n'
        )
        headers = {"Origin": browser.base, "Content-Type": "multipart/form-data; boundary=x"}
        async with browser._session.post(
            browser.base + "/try", data=unfinished(form.encode() + LETTERS * 100), headers=headers
        ) as response:
            assert response.status == 429


async def test_a_form_without_anything_in_it_costs_no_trial(portal: Portal) -> None:
    async with portal.browser() as browser:
        assert [(await bring(browser, name="")).status for _ in range(4)] == [422] * 4
        assert (await bring(browser, LETTERS)).status == 200


async def test_visitors_and_administrators_take_no_places_from_each_other(portal: Portal) -> None:
    exchange = portal.exchange
    async with portal.browser() as browser, exchange.trials, exchange.trials:
        assert exchange.trials.locked()
        assert (await bring(browser, LETTERS)).status == 200
        async with exchange.sandbox_places, exchange.sandbox_places:
            assert (await bring(browser, LETTERS)).status == 429
            assert (await sent(portal, LETTERS))[0] == 429


async def test_a_form_from_elsewhere_is_refused(portal: Portal) -> None:
    async with portal.browser() as browser:
        assert (await bring(browser, LETTERS, token="")).status == 403


async def sent(
    portal: Portal, body: bytes | AsyncIterator[bytes], query: str = "", **headers: str
) -> tuple[int, dict[str, object]]:
    async with (
        ClientSession() as session,
        session.post(f"{portal.base}/api/v1/trials{query}", data=body, headers=headers) as response,
    ):
        return response.status, json.loads(await response.text())


async def test_programs_are_told_the_same_as_json(portal: Portal) -> None:
    status, said = await sent(portal, LETTERS, "?crosswalk=base/oai_dc")
    assert (status, said["format"], said["sums"]) == (200, "oai_dc", {"mapped": 2})
    body = json.dumps({"address": "http://10.0.0.1/oai"}).encode()
    status, said = await sent(portal, body, **{"Content-Type": "application/json"})
    assert (status, said["status"], said["type"]) == (422, 422, "/about/problems#body-invalid")
    assert [(each["code"], each["parameter"]) for each in said["errors"]] == [("address_refused", "address")]
    status, said = await sent(portal, b"<unknown/>")
    assert (status, said["errors"][0]["code"], said["errors"][0]["parameter"]) == (422, "format_unknown", "file")
    assert "base/cnmarc" in said["detail"]
    assert "found a file of the kind xml" in said["detail"]


async def test_a_trial_by_key_is_counted_by_its_person_and_costs_as_much_as_ten_searches(portal: Portal) -> None:
    ann = add_person(portal.store, "ann")
    wanted = WantedKey(name="program", scopes=("read",))
    made = [portal.exchange.keys.make(ann, wanted, actor="self")[1] for _ in range(2)]
    one, other = ({"Authorization": f"Bearer {each}"} for each in made)
    async with ClientSession() as session:
        for headers, status in ((one, 200), (other, 200), (one, 200), (other, 429), (one, 429)):
            async with session.post(f"{portal.base}/api/v1/trials", data=LETTERS, headers=headers) as answer:
                assert answer.status == status
        assert answer.headers["RateLimit"].startswith('"day";r=99100;')
    # whoever has no key is counted apart
    assert (await sent(portal, LETTERS))[0] == 200


async def test_programs_that_ask_for_something_else_are_told_what_is_wrong(portal: Portal) -> None:
    assert (await sent(portal, LETTERS, "?crosswalk=base/nothing"))[0] == 422
    assert (await sent(portal, LETTERS, "?croswalk=base/qdc"))[0] == 400
    assert (await sent(portal, b"{", **{"Content-Type": "application/json"}))[0] == 422
    assert (await sent(portal, LETTERS, Origin="https://elsewhere.example"))[0] == 403


@pytest.mark.browser
@pytest.mark.parametrize(("javascript", "width", "language"), [(False, 320, "zh-Hans"), (True, 1280, "en")])
async def test_a_browser_shows_what_became_of_a_file(
    portal: Portal, chromium: Chromium, tmp_path: Path, javascript: bool, width: int, language: str
) -> None:
    context = await chromium.new_context(
        java_script_enabled=javascript, locale=language, viewport={"width": width, "height": 900}
    )
    page = await context.new_page()
    await page.goto(portal.base + "/try")
    await page.set_input_files("#file", file(tmp_path, LETTERS, "letters.xml"))
    await page.locator("main button").click()
    assert "dc:audience" in await page.inner_text("main")
    assert await page.locator("details.sample").count() == 2
    if javascript:
        await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        await assert_accessible(page, "/try")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
