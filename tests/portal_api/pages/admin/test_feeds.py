"""Feeds in a browser: tried, added, run, paused, retired; and every number leads to its records."""

from __future__ import annotations

import msgspec
import pytest
from aiohttp import web

from federation.storage import feeds, institutions
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from harvester.feeds import Pins
from tests.federation.pipeline.test_harvest import add_feed
from tests.federation.pipeline.test_trial import courteous
from tests.peers.courteous.repository import Repository, items, page, serving
from tests.peers.files import FileServer, serving_file
from tests.peers.resourcesync import ResourceSyncSource, serving_resources, title
from tests.peers.sru import SruServer, serving_sru
from tests.portal_api.auth.people import Hands, add_person
from tests.portal_api.staff import Browser, Portal

PEER = RoleGrant(role="harvest_admin", institution="peer")


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
    add_person(portal.store, "eve", PEER, RoleGrant(role="exchange_admin"))
    async with portal.browser("eve") as eve:
        answer = await eve.post("/admin/feeds/new", form("http://peer.example/oai", licence="cc0", network=""))
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
    feed = add_feed(portal.store, "http://127.0.0.1:1/oai")
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
    assert "a person says so" not in (await browser.get("/admin/feeds/k")).text
    with portal.store.transaction() as tx:
        feeds.pin(tx, feed, Pins(lag_seconds=0))
    assert "a person says so" in (await browser.get("/admin/feeds/k")).text


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
