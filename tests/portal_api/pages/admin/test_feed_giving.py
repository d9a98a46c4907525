"""`/admin/feeds/{key}/giving`: what of a feed is given on, and who sees it as it came."""

from __future__ import annotations

import msgspec
import pytest

from federation.storage import feeds
from federation.storage.accounts import RoleGrant
from tests.federation.pipeline.test_harvest import add_feed
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.admin.test_feed_settings import URL
from tests.portal_api.pages.admin.test_feed_settings import ada as ada
from tests.portal_api.pages.admin.test_feed_settings import portal as portal
from tests.portal_api.pages.admin.test_feeds import form, only_feed
from tests.portal_api.staff import Browser, Portal

PAGE = "/admin/feeds/k/giving"
SAID = {"licence": "cc0", "reexpose": "merged", "raw_visible": "public"}


def given(feed: feeds.StoredFeed) -> tuple[object, ...]:
    return feed.metadata_licence, feed.reexpose, feed.raw_visible


async def test_it_is_set_and_shown(portal: Portal, ada: Browser) -> None:
    add_feed(portal.store, URL)
    assert (await ada.post(PAGE, SAID)).leads_to == "/admin/feeds/k"
    found = only_feed(portal.store)
    assert given(found) == ("http://creativecommons.org/publicdomain/zero/1.0/", "merged", "public")
    shown = (await ada.get("/admin/feeds/k")).text
    assert "merged with what others say · everyone is shown open records as they came" in shown
    assert '<option value="merged" selected>' in (await ada.get(PAGE)).text


@pytest.mark.parametrize("name", SAID)
async def test_every_fault_is_told_at_its_field_and_nothing_is_set(portal: Portal, ada: Browser, name: str) -> None:
    before = add_feed(portal.store, URL)
    answer = await ada.post(PAGE, SAID | {name: "no such"})
    assert (answer.status, f'id="{name}-fault"' in answer.text) == (422, True)
    assert given(only_feed(portal.store)) == given(before)


async def test_a_retired_feed_is_left_as_it_is_and_says_so_in_the_readers_language(
    portal: Portal, ada: Browser
) -> None:
    feed = add_feed(portal.store, URL)
    with portal.store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="retired", due_at=None))
    for language, words in (("en", "This feed is retired"), ("zh-Hans", "此数据源已停用")):
        answer = await ada.post(PAGE, SAID, **{"Accept-Language": language})
        assert (answer.status, words in answer.text) == (409, True)


async def test_nobody_else_sets_it(portal: Portal) -> None:
    add_feed(portal.store, URL)
    add_person(portal.store, "eve", RoleGrant(role="harvest_admin", institution="hill"))
    async with portal.browser("eve") as eve:
        assert (await eve.post(PAGE, SAID, page="/admin/feeds/new")).status == 404
    assert given(only_feed(portal.store))[1] == "all"


async def test_a_feed_is_added_with_what_is_chosen(portal: Portal, ada: Browser) -> None:
    refused = await ada.post("/admin/feeds/new", form(URL, reexpose="some"))
    assert (refused.status, 'id="reexpose-fault"' in refused.text) == (422, True)
    assert (await ada.post("/admin/feeds/new", form(URL, licence="cc0", reexpose="none"))).status == 303
    assert only_feed(portal.store).reexpose == "none"
