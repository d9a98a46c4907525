"""Feeds in a browser: tried, added, run, paused, retired; and every number leads to its records."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from federation.storage import feeds, institutions, runs
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from portal_api.config import EgressSection, Settings
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.federation.pipeline.test_trial import courteous
from tests.peers.courteous.repository import Item, Repository, items, page, serving
from tests.peers.files import FileServer, serving_file
from tests.peers.resourcesync import ResourceSyncSource, serving_resources, title
from tests.peers.sru import SruServer, serving_sru
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.staff import Browser, Portal, portal_over

PEER = RoleGrant(role="harvest_admin", institution="peer")
LOOPBACK = Settings(egress=EgressSection(networks=("127.0.0.0/8",)))


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def portal(tmp_path: Path, clock: Hands) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, now=clock, settings=LOOPBACK) as portal:
        add_person(portal.store, "ada", PEER)
        yield portal


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def form(url: str, **changed: str) -> dict[str, str]:
    stated = {"name": "Peer", "address": url, "institution": "peer", "network": "127.0.0.0/8", "prefix": "oai_dc"}
    return stated | {"crosswalk": "base/oai_dc", "sets": "", "licence": "", "act": "add"} | changed


def only_feed(store: Store) -> feeds.StoredFeed:
    with store.reading() as connection:
        (feed,) = feeds.everyone(connection)
    return feed


async def test_a_test_shows_ten_records_beside_what_they_become_and_stores_nothing(
    portal: Portal, browser: Browser
) -> None:
    async with serving(Repository(items(30), before=courteous)) as url:
        answer = await browser.post("/admin/feeds/new", form(url, act="test"))
    assert answer.status == 200
    assert "The test read 10 records and mapped 10 of them" in answer.text
    assert "Peer &amp; Co" in answer.text
    assert "&lt;dc:title&gt;Title 1&lt;/dc:title&gt;" in answer.text
    assert "<code>title.value</code>" in answer.text
    assert f'value="{url}"' in answer.text
    with portal.store.reading() as connection:
        assert feeds.everyone(connection) == []


async def test_a_file_at_an_address_is_tried_and_nothing_is_stored(portal: Portal, browser: Browser) -> None:
    records = "".join(f"<dc:dc><dc:title>Letter {n}</dc:title></dc:dc>" for n in range(30))
    body = f'<all xmlns:dc="http://purl.org/dc/elements/1.1/">{records}</all>'.encode()
    async with serving_file(FileServer(body)) as url:
        answer = await browser.post("/admin/feeds/new", form(url, source="url", act="test"))
    assert "The test read 10 records and mapped 10 of them" in answer.text
    async with serving_file(FileServer(b"<html><body>closed</body></html>")) as url:
        answer = await browser.post("/admin/feeds/new", form(url, source="url", act="test"))
    assert "It is not in the format that the feed&#39;s crosswalk reads." in answer.text
    with portal.store.reading() as connection:
        assert feeds.everyone(connection) == []


async def test_files_have_nothing_to_test_and_a_test_adds_no_feed(portal: Portal, browser: Browser) -> None:
    answer = await browser.post("/admin/feeds/new", form("", source="upload", act="test"))
    assert answer.status == 422
    assert "Files are checked when they are brought" in answer.text
    with portal.store.reading() as connection:
        assert feeds.everyone(connection) == []


async def test_of_several_institutions_one_has_to_be_chosen(portal: Portal) -> None:
    with portal.store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="other", name="Other"))
    add_person(portal.store, "both", PEER, RoleGrant(role="harvest_admin", institution="other"))
    async with portal.browser("both") as browser:
        page = await browser.get("/admin/feeds/new")
        chosen = page.text.partition('<select id="institution"')[2].partition("</select>")[0]
        assert '<option value="">' in chosen
        assert "selected" not in chosen
        answer = await browser.post("/admin/feeds/new", form("http://library.example/oai", institution=""))
    assert answer.status == 422


async def test_a_feeds_page_leads_to_its_rules(portal: Portal, browser: Browser) -> None:
    async with serving(Repository(items(1), before=courteous)) as url:
        added = await browser.post("/admin/feeds/new", form(url))
    page = await browser.get(added.leads_to)
    address = f"/admin/crosswalks/{only_feed(portal.store).key}"
    assert f'href="{address}"' in page.text
    assert (await browser.get(address)).status == 200
    assert 'value="30"' in page.text


async def test_an_sru_server_is_tried_and_added(portal: Portal, browser: Browser) -> None:
    async with serving_sru(SruServer({f"n{n}": "1900-01-01" for n in range(30)})) as url:
        wanted = form(url, source="sru", prefix="dc", query="dc.title any letter", split_by="dc.date")
        answer = await browser.post("/admin/feeds/new", wanted | {"act": "test"})
        assert "The repository says that it has 30 records." in answer.text
        answer = await browser.post("/admin/feeds/new", wanted)
    feed = only_feed(portal.store)
    assert (feed.source, feed.query, feed.split_by) == ("sru", "dc.title any letter", "dc.date")
    assert "dc.title any letter" in (await browser.get(answer.leads_to)).text


async def test_a_resourcesync_source_is_tried_and_added(portal: Portal, browser: Browser) -> None:
    source = ResourceSyncSource({f"{n}.xml": title(f"Letter {n}") for n in range(60)})
    async with serving_resources(source) as url:
        wanted = form(url, source="resourcesync", prefix="")
        answer = await browser.post("/admin/feeds/new", wanted | {"act": "test"})
        assert "The test read 10 records and mapped 10 of them" in answer.text
        assert len(source.fetched()) < 60
        source.scopes = 2
        answer = await browser.post("/admin/feeds/new", wanted | {"act": "test"})
        assert "The source has several sets of resources" in answer.text
        answer = await browser.post("/admin/feeds/new", wanted)
    assert only_feed(portal.store).source == "resourcesync"
    assert "a ResourceSync source, whose changes are followed" in (await browser.get(answer.leads_to)).text


async def test_a_feed_of_files_knows_its_records_by_the_column_that_was_named(portal: Portal, browser: Browser) -> None:
    wanted = form("", source="upload", key_field=" 编号 ", crosswalk="base/table", network="")
    assert (await browser.post("/admin/feeds/new", wanted)).status == 303
    with portal.store.reading() as connection:
        (feed,) = [each for each in feeds.everyone(connection) if each.source == "upload"]
    assert feed.key_field == "编号"


async def test_adding_a_feed_makes_its_first_harvest_due(portal: Portal, browser: Browser, clock: Hands) -> None:
    answer = await browser.post("/admin/feeds/new", form("http://peer.example/oai", licence="cc0", network=""))
    feed = only_feed(portal.store)
    assert answer.leads_to == f"/admin/feeds/{feed.key}"
    assert (feed.due_at, feed.networks) == (clock.now, ())
    assert feed.metadata_licence == "http://creativecommons.org/publicdomain/zero/1.0/"
    assert "never harvested" in (await browser.get(answer.leads_to)).text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "This is needed."),
        ({"address": "library.example"}, "Give a whole http or https address"),
        ({"address": "file:///etc/passwd"}, "Give a whole http or https address"),
        ({"address": "https://user:secret@library.example"}, "Give a whole http or https address"),
        ({"address": "http://[::1"}, "Give a whole http or https address"),
        ({"prefix": "oai dc"}, "A prefix has letters"),
        ({"sets": "a&b"}, "A set has letters"),
        ({"institution": "hill"}, "Choose one of your institutions."),
        ({"crosswalk": "base/nothing"}, "There is no such crosswalk."),
        ({"licence": "free"}, "Give the address of a licence"),
        ({"network": "10.0.0.0/8"}, "The operator has not allowed this network."),
    ],
)
async def test_a_faulty_form_names_the_field_and_keeps_what_was_typed(
    portal: Portal, browser: Browser, changed: dict[str, str], message: str
) -> None:
    answer = await browser.post("/admin/feeds/new", form("http://peer.example/oai", **changed))
    assert (answer.status, message in answer.text) == (422, True)
    assert 'role="alert"' in answer.text
    with portal.store.reading() as connection:
        assert feeds.everyone(connection) == []


async def test_a_name_is_given_once(browser: Browser) -> None:
    await browser.post("/admin/feeds/new", form("http://peer.example/oai"))
    answer = await browser.post("/admin/feeds/new", form("http://peer.example/oai"))
    assert (answer.status, "This name is taken." in answer.text) == (422, True)


async def test_the_name_of_a_retired_feed_is_given_again(portal: Portal, browser: Browser) -> None:
    await browser.post("/admin/feeds/new", form("http://peer.example/oai"))
    former = only_feed(portal.store)
    await browser.post(f"/admin/feeds/{former.key}/retire", page=f"/admin/feeds/{former.key}/retire")
    assert (await browser.post("/admin/feeds/new", form("http://peer.example/oai"))).status == 303
    with portal.store.reading() as connection:
        named = {feed.key: feed.name for feed in feeds.everyone(connection)}
    assert sorted(named.values()) == ["Peer", f"Peer [{former.key}]"]


async def test_what_stands_in_the_way_of_a_test_is_told_in_words(browser: Browser) -> None:
    def html(request: web.Request) -> web.Response:
        return web.Response(text="<title>Library</title>", content_type="text/html")

    def no_format(request: web.Request) -> web.Response | None:
        wrong = page('<error code="cannotDisseminateFormat">no &lt;ead&gt;</error>')
        return wrong if request.query["verb"] == "ListRecords" else courteous(request)

    async with serving(Repository((), before=html)) as url:
        answer = await browser.post("/admin/feeds/new", form(url, act="test"))
        assert "it is not an OAI-PMH repository" in answer.text
        answer = await browser.post("/admin/feeds/new", form(url, act="test", network=""))
        assert "inside a private network" in answer.text
    async with serving(Repository((), before=no_format)) as url:
        answer = await browser.post("/admin/feeds/new", form(url, act="test"))
        assert "does not offer this metadata prefix" in answer.text
        assert "no &lt;ead&gt;" in answer.text
        assert "oai_dc marc21" in answer.text


async def test_a_feed_is_paused_resumed_and_run(portal: Portal, browser: Browser, clock: Hands) -> None:
    add_feed(portal.store, "http://peer.example/oai")
    here = "/admin/feeds/k"
    assert (await browser.post(f"{here}/pause", page=here)).leads_to == here
    assert (only_feed(portal.store).state, only_feed(portal.store).due_at) == ("paused", None)
    assert (await browser.post(f"{here}/pause", page=here)).status == 409
    clock.move(minutes=5)
    await browser.post(f"{here}/run", page=here)
    assert (only_feed(portal.store).state, only_feed(portal.store).due_at) == ("paused", clock.now)
    clock.move(minutes=5)
    await browser.post(f"{here}/resume", page=here)
    assert (only_feed(portal.store).state, only_feed(portal.store).due_at) == ("active", clock.now)
    clock.move(minutes=5)
    await browser.post(f"{here}/run", page=here)
    assert only_feed(portal.store).due_at == clock.now
    assert (await browser.post(f"{here}/explode", page=here)).status == 409


async def test_a_repository_that_has_gone_elsewhere_is_taken_at_its_word_by_a_person_alone(
    portal: Portal, browser: Browser
) -> None:
    await browser.post("/admin/feeds/new", form("http://127.0.0.1:1/oai"))
    feed = only_feed(portal.store)
    page = f"/admin/feeds/{feed.key}"
    assert "gone elsewhere for good" not in (await browser.get(page)).text
    assert (await browser.post(f"{page}/move", page=page)).status == 409
    with portal.store.transaction() as tx:
        feeds.learn(tx, feed.key, msgspec.structs.replace(feed.profile, moved_to="http://127.0.0.1:2/oai"))
    shown = (await browser.get(page)).text
    assert "gone elsewhere for good" in shown
    assert "http://127.0.0.1:2/oai" in shown
    assert (await browser.post(f"{page}/move", page=page)).status == 303
    assert only_feed(portal.store).base_url == "http://127.0.0.1:2/oai"
    assert "gone elsewhere for good" not in (await browser.get(page)).text


async def test_where_a_repository_says_that_it_has_gone_can_be_declined(portal: Portal, browser: Browser) -> None:
    feed = add_feed(portal.store, "http://127.0.0.1:1/oai")
    assert (await browser.post("/admin/feeds/k/decline", page="/admin/feeds/k")).status == 409
    with portal.store.transaction() as tx:
        feeds.learn(tx, feed.key, msgspec.structs.replace(feed.profile, moved_to="http://127.0.0.1:2/oai"))
    assert "Stay at the address given" in (await browser.get("/admin/feeds/k")).text
    assert (await browser.post("/admin/feeds/k/decline", page="/admin/feeds/k")).status == 303
    assert "gone elsewhere for good" not in (await browser.get("/admin/feeds/k")).text
    assert only_feed(portal.store).base_url == feed.base_url


async def test_a_lag_that_a_person_says_is_shown_as_theirs(portal: Portal, browser: Browser) -> None:
    feed = add_feed(portal.store, "http://127.0.0.1:1/oai")
    assert "as a person says" not in (await browser.get("/admin/feeds/k")).text
    with portal.store.transaction() as tx:
        feeds.pin_lag(tx, feed, 0)
    assert "as a person says" in (await browser.get("/admin/feeds/k")).text


async def test_a_feed_has_limits_of_its_own(portal: Portal, browser: Browser) -> None:
    add_feed(portal.store, "http://127.0.0.1/oai")
    typed = {"deletions": "never_inferred", "deleted": "10", "changed": "", "records": "7"}
    typed |= {"fallen": "20", "refused": "50", "opens": "pass"}
    await browser.post("/admin/feeds/k/rules", typed, page="/admin/feeds/k")
    feed = only_feed(portal.store)
    assert feed.deletion_rule == "never_inferred"
    assert (feed.brake.deleted, feed.brake.changed, feed.brake.records) == (0.1, 0.3, 7)
    assert (feed.brake.fallen, feed.brake.refused, feed.brake.opens) == (0.2, 0.5, True)


@pytest.mark.parametrize(
    "typed",
    [{"deleted": "101"}, {"deleted": "-1"}, {"records": "many"}, {"deletions": "always"}, {"opens": "maybe"}],
    ids=str,
)
async def test_a_limit_that_can_be_none_is_refused(portal: Portal, browser: Browser, typed: dict[str, str]) -> None:
    add_feed(portal.store, "http://127.0.0.1/oai")
    before = only_feed(portal.store)
    await browser.post("/admin/feeds/k/rules", typed, page="/admin/feeds/k")
    assert only_feed(portal.store) == before


async def test_retiring_asks_first_and_needs_a_fresh_sign_in(portal: Portal, browser: Browser, clock: Hands) -> None:
    add_feed(portal.store, "http://peer.example/oai")
    here = "/admin/feeds/k"
    clock.move(minutes=16)
    assert (await browser.get(f"{here}/retire")).leads_to.startswith("/sign-in?next=")
    await browser.sign_in("ada")
    asked = await browser.get(f"{here}/retire")
    assert "Retire Peer?" in asked.text
    assert only_feed(portal.store).state == "active"
    assert (await browser.post(f"{here}/retire", page=f"{here}/retire")).leads_to == here
    assert only_feed(portal.store).state == "retired"
    assert (await browser.post(f"{here}/run", page="/account")).status == 409


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
