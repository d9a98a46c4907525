"""What a repository taught of https is taken back by a person, on the feed's page or by a command; by nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.feed_runs import end_run, opened_run, put_off_run
from harvester.feeds import Profile
from harvester.ports import Blocked
from portal_api.wiring import open_store
from tests.federation.pipeline.test_harvest import add_feed, last_run
from tests.portal_api.auth.people import add_person
from tests.portal_api.commands.test_feed import folder as folder
from tests.portal_api.commands.test_feed import run
from tests.portal_api.pages.admin.test_feeds import PEER, only_feed
from tests.portal_api.staff import Browser, Portal, portal_over

URL, SECURE = "http://127.0.0.1:9/oai", "https://127.0.0.1:9/oai"
PAGE = "/admin/feeds/k"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path) as portal:
        add_person(portal.store, "ada", PEER)
        yield portal


@pytest.fixture
async def ada(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("ada") as browser:
        yield browser


def taught_secure(store: Store) -> feeds.StoredFeed:
    with store.transaction() as tx:
        for feed in feeds.everyone(tx.connection):
            feeds.learn(tx, feed.key, Profile(secure_url=SECURE, charset="utf-8"))
    return only_feed(store)


async def test_the_page_says_it_and_takes_it_back(portal: Portal, ada: Browser) -> None:
    add_feed(portal.store, URL)
    assert "Ask over http again" not in (await ada.get(PAGE)).text
    assert (await ada.post(f"{PAGE}/plain", page=PAGE)).status == 409
    feed = taught_secure(portal.store)
    with portal.store.transaction() as tx:
        end_run(tx, feed, opened_run(tx, feed), Blocked(reason="certificate_expired"))
    assert only_feed(portal.store).profile.secure_url == SECURE
    shown = (await ada.get(PAGE)).text
    assert all(words in shown for words in (SECURE, "Ask over http again", "can be asked over http again"))
    assert (await ada.post(f"{PAGE}/plain", page=PAGE)).leads_to == PAGE
    assert only_feed(portal.store).profile == Profile(charset="utf-8")
    assert "Ask over http again" not in (await ada.get(PAGE)).text


async def test_a_run_that_was_put_off_does_not_bring_it_back(portal: Portal, ada: Browser) -> None:
    add_feed(portal.store, URL)
    feed = taught_secure(portal.store)
    with portal.store.transaction() as tx:
        opened = msgspec.structs.replace(opened_run(tx, feed), learned=feed.profile)
        put_off_run(tx, feed, opened, tx.now)
    assert (await ada.post(f"{PAGE}/plain", page=PAGE)).status == 303
    run = last_run(portal.store)
    assert (run.state, run.checkpoint.learned) == ("postponed", Profile(charset="utf-8"))


def test_the_command_line_takes_it_back(folder: Path) -> None:
    assert run(folder, "plain", "Peer") == (1, "not_secured")
    with open_store(folder) as store:
        taught_secure(store)
    code, said = run(folder, "plain", "Peer")
    assert (code, "asked at http://127.0.0.1:9/oai again" in said) == (0, True)
    with open_store(folder) as store:
        assert only_feed(store).profile == Profile(charset="utf-8")
