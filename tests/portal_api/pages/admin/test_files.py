"""The pages of a feed of files: bring one, see its check, apply it; nobody else's, nothing without a word."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest
from aiohttp import ClientSession, CookieJar, FormData

from federation.pipeline import step
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.stages import Surroundings
from federation.pipeline.workers import Bounds
from federation.storage import feeds, institutions, jobs, raw_records, uploads
from federation.storage.accounts import RoleGrant
from portal_api.pages.admin import files
from tests.portal_api.auth.people import add_person
from tests.portal_api.staff import Answer, Browser, Portal, portal_over

DC = "http://purl.org/dc/elements/1.1/"
PAGE = "/admin/feeds/k/files"


@pytest.fixture(name="portal")
async def fixture_portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        with portal.store.transaction() as tx:
            institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
            institutions.put(tx, institutions.StoredInstitution(slug="hill", name="Hill"))
            feeds.add(tx, feeds.StoredFeed(key="k", name="Letters", institution="peer", source="upload"))
            feeds.add(tx, feeds.StoredFeed(key="asked", name="Asked", institution="peer", base_url="http://x/oai"))
        add_person(portal.store, "ada", RoleGrant(role="harvest_admin", institution="peer"))
        add_person(portal.store, "bob", RoleGrant(role="harvest_admin", institution="hill"))
        yield portal


def file(*titles: str) -> bytes:
    records = (
        f"<dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>{title}</dc:title></dc:dc>"
        for number, title in enumerate(titles)
    )
    return f'<all xmlns:dc="{DC}">{"".join(records)}</all>'.encode()


async def bring(
    browser: Browser, body: bytes, *, mode: str = "add", page: str = PAGE, name: str = "letters.xml", token: str = ""
) -> Answer:
    form = FormData()
    form.add_field("form_token", token or await browser.token(PAGE))
    form.add_field("mode", mode)
    form.add_field("file", body, filename=name, content_type="application/xml")
    async with browser._session.post(
        browser.base + page, data=form, allow_redirects=False, headers={"Origin": browser.base}
    ) as response:
        return Answer(status=response.status, text=await response.text(), headers=response.headers)


def work(portal: Portal) -> None:
    """What the runner does with jobs of files."""
    surroundings = Surroundings(export=ExportSettings(authority="x.example"), index=Path("index"))
    with portal.store.transaction() as tx:
        claimed = jobs.claim(tx, "process", "test", 10)
    for job in (job for job in claimed if job.kind.startswith("file.")):
        assert isinstance(step.run(portal.store.url, job, surroundings, 1), step.Worked)


def held(portal: Portal) -> list[str]:
    with portal.store.reading() as connection:
        return [stored.raw.identifier for stored in raw_records.of_feed(connection, "k", 0, 100)]


async def test_a_file_is_checked_shown_and_applied(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        answer = await bring(browser, file("Beekeeping", "Bells"))
        assert (answer.status, answer.leads_to) == (303, "/admin/uploads/1")
        assert "being checked" in (await browser.get("/admin/uploads/1")).text
        work(portal)
        page = (await browser.get("/admin/uploads/1")).text
        assert "Beekeeping" in page
        assert "checked: waits for your word" in page
        assert held(portal) == []
        assert (await browser.post("/admin/uploads/1/approve", page="/admin/uploads/1")).status == 303
        work(portal)
        assert held(portal) == ["n0", "n1"]
        page = (await browser.get("/admin/uploads/1")).text
        assert "/admin/runs/1" in page
        assert "complete" in (await browser.get("/admin/runs/1")).text
        assert "letters.xml" in (await browser.get(PAGE)).text


def workbook(*rows: list[str]) -> bytes:
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


async def test_a_workbook_of_an_archive_shows_its_rows_and_the_place_of_each_fault(portal: Portal) -> None:
    with portal.store.transaction() as tx:
        wanted = feeds.StoredFeed(
            key="t", name="Catalogue", institution="peer", source="upload", crosswalk="base/dat22"
        )
        feeds.add(tx, wanted)
    body = workbook(["归档文件目录"], ["档号", "题名", "日期"], ["A-1", "请示", "民国元年"], ["", "无档号"])
    async with portal.browser("ada") as browser:
        await bring(browser, body, page="/admin/feeds/t/files", name="mulu.xlsx")
        work(portal)
        page = (await browser.get("/admin/uploads/1")).text
    assert "请示" in page
    assert "1912" in page
    assert "It has no identifier." in page
    assert "sheet Sheet, row 4" in page


async def test_a_file_set_aside_changes_nothing(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        await bring(browser, file("One"))
        work(portal)
        assert (await browser.post("/admin/uploads/1/set-aside", page="/admin/uploads/1")).status == 303
        assert "Somebody set it aside" in (await browser.get("/admin/uploads/1")).text
        assert (await browser.post("/admin/uploads/1/approve", page=PAGE)).status == 409
    assert held(portal) == []


async def test_what_a_file_cannot_take_any_more_is_told_in_the_language_of_the_page(portal: Portal) -> None:
    chinese = {"Accept-Language": "zh-Hans"}
    async with portal.browser("ada") as browser:
        await bring(browser, file("One"))
        early = await browser.post("/admin/uploads/1/approve", page=PAGE, **chinese)
        assert (early.status, "正在检查该文件" in early.text, "expects the state" in early.text) == (409, True, False)
        taken = await browser.get("/admin/feeds/asked/files", **chinese)
        assert (taken.status, "此数据源经 OAI-PMH 采集，不接收文件。" in taken.text) == (409, True)
        assert "takes no files" in (await browser.get("/admin/feeds/asked/files")).text


async def test_a_file_that_cannot_be_read_says_why(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        await bring(browser, b"<html>404</html>")
        work(portal)
        page = (await browser.get("/admin/uploads/1")).text
    assert "not in the format" in page
    assert "byte 0" in page


async def test_a_great_deletion_needs_its_own_word(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        await bring(browser, file(*map(str, range(100))))
        work(portal)
        await browser.post("/admin/uploads/1/approve", page=PAGE)
        work(portal)
        await bring(browser, file("0"), mode="replace")
        work(portal)
        page = (await browser.get("/admin/uploads/2")).text
        assert "99 of 100 records are not in the file: they are deleted." in page
        assert (await browser.post("/admin/uploads/2/approve", page=PAGE)).status == 409
        assert (await browser.post("/admin/uploads/2/approve", {"release": "yes"}, page=PAGE)).status == 303


async def test_the_token_is_asked_for_before_the_file(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        assert (await bring(browser, file("One"), token="none")).status == 403
        assert (await bring(browser, file("One"), name="")).status in (403, 422)
    with portal.store.reading() as connection:
        assert uploads.of_feed(connection, "k") == []


async def test_a_file_too_large_is_cut_off(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files.uploads, "MOST_BYTES", 100)
    async with portal.browser("ada") as browser:
        assert (await bring(browser, file("One"))).status == 413


async def test_files_of_others_and_feeds_that_take_none_are_not_there(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        await bring(browser, file("One"))
        assert (await bring(browser, file("One"), page="/admin/feeds/asked/files")).status == 409
        assert (await browser.get("/admin/feeds/asked/files")).status == 409
    async with portal.browser("bob") as browser:
        for path in (PAGE, "/admin/uploads/1"):
            assert (await browser.get(path)).status == 404
        token = await browser.token("/account")
        assert (await bring(browser, file("One"), token=token)).status == 404
        sent = {"form_token": token}
        assert (await browser.post_as_it_is("/admin/uploads/1/approve", sent)).status == 404


async def test_a_feed_of_files_is_added_by_the_form(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        fields = {"name": "Maps", "source": "upload", "institution": "peer", "crosswalk": "base/marc21"}
        answer = await browser.post("/admin/feeds/new", fields)
        key = re.fullmatch(r"/admin/feeds/(\w+)/files", answer.leads_to)
        assert key is not None
        page = await browser.get(f"/admin/feeds/{key[1]}")
    assert "files, which are brought here" in page.text
    assert "Harvest now" not in page.text


async def test_nobody_brings_anything_without_an_account(portal: Portal) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        answer = await bring(Browser(session, portal.base), file("One"), token="x")
    assert answer.leads_to.startswith("/sign-in") or answer.status == 401


async def test_what_a_file_shows_is_mapped_apart_within_bounds(portal: Portal) -> None:
    async with portal.browser("ada") as browser:
        await bring(browser, file("Beekeeping"))
        work(portal)
        assert "Beekeeping" in (await browser.get("/admin/uploads/1")).text
        portal.exchange.judges._workers.bounds = Bounds(cancel_seconds=0.0001, kill_seconds=5.0)
        page = await browser.get("/admin/uploads/1")
        assert page.status == 200
        assert "These rules came to no end in the time that a preview may take." in page.text
