"""Feeds that are kept as drafts: tested, and begun by somebody; a host that is new waits for an administrator."""

from __future__ import annotations

from federation.storage import feeds
from tests.federation.pipeline.test_harvest import add_feed
from tests.federation.pipeline.test_trial import courteous
from tests.peers.courteous.repository import Repository, items, serving
from tests.portal_api.pages.admin.test_feed_settings import URL
from tests.portal_api.pages.admin.test_feed_settings import ada as ada
from tests.portal_api.pages.admin.test_feed_settings import portal as portal
from tests.portal_api.pages.admin.test_feeds import form, only_feed
from tests.portal_api.pages.admin.test_files import bring, file
from tests.portal_api.staff import Browser, Portal

NEW = "http://new.example/oai"


def state_of(portal: Portal, name: str) -> tuple[str, bool]:
    with portal.store.reading() as connection:
        found = feeds.get(connection, name)
    assert found is not None
    return found.state, found.due_at is not None


async def test_a_draft_is_not_harvested_before_it_is_begun(portal: Portal, ada: Browser) -> None:
    kept = await ada.post("/admin/feeds/new", form(NEW, network="", act="draft"))
    feed = only_feed(portal.store)
    assert (kept.leads_to, feed.state, feed.due_at) == (f"/admin/feeds/{feed.key}", "draft", None)
    with portal.store.transaction() as tx:
        feeds.ask_for_run(tx, feed.key)
        assert feeds.due(tx.connection, tx.now) == []
    assert 'id="draft"' in (await ada.get(kept.leads_to)).text
    assert "draft" in (await ada.get("/admin")).text
    for act in ("run", "pause", "resume"):
        assert (await ada.post(f"/admin/feeds/{feed.key}/{act}", page=kept.leads_to)).status == 409
    assert (await ada.post(f"/admin/feeds/{feed.key}/begin", page=kept.leads_to)).leads_to == kept.leads_to
    assert state_of(portal, feed.key) == ("active", True)
    again = await ada.post(f"/admin/feeds/{feed.key}/begin", page=kept.leads_to)
    assert (again.status, "harvested as it is" in again.text) == (409, True)


async def test_a_feed_from_a_new_host_waits_for_an_administrator_of_the_exchange(portal: Portal, ada: Browser) -> None:
    async with portal.browser("ben") as ben:
        assert (await ben.post("/admin/feeds/new", form(NEW, name="Mine", network=""))).status == 303
        key = only_feed(portal.store).key
        page = (await ben.get(f"/admin/feeds/{key}")).text
        assert ("an administrator of the exchange begins this feed" in page, "Begin this feed" in page) == (True, False)
        refused = await ben.post(f"/admin/feeds/{key}/begin", page="/admin/feeds/new")
        assert (refused.status, state_of(portal, key)) == (409, ("draft", False))
        chinese = await ben.post(f"/admin/feeds/{key}/begin", page="/admin/feeds/new", **{"Accept-Language": "zh-Hans"})
        assert "从未从该主机获得" in chinese.text
        assert (await ada.post(f"/admin/feeds/{key}/begin", page=f"/admin/feeds/{key}")).status == 303
        assert state_of(portal, key) == ("active", True)
        # the host is known from then on, at another address and port of it too
        assert (await ben.post("/admin/feeds/new", form(NEW + "2", name="Other", network=""))).status == 303
    assert state_of(portal, "Other") == ("active", True)


async def test_a_draft_that_gave_records_is_known_as_tested(portal: Portal, ada: Browser) -> None:
    async with serving(Repository(items(30), before=courteous)) as url:
        await ada.post("/admin/feeds/new", form(url, act="draft"))
        key = only_feed(portal.store).key
        tested = await ada.post(f"/admin/feeds/{key}/test", page=f"/admin/feeds/{key}")
    assert (tested.status, "The test read" in tested.text) == (200, True)
    assert state_of(portal, key) == ("probed", False)
    # what fails later leaves it so
    failed = await ada.post(f"/admin/feeds/{key}/test", page=f"/admin/feeds/{key}")
    assert ("The test found no records" in failed.text, state_of(portal, key)) == (True, ("probed", False))


async def test_an_active_feed_is_not_tested_here(portal: Portal, ada: Browser) -> None:
    add_feed(portal.store, URL)
    assert (await ada.post("/admin/feeds/k/test", page="/admin/feeds/k")).status == 409


async def test_a_draft_of_files_takes_none(portal: Portal, ada: Browser) -> None:
    await ada.post("/admin/feeds/new", form("", source="upload", crosswalk="base/oai_dc", network="", act="draft"))
    key = only_feed(portal.store).key
    page = f"/admin/feeds/{key}"
    token = await ada.token(page)
    refused = await bring(ada, file("A letter"), page=f"{page}/files", token=token)
    assert (refused.status, "This feed is a draft" in refused.text) == (409, True)
    assert (await ada.post(f"{page}/begin", page=page)).status == 303
    assert state_of(portal, key) == ("active", False)
    assert (await bring(ada, file("A letter"), page=f"{page}/files", token=token)).status == 303


async def test_the_form_can_be_opened_with_a_source(ada: Browser) -> None:
    page = (await ada.get("/admin/feeds/new?address=http%3A%2F%2Fnew.example%2Foai&prefix=mods")).text
    assert 'value="http://new.example/oai"' in page
    assert 'value="mods"' in page


async def test_a_draft_can_be_given_up(portal: Portal, ada: Browser) -> None:
    await ada.post("/admin/feeds/new", form(NEW, network="", act="draft"))
    key = only_feed(portal.store).key
    assert (await ada.post(f"/admin/feeds/{key}/retire", page=f"/admin/feeds/{key}/retire")).status == 303
    assert state_of(portal, key) == ("retired", False)


async def test_a_draft_that_was_given_up_makes_its_host_known_to_nobody(portal: Portal) -> None:
    async with portal.browser("ben") as ben:
        await ben.post("/admin/feeds/new", form(NEW, name="First", network=""))
        key = only_feed(portal.store).key
        await ben.post(f"/admin/feeds/{key}/retire", page=f"/admin/feeds/{key}/retire")
        await ben.post("/admin/feeds/new", form(NEW + "2", name="Second", network=""))
    assert state_of(portal, "First") == ("retired", False)
    assert state_of(portal, "Second") == ("draft", False)
