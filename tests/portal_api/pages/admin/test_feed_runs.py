"""Runs of a feed in a browser: every sum leads to its records, every verdict to what it rests on."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import msgspec
import pytest
from aiohttp import web

from federation.storage import feeds, runs
from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.peers.courteous.repository import Item, Repository, items, page, serving
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.pages.admin.test_feeds import PEER, form, only_feed
from tests.portal_api.staff import Browser, Portal


async def harvested(portal: Portal) -> runs.StoredRun:
    wanted = [*items(40), *(Item(f"oai:peer:u{n}", "2021-01-01", "") for n in range(3))]
    broken = Item("", "2021-01-01", "<script>alert(1)</script>")
    async with serving(Repository([*wanted, broken])) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    map_all(portal.store)
    with portal.store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    return run


async def test_every_sum_of_a_run_leads_to_as_many_records(portal: Portal, browser: Browser) -> None:
    run = await harvested(portal)
    text = (await browser.get(f"/admin/runs/{run.id}")).text
    sums = re.findall(r'<span class="sum"><a href="([^"]+)">([\d,]+)</a> (\w+)</span>', text)
    assert [word for _, _, word in sums] == [
        "harvested", "mapped", "deleted", "rejected", "skipped", "waiting", "held",
    ]  # fmt: skip
    assert int(sums[0][1]) == sum(int(number) for _, number, _ in sums[1:]) == 43
    for target, number, _ in sums:
        listed = (await browser.get(unescape(target))).text
        assert listed.count('<th scope="row">') == int(number)


async def test_its_pages_are_given_as_they_came_to_who_runs_the_feed(portal: Portal, browser: Browser) -> None:
    run = await harvested(portal)
    here = f"/admin/runs/{run.id}"
    links = re.findall(rf'href="({here}/pages/\d+)"', (await browser.get(here)).text)
    assert len(links) == run.counts.pages
    page_one = await browser.get(links[0])
    assert "<OAI-PMH" in page_one.text
    assert page_one.headers["Content-Disposition"].startswith("attachment")
    assert (await browser.get(f"{here}/pages/999")).status == 404
    async with portal.browser() as stranger:
        assert "<OAI-PMH" not in (await stranger.get(links[0])).text


async def test_a_run_says_what_it_lists(portal: Portal, browser: Browser) -> None:
    async with serving(Repository(items(40))) as url:
        feed = add_feed(portal.store, url)
        for _ in range(2):
            await harvest(portal.store, feed)
    with portal.store.reading() as connection:
        second, first = runs.of_feed(connection, "k")
    assert (first.checkpoint.kind, second.checkpoint.kind) == ("full", "incremental")
    for run, words in ((first, "A harvest of everything"), (second, "A harvest of what changed")):
        assert words in (await browser.get(f"/admin/runs/{run.id}")).text


async def test_a_run_shows_verdict_evidence_issues_and_quarantine(portal: Portal, browser: Browser) -> None:
    run = await harvested(portal)
    text = (await browser.get(f"/admin/runs/{run.id}")).text
    assert "incomplete (1 known missing)" in text
    assert "they lie in quarantine" in text
    assert "The record has no title." in text
    assert "oai:peer:u0" in text
    assert "The record has no identifier." in text
    issue = re.search(r'href="(/admin/feeds/k/records\?issue=title_missing[^"]*)">3</a>', text)
    assert issue is not None
    assert (await browser.get(unescape(issue[1]))).text.count('<th scope="row">') == 3
    raw = re.search(r'href="(/admin/quarantine/\d+/raw)"', text)
    assert raw is not None
    answer = await browser.get(raw[1])
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>alert(1)</script>" in answer.text


#: where the history of a run stands on its page, in English and in Chinese, and in its JSON
HISTORY = [
    ("44 records listed, of 44 that the repository says it has.", "已列出 44 条记录，资源库称共有 44 条。", "progress"),
    ("records a second.", "每秒", "progress.records_per_second"),
    ("4 requests, 1 of them once more after a failure", "4 次请求，其中 1 次为失败后重试", "cost.spent.requests"),
    ("bytes received", "字节", "cost.spent.received_bytes"),
    ("waited", "等待", "cost.spent.waited_seconds"),
    ("of processor time", "处理器用时", "cost.spent.cpu_seconds"),
    ("<dt>mended</dt><dd>1</dd>", "<dt>已修复</dt><dd>1</dd>", "run.repaired"),
    ("How late changes appear in its lists", "变更在其列表中出现的最长延迟", "taught"),
    ("How far its clock is off", "其时钟的偏差", "taught"),
    ("Records of its longest page", "其最长一页的记录数", "taught"),
    ("run 1, page 3", "第 1 次采集，第 3 页", "lists"),
]


async def test_a_run_tells_its_history_on_its_page_and_to_programs(portal: Portal, browser: Browser) -> None:
    wanted = [*items(43), Item("oai:peer:odd", "2021-01-01", "Salt \x0b pepper")]
    failing = [web.Response(status=500)]
    repository = Repository(wanted, before=lambda request: failing.pop(0) if failing else None)
    async with serving(repository) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    english = (await browser.get("/admin/runs/1")).text
    chinese = (await browser.get("/admin/runs/1", **{"Accept-Language": "zh-CN"})).text
    told = json.loads((await browser.get("/api/v1/feeds/k/runs/1")).text)
    for said, translated, place in HISTORY:
        assert said in english
        assert translated in chinese
        found = told
        for part in place.split("."):
            found = found[part]
        assert found is not None
    assert (told["run"]["verdict"], told["run"]["reason"], told["progress"]["seconds_left"]) == (
        "complete", "counted", None,
    )  # fmt: skip


async def test_a_run_that_goes_on_says_how_long_yet(portal: Portal, browser: Browser, clock: Hands) -> None:
    repository = Repository(items(120))
    repository.before = lambda request: (
        web.Response(status=503, headers={"Retry-After": "7200"}) if len(repository.asked) > 3 else None
    )
    async with serving(repository) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    clock.now += timedelta(seconds=30)
    text = (await browser.get("/admin/runs/1")).text
    assert "60 records listed, of 120 that the repository says it has." in text
    told = json.loads((await browser.get("/api/v1/feeds/k/runs/1")).text)["progress"]
    assert (told["records"], told["claim"], told["records_per_second"], told["seconds_left"]) == (60, 120, 2.0, 30.0)
    assert "At this rate the rest takes 30 seconds." in text


async def test_an_answer_that_breaks_off_is_told_by_the_form_and_on_the_page_of_the_run(
    portal: Portal, browser: Browser
) -> None:
    cut = b"<OAI-PMH><ListRecords><record>"
    ended = f"found the end of the answer at byte {len(cut)}"
    async with serving(Repository((), before=lambda request: web.Response(body=cut))) as url:
        tried = await browser.post("/admin/feeds/new", form(url, act="test"))
        assert "The answer broke off." in tried.text
        assert ended in tried.text
        await harvest(portal.store, add_feed(portal.store, url))
    with portal.store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    text = (await browser.get(f"/admin/runs/{run.id}")).text
    assert "The answer broke off." in text
    assert ended in text


async def test_a_wait_that_is_asked_for_in_words_that_say_none_is_told_with_the_run(
    portal: Portal, browser: Browser
) -> None:
    busy = Repository([], before=lambda request: web.Response(status=503, headers={"Retry-After": "soon"}))
    async with serving(busy) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    with portal.store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    text = unescape((await browser.get(f"/admin/runs/{run.id}")).text)
    assert "expected a Retry-After ahead, within 7 days, found 'soon'" in text


async def test_a_run_that_waits_says_what_for(portal: Portal, browser: Browser) -> None:
    busy = Repository([], before=lambda request: web.Response(status=503, headers={"Retry-After": "86400"}))
    async with serving(busy) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    with portal.store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    text = (await browser.get(f"/admin/runs/{run.id}")).text
    told = re.sub(r"<[^>]+>", "", text)
    assert re.search(r"put off until .+: The repository asked to come back later\.", told)


async def test_a_record_in_quarantine_is_taken_for_lost_on_the_page(portal: Portal, browser: Browser) -> None:
    run = await harvested(portal)
    here = f"/admin/runs/{run.id}"
    text = (await browser.get(here)).text
    act = re.search(r'action="(/admin/quarantine/\d+)/acknowledge"', text)
    assert act is not None
    assert f'action="{act[1]}/retry"' not in text, "a record without an identifier cannot be asked for"
    assert (await browser.post(f"{act[1]}/retry", page=here)).status == 409
    assert (await browser.post(f"{act[1]}/acknowledge", page=here)).leads_to == f"{here}#quarantine"
    text = (await browser.get(here)).text
    assert "known to be lost" in text
    assert "/acknowledge" not in text
    assert (await browser.post(f"{act[1]}/eat", page="/account")).status == 409
    assert (await browser.post("/admin/quarantine/999/acknowledge", page="/account")).status == 404


async def test_the_feeds_page_names_the_last_verdict_of_each(portal: Portal, browser: Browser) -> None:
    run = await harvested(portal)
    text = (await browser.get("/admin/feeds")).text
    assert f'href="/admin/runs/{run.id}"' in text
    assert "incomplete (1 known missing)" in text
    assert "Peer" in (await browser.get("/admin")).text


async def test_the_api_says_what_the_pages_say(portal: Portal, browser: Browser) -> None:
    run = await harvested(portal)
    (line,) = json.loads((await browser.get("/api/v1/feeds")).text)["feeds"]
    assert (line["last"]["verdict"], line["tally"]["harvested"]) == ("incomplete", 43)
    assert json.loads((await browser.get("/api/v1/feeds/k")).text)["line"] == line
    found = json.loads((await browser.get(f"/api/v1/runs/{run.id}")).text)
    assert (found["sums"]["harvested"], found["sums"]["rejected"], found["quarantined"]) == (43, 3, 1)
    issues = json.loads((await browser.get("/api/v1/issues?feed=k")).text)
    assert issues == found["issues"]
    for address, status in (("/api/v1/feeds/other", 404), ("/api/v1/runs/x", 404), ("/api/v1/feeds?colour=red", 400)):
        answer = await browser.get(address)
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")


async def short_of(portal: Portal, count: int) -> None:
    """A run whose repository names `count` records in headers and gives none of them."""

    def refusing(request: web.Request) -> web.Response | None:
        if request.query.get("verb") == "GetRecord":
            return page('<error code="idDoesNotExist"/>')
        if request.query.get("verb") == "ListRecords":
            return repository.listed(repository.records[:5], "", 5 + count)
        return None

    repository = Repository(items(5 + count), page_size=100, before=refusing)
    async with serving(repository) as url:
        await harvest(portal.store, add_feed(portal.store, url))


async def test_a_run_names_what_is_missing_on_its_page_and_as_json(portal: Portal, browser: Browser) -> None:
    await short_of(portal, 130)
    seen, address = list[str](), "/admin/runs/1"
    while address:
        text = (await browser.get(address)).text
        seen += re.findall(r"<li><code>(oai:peer:\d+)</code></li>", text)
        further = re.search(r'href="(\?missing_after=\d+)#missing"', text)
        address = "/admin/runs/1" + further[1] if further else ""
    assert seen == [f"oai:peer:{n}" for n in range(6, 136)]
    first = json.loads((await browser.get("/api/v1/feeds/k/runs/1")).text)
    assert (first["run"]["verdict"], first["missing_total"], first["following_missing"]) == ("incomplete", 130, 100)
    rest = json.loads((await browser.get("/api/v1/feeds/k/runs/1?missing_after=100")).text)
    assert first["missing"] + rest["missing"] == seen
    assert first == json.loads((await browser.get("/api/v1/runs/1")).text)


async def test_a_run_says_what_its_verdict_rests_on_and_what_it_took(portal: Portal, browser: Browser) -> None:
    await short_of(portal, 130)
    told = json.loads((await browser.get("/api/v1/feeds/k/runs/1")).text)
    page = unescape((await browser.get("/admin/runs/1")).text)
    assert told["cost"]["size_bytes"] == sum(each["size_bytes"] for each in told["pages"])
    assert f"{told['cost']['size_bytes']:,} bytes, in " in page
    spent = told["cost"]["spent"]
    assert spent["requests"] > told["run"]["pages"]
    assert f"{spent['requests']:,} requests, " in page
    assert "of processor time" in page
    lists = told["lists"]
    assert sum(each["pages"] for each in lists) >= told["run"]["pages"] > 0
    assert sum(each["missing"] for each in lists) == 130
    assert {"done"} == {each["sweep"] for each in lists if each["missing"]}
    assert "yes; checked by its headers" in " ".join(page.split())


async def test_a_run_that_lost_one_record_says_where_it_lies(portal: Portal, browser: Browser) -> None:
    await harvested(portal)
    page = (await browser.get("/admin/runs/1")).text
    assert "1 record of this run could not be read. It is kept as it came." in page
    assert "Nothing but what lies in quarantine, below." in page
    assert "without an identifier it cannot be asked for" in page


async def test_what_a_run_could_not_have_stays_on_the_pages_of_later_runs_and_of_the_feed(
    portal: Portal, browser: Browser
) -> None:
    await harvested(portal)
    with portal.store.reading() as connection:
        feed = feeds.get(connection, "k")
    assert feed is not None
    async with serving(Repository(())) as url:
        with portal.store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(base_url=url))
        await harvest(portal.store, msgspec.structs.replace(feed, base_url=url))
    later = " ".join((await browser.get("/admin/runs/2")).text.split())
    lacks = "Records that the feed lacks, over all of its runs: 1."
    assert lacks in later
    assert "The record has no identifier." in later
    assert "of this run could not be read" not in later
    assert lacks in (await browser.get("/admin/feeds/k")).text


@pytest.mark.parametrize(
    ("address", "status"),
    [("k/runs/2", 404), ("k/runs/x", 404), ("other/runs/1", 404), ("k/runs/1?colour=red", 400)],
)
async def test_what_is_no_run_of_the_feed_is_a_problem(
    portal: Portal, browser: Browser, address: str, status: int
) -> None:
    await harvested(portal)
    answer = await browser.get(f"/api/v1/feeds/{address}")
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")


async def test_the_quarantine_of_a_run_says_where_each_record_stood(portal: Portal, browser: Browser) -> None:
    await harvested(portal)
    (line,) = json.loads((await browser.get("/api/v1/feeds/k/runs/1")).text)["quarantine"]
    assert (line["run"], line["page"], line["identifier"], line["reason"]) == (1, 3, None, "identifier_empty")
    assert line["position"] > 0


async def test_records_are_listed_a_hundred_at_a_time(portal: Portal, browser: Browser) -> None:
    async with serving(Repository(items(230), page_size=100)) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    seen, address = 0, "/admin/feeds/k/records"
    while address:
        text = (await browser.get(address)).text
        seen += text.count('<th scope="row">')
        further = re.search(r'href="(\?[^"]*)" rel="nofollow"', text)
        address = "/admin/feeds/k/records" + unescape(further[1]) if further else ""
    assert seen == 230


@pytest.mark.parametrize("query", ["standing=lost", "after=x", "after=99999999999999999999", "colour=red"])
async def test_a_parameter_that_is_not_known_is_a_plain_refusal(portal: Portal, browser: Browser, query: str) -> None:
    add_feed(portal.store, "http://peer.example/oai")
    assert (await browser.get(f"/admin/feeds/k/records?{query}")).status == 400


@pytest.mark.parametrize("name", ["pages_after", "quarantine_after", "missing_after"])
async def test_a_place_in_a_run_that_nothing_can_have_is_a_plain_refusal(
    portal: Portal, browser: Browser, name: str
) -> None:
    async with serving(Repository(items(3))) as url:
        await harvest(portal.store, add_feed(portal.store, url))
    for here in ("/admin/runs/1", "/api/v1/feeds/k/runs/1"):
        assert (await browser.get(here)).status == 200
        assert (await browser.get(f"{here}?{name}=99999999999999999999")).status == 400


async def test_whoever_acts_for_one_institution_sees_its_feeds_alone(portal: Portal) -> None:
    add_feed(portal.store, "http://peer.example/oai")
    other = msgspec.structs.replace(only_feed(portal.store), key="h", name="Hill", institution="hill")
    add_person(portal.store, "bo", PEER, RoleGrant(role="harvest_admin", institution="hill"))
    with portal.store.transaction() as tx:
        feeds.add(tx, other)
    async with portal.browser("bo") as browser:
        assert "/admin/feeds/k" in (await browser.get("/admin/feeds")).text
        await browser.post("/account/acting-for", {"institution": "hill"}, page="/account")
        text = (await browser.get("/admin/feeds")).text
        assert ("/admin/feeds/h" in text, "/admin/feeds/k" in text) == (True, False)
        assert (await browser.get("/admin/feeds/k")).status == 404
