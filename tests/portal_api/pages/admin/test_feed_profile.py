"""What a repository taught stands on its feed's page with its run and page; a person may say each in its place."""

from __future__ import annotations

import json
import re

import msgspec
import pytest

from federation.storage import feeds
from harvester.feeds import PINNABLE, Lesson, Pins, Profile
from portal_api.views.profile import SHOWN
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.versions import feed_of
from tests.peers.courteous.repository import Repository, items, serving
from tests.portal_api.api.test_uploads import ask, key_of
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.admin.test_feeds import PEER
from tests.portal_api.said_of_feeds import SAID
from tests.portal_api.staff import Browser, Portal

PAGE = "/admin/feeds/k"
#: as a repository may have taught it, each value by a page of its own
TAUGHT = Profile(
    method="POST",
    charset="big5",
    token_form="verbatim",
    granularity="seconds",
    declared_granularity="days",
    from_inclusive=False,
    until_inclusive=False,
    until_whole_day=False,
    deletions="transient",
    lag_seconds=86_400,
    skew_seconds=-10_800,
    size_claim="false",
    page_cap=250,
    window_seconds=604_800,
)
WORDS = {
    "method": "POST",
    "charset": "big5",
    "token_form": "as they stand",
    "granularity": "by seconds",
    "declared_granularity": "by days",
    "from_inclusive": "no",
    "until_inclusive": "no",
    "until_whole_day": "no",
    "deletions": "It says for a while that they are deleted.",
    "lag_seconds": "24 hours",
    "skew_seconds": "3 hours behind",
    "size_claim": "they are wrong: none is believed",
    "page_cap": "250",
    "window_seconds": "7 days",
}


def rows(text: str) -> dict[str, tuple[str, str]]:
    """Heading of each row of the page's table -> its value, and where that is from."""
    table = text.partition('id="profile"')[2].partition("</table>")[0]
    cells = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td>', table, re.DOTALL)
    return {re.sub("<.*?>", "", head): (re.sub("<.*?>", "", value), origin) for head, value, origin in cells}


async def test_every_value_says_the_run_and_the_page_that_taught_it(portal: Portal, browser: Browser) -> None:
    assert set(WORDS) == set(SHOWN)
    async with serving(Repository(items())) as url:
        feed = add_feed(portal.store, url)
        await harvest(portal.store, feed)
    lessons = tuple(Lesson(name=name, run=1, page=number) for number, name in enumerate(SHOWN, 1))
    with portal.store.transaction() as tx:
        feeds.learn(tx, "k", msgspec.structs.replace(TAUGHT, lessons=lessons))
    found = list(rows((await browser.get(PAGE)).text).values())
    assert [value for value, _ in found] == [WORDS[name] for name in SHOWN]
    for number, (_, origin) in enumerate(found, 1):
        assert f'<a href="/admin/runs/1">run 1, page {number}</a>' in origin
    chinese = (await browser.get(PAGE, **{"Accept-Language": "zh-CN"})).text
    assert "慢 3小时" in chinese
    assert "第 1 次采集，第 1 页" in chinese
    told = json.loads((await browser.get("/api/v1/feeds/k")).text)["profile"]
    assert [(each["name"], each["run_number"], each["page"]) for each in told] == [
        (name, 1, number) for number, name in enumerate(SHOWN, 1)
    ]


@pytest.mark.parametrize("name", PINNABLE)
async def test_each_value_is_said_on_the_page_and_taken_back(portal: Portal, browser: Browser, name: str) -> None:
    typed, kept, english, chinese = SAID[name]
    feed = add_feed(portal.store, "http://127.0.0.1:1/oai")
    assert (await browser.post(f"{PAGE}/profile", {name: typed}, page=PAGE)).status == 303
    assert getattr(feed_of(portal.store).profile.pins, name) == kept
    place = SHOWN.index(name)
    value, origin = list(rows((await browser.get(PAGE)).text).values())[place]
    assert (english in value, "a person says so" in origin) == (True, True)
    value, origin = list(rows((await browser.get(PAGE, **{"Accept-Language": "zh-CN"})).text).values())[place]
    assert (chinese in value, "由人指定" in origin) == (True, True)
    assert (await browser.post(f"{PAGE}/profile", {name: ""}, page=PAGE)).status == 303
    assert feed_of(portal.store).profile == feed.profile


async def test_programs_say_what_counts_and_nothing_else_does(portal: Portal) -> None:
    add_feed(portal.store, "http://127.0.0.1:1/oai")
    add_person(portal.store, "prog", PEER)
    key, address = key_of(portal, "prog"), "/api/v1/feeds/k/profile"
    body = {name: kept for name, (_, kept, _, _) in SAID.items()}
    status, told = await ask(portal, "PUT", address, key, json.dumps(body).encode())
    assert status == 200
    assert {each["name"] for each in told if each["is_pinned"]} == set(PINNABLE)
    pins = feed_of(portal.store).profile.pins
    assert {name: getattr(pins, name) for name in PINNABLE} == body
    assert (await ask(portal, "PUT", address, key, b'{"lag_seconds": 60}'))[0] == 200
    assert feed_of(portal.store).profile.pins == Pins(lag_seconds=60)
    assert (await ask(portal, "GET", address, key))[1][8]["value"] == "60"
    for refused in (b'{"colour": 1}', b'{"granularity": "weeks"}', b"[]"):
        assert (await ask(portal, "PUT", address, key, refused))[0] == 422
    for refused in (b'{"charset": "utf-7"}', b'{"charset": "nonesuch"}', b'{"lag_seconds": -5}'):
        assert (await ask(portal, "PUT", address, key, refused))[0] == 409
    assert feed_of(portal.store).profile.pins == Pins(lag_seconds=60)
