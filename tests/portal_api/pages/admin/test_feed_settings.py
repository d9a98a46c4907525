"""How a feed is asked, in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from federation.storage import feeds
from federation.storage.accounts import RoleGrant
from harvester.caps import Caps
from tests.federation.pipeline.test_harvest import add_feed
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.admin.conftest import LOOPBACK
from tests.portal_api.pages.admin.test_feeds import PEER, form, only_feed
from tests.portal_api.staff import Browser, Portal, portal_over

URL = "http://127.0.0.1:9/oai"
SAID = {
    "every": "21600",
    "interval": "1.5",
    "exclude": "theses maps",
    "quiet_hours": "22:00-06:00 Europe/Rome",
    "look_back": "3",
    "ports": "8443 9000",
    "page_mebibytes": "128",
    "pages": "100",
    "records": "0",
}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, settings=LOOPBACK) as portal:
        add_person(portal.store, "ada", PEER, RoleGrant(role="exchange_admin"))
        add_person(portal.store, "ben", PEER)
        yield portal


@pytest.fixture
async def ada(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def asked(feed: feeds.StoredFeed) -> tuple[object, ...]:
    pace = (feed.every_seconds, feed.min_interval_seconds)
    return feed.set_exclude, str(feed.quiet_hours), feed.look_back_days, feed.ports, feed.caps, pace


WANTED = (
    ("theses", "maps"),
    "22:00-06:00 Europe/Rome",
    3,
    (8443, 9000),
    Caps(page_mebibytes=128, pages=100),
    (21_600, 1.5),
)


async def test_they_are_set_and_shown(portal: Portal, ada: Browser) -> None:
    add_feed(portal.store, URL)
    assert 'name="page_mebibytes" value="64"' in (await ada.get("/admin/feeds/k/settings")).text
    assert (await ada.post("/admin/feeds/k/settings", SAID)).leads_to == "/admin/feeds/k"
    assert asked(only_feed(portal.store)) == WANTED
    shown = (await ada.get("/admin/feeds/k")).text
    for words in ("without the sets theses maps", "not in the hours 22:00-06:00 Europe/Rome", "looks back 3 days"):
        assert words in shown
    kept = (await ada.get("/admin/feeds/k/settings")).text
    assert all(f'value="{value}"' in kept for value in SAID.values())
    assert '<option value="21600" selected>6 hours</option>' in kept
    assert "6 hours · at least 1.5 seconds between two requests" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quiet_hours", "at night"),
        ("exclude", "a/b"),
        ("look_back", "x"),
        ("look_back", ""),
        ("ports", "80 x"),
        ("every", "5"),
        ("interval", "x"),
    ],
)
async def test_a_fault_is_told_at_its_field(field: str, value: str, portal: Portal, ada: Browser) -> None:
    before = add_feed(portal.store, URL)
    answer = await ada.post("/admin/feeds/k/settings", SAID | {field: value})
    assert (answer.status, f'id="{field}-fault"' in answer.text) == (422, True)
    assert asked(only_feed(portal.store)) == asked(before)


async def test_every_fault_is_told_at_once_and_nothing_is_set(portal: Portal, ada: Browser) -> None:
    before = add_feed(portal.store, URL)
    wrong = {"quiet_hours": "at night", "exclude": "a/b", "look_back": "x", "ports": "80 x", "pages": "-1"}
    for address, sent in (
        ("/admin/feeds/k/settings", SAID | wrong),
        ("/admin/feeds/new", form(URL, name="Other", **(SAID | wrong))),
    ):
        answer = await ada.post(address, sent)
        assert (answer.status, {each for each in SAID if f'id="{each}-fault"' in answer.text}) == (422, wrong.keys())
    assert asked(only_feed(portal.store)) == asked(before)


async def test_a_feed_is_added_with_those_that_are_said(portal: Portal, ada: Browser) -> None:
    add_feed(portal.store, URL)
    failed = await ada.post("/admin/feeds/new", form(URL, name="Other", quiet_hours="at night"))
    assert (failed.status, 'id="quiet_hours-fault"' in failed.text, "<details open>" in failed.text) == (
        422,
        True,
        True,
    )
    assert (await ada.post("/admin/feeds/new", form(URL, name="Other", **SAID))).status == 303
    with portal.store.reading() as connection:
        found = feeds.get(connection, "Other")
    assert found is not None
    assert asked(found) == WANTED


async def test_ports_inside_a_private_network_are_for_who_administers_the_exchange(portal: Portal) -> None:
    add_feed(portal.store, URL)
    async with portal.browser("ben") as ben:
        assert 'name="ports"' not in (await ben.get("/admin/feeds/k/settings")).text
        refused = await ben.post("/admin/feeds/k/settings", SAID)
        assert (refused.status, "only an administrator of the exchange sets" in refused.text) == (422, True)
        assert only_feed(portal.store).ports == ()
        with portal.store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(ports=(8443,)))
        assert (await ben.post("/admin/feeds/k/settings", SAID | {"ports": ""})).status == 303
        assert asked(only_feed(portal.store)) == (*WANTED[:3], (8443,), *WANTED[4:])
        for act in ("add", "test"):
            sent = form(URL, name="Other", act=act, **SAID)
            refused = await ben.post("/admin/feeds/new", sent)
            assert (refused.status, 'id="ports-fault"' in refused.text) == (422, True)
        public = form("http://peer.example/oai", name="Other", network="", **SAID)
        assert (await ben.post("/admin/feeds/new", public)).status == 303


async def test_of_a_file_only_some_are_asked(portal: Portal, ada: Browser) -> None:
    feed = add_feed(portal.store, URL)
    with portal.store.transaction() as tx:
        tx.connection.execute(feeds.feed.update().values(source="url"))
    assert 'name="exclude"' not in (await ada.get("/admin/feeds/k/settings")).text
    assert (await ada.post("/admin/feeds/k/settings", SAID)).status == 303
    changed = only_feed(portal.store)
    assert (changed.set_exclude, changed.ports, changed.caps) == ((), (8443, 9000), Caps(page_mebibytes=128, pages=100))
    with portal.store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="retired", due_at=None))
    assert (await ada.post("/admin/feeds/k/settings", SAID)).status == 409
