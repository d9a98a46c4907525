"""Searches at one time: who asks without a pause leaves room for who comes now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from federation.storage import accounts
from federation.storage.api_keys import WantedKey
from portal_api.errors import OverBudget, PlacesTaken
from portal_api.http.costs import SEARCH
from portal_api.http.slots import (
    HALF_LIFE_SECONDS,
    KEPT,
    LEAST_REST_SECONDS,
    MOST_REST_SECONDS,
    MUCH,
    OTHERS_SECONDS,
    REST,
    SearchSlots,
    SlotRules,
)
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import catalogue_portal
from tests.portal_api.staff import Browser, Portal

#: points of somebody who asks without a pause
A_LOT = int(MUCH) + SEARCH
PATIENT = SlotRules(places=4, patience_seconds=3_600.0, patience_with_much_seconds=3_600.0)
IMPATIENT = SlotRules(places=2, patience_seconds=0.0, patience_with_much_seconds=0.0)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def order_of(slots: SearchSlots, asked: list[tuple[str, int]]) -> list[str]:
    """Who is served in which order while another one held all the places."""
    served: list[str] = []

    async def ask(who: str, points: int) -> None:
        async with slots.place(who, points, known=False):
            served.append(who)

    async with AsyncExitStack() as full:
        for number in range(slots.places):
            await full.enter_async_context(slots.place(f"first {number}", 1, known=True))
        tasks = [asyncio.create_task(ask(who, points)) for who, points in asked]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return served


@asynccontextmanager
async def held(slots: SearchSlots, *who: str, points: int = SEARCH, known: bool = False) -> AsyncIterator[None]:
    """A place of each."""
    async with AsyncExitStack() as stack:
        for each in who:
            await stack.enter_async_context(slots.place(each, points, known=known))
        yield


async def test_places_are_taken_while_somebody_searches() -> None:
    slots = SearchSlots(IMPATIENT)
    async with held(slots, "a"):
        assert slots.are_taken
    assert not slots.are_taken


async def test_as_many_search_at_once_as_there_are_places() -> None:
    slots = SearchSlots(IMPATIENT)
    async with held(slots, "a", "b"):
        with pytest.raises(PlacesTaken) as refused:
            async with held(slots, "c"):
                pass
    assert (refused.value.retry_after_seconds, slots.fired) == (0, 1)
    async with held(slots, "a", "b"):
        pass


async def test_who_asks_much_has_half_of_the_places_and_others_have_the_rest() -> None:
    slots = SearchSlots(IMPATIENT)
    async with held(slots, "crawler", points=A_LOT):
        with pytest.raises(OverBudget) as refused:
            async with held(slots, "another", points=A_LOT):
                pass
        async with held(slots, "reader"):
            pass
    assert 1 <= refused.value.retry_after_seconds <= HALF_LIFE_SECONDS


async def test_an_account_may_ask_three_times_as_much() -> None:
    slots = SearchSlots(IMPATIENT, Clock())
    async with held(slots, "ann", "ann", points=A_LOT, known=True):
        pass
    async with held(slots, "ann", points=A_LOT, known=True):
        with pytest.raises(OverBudget):
            async with held(slots, "ann", known=True):
                pass


async def test_whoever_asked_least_of_late_goes_first() -> None:
    slots = SearchSlots(SlotRules(places=2))
    assert await order_of(slots, [("b", 300), ("a", 30), ("c", 90)]) == ["a", "c", "b"]


async def test_an_account_goes_before_a_crowd_that_asked_less() -> None:
    slots, served = SearchSlots(PATIENT), list[str]()

    async def ask(who: str, *, known: bool) -> None:
        async with slots.place(who, SEARCH, known=known):
            served.append(who)

    async with held(slots, "ann", points=A_LOT, known=True):
        pass
    async with held(slots, *"abcd"):
        tasks = [asyncio.create_task(ask(f"network {number}", known=False)) for number in range(20)]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(ask("ann", known=True)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert served[0] == "ann"


async def test_who_does_not_wait_is_told_at_once() -> None:
    slots = SearchSlots(PATIENT)
    async with held(slots, *"abcd"):
        with pytest.raises(PlacesTaken):
            async with slots.place("e", SEARCH, known=False, waits=False):
                pass


async def test_what_was_asked_is_forgotten_by_and_by() -> None:
    clock = Clock()
    slots = SearchSlots(IMPATIENT, clock)
    async with held(slots, "a", points=A_LOT):
        pass
    clock.now = HALF_LIFE_SECONDS
    async with held(slots, "crawler", points=A_LOT), held(slots, "a"):
        pass


async def test_there_are_two_places_at_least() -> None:
    async with held(SearchSlots(SlotRules(places=1, patience_seconds=0.0)), "a", "b"):
        pass


async def test_a_place_is_free_again_whatever_became_of_its_holder() -> None:
    slots = SearchSlots(IMPATIENT)
    for _ in range(3):
        with pytest.raises(ValueError, match="fault"):
            async with held(slots, "a"):
                raise ValueError("fault")
    waiting = SearchSlots(SlotRules(places=2))
    async with held(waiting, "a", "b"):
        task = asyncio.create_task(asked_once(waiting))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with held(waiting, "a", "b"):
        pass


async def asked_once(slots: SearchSlots) -> None:
    async with held(slots, "c"):
        pass


async def test_one_who_is_called_and_gives_up_in_the_same_moment_leaves_the_place() -> None:
    slots = SearchSlots(SlotRules(places=2))
    async with held(slots, "a"):
        async with held(slots, "b"):
            task = asyncio.create_task(asked_once(slots))
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        async with held(slots, "d"):
            pass


async def test_those_who_asked_least_are_forgotten_first() -> None:
    slots = SearchSlots(IMPATIENT, Clock())
    async with held(slots, "crawler", points=A_LOT):
        pass
    for number in range(KEPT):
        async with held(slots, f"reader {number}", points=1):
            pass
    async with held(slots, "crawler", points=A_LOT):
        with pytest.raises(OverBudget):
            async with held(slots, "crawler", points=1):
                pass


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 2_000), st.booleans()), max_size=60))
def test_there_are_never_more_than_there_are_places(asked: list[tuple[str, int, bool]]) -> None:
    async def run() -> None:
        slots, here = SearchSlots(PATIENT), 0

        async def ask(who: str, points: int, *, known: bool) -> None:
            nonlocal here
            async with slots.place(who, points, known=known):
                here += 1
                assert here <= slots.places
                await asyncio.sleep(0)
                here -= 1

        await asyncio.gather(*(ask(who, points, known=known) for who, points, known in asked))
        async with held(slots, *"vwxy", points=0, known=True):
            assert slots.fired == 0

    asyncio.run(run())


async def test_whoever_asks_much_is_told_to_wait_at_each_door_that_searches(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, searches_at_once=2) as portal, ClientSession() as session:
        browser = Browser(session, portal.base)
        async with held(portal.exchange.search_slots, "127.0.0.0/24", points=A_LOT):
            doors = ("/search?q=a", "/api/v1/search?q=a", "/api/v1/suggest?q=a", "/sru?query=a")
            refused = await asyncio.gather(*(browser.get(door) for door in doors))
            others = [await browser.get(door) for door in ("/", "/institutions", "/about")]
    assert [(each.status, int(each.headers["Retry-After"]) > 0) for each in refused] == [(429, True)] * len(doors)
    assert [each.status for each in others] == [200] * len(others)


async def test_pages_go_on_without_their_counts_and_a_key_pays_for_no_refusal(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, searches_at_once=2) as portal, ClientSession() as session:
        browser, key = Browser(session, portal.base), key_of_ann(portal)
        slots = portal.exchange.search_slots
        async with held(slots, "bob", "bob", known=True):
            pages = [await browser.get(path) for path in ("/", "/institutions/a")]
            refused = await browser.get("/api/v1/search?q=weaving", Authorization=f"Bearer {key}")
            list_ = await browser.get("/search.csv?q=weaving")
        answered = await browser.get("/api/v1/search?q=weaving", Authorization=f"Bearer {key}")
    assert [each.status for each in pages] == [200, 200]
    assert (refused.status, list_.status) == (503, 503)
    assert answered.headers["RateLimit"].startswith(f'"day";r={100_000 - SEARCH};')


def key_of_ann(portal: Portal) -> str:
    add_person(portal.store, "ann")
    with portal.store.reading() as connection:
        account = accounts.find(connection, "ann")
    assert account is not None
    return portal.exchange.keys.make(account.id, WantedKey(name="program", scopes=("read",)), actor="self")[1]


async def test_a_search_that_finds_all_places_taken_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with catalogue_portal(tmp_path, searches_at_once=2) as portal, ClientSession() as session:
        browser = Browser(session, portal.base)
        async with held(portal.exchange.search_slots, "ann", "bob", known=True):
            page, api = await asyncio.gather(browser.get("/search?q=a"), browser.get("/api/v1/search?q=a"))
        again = await browser.get("/search?q=weaving")
    assert [(each.status, each.headers["Retry-After"]) for each in (page, api)] == [(503, "4")] * 2
    assert "Come again in 4 seconds" in page.text
    assert again.status == 200


async def test_the_place_of_who_asks_much_rests_while_others_search_and_is_theirs_at_once() -> None:
    clock = Clock()
    slots = SearchSlots(IMPATIENT, clock)
    async with held(slots, "reader"):
        pass
    async with held(slots, "crawler", points=A_LOT):
        clock.now += LEAST_REST_SECONDS
    with pytest.raises(OverBudget):
        async with held(slots, "crawler", points=A_LOT):
            pass
    async with held(slots, "reader", "another"):
        pass
    await asyncio.sleep((REST + 1) * LEAST_REST_SECONDS)
    async with held(slots, "crawler", points=A_LOT):
        pass


async def test_who_asks_much_and_waits_has_the_place_once_it_has_rested() -> None:
    slots = SearchSlots(msgspec.structs.replace(IMPATIENT, patience_with_much_seconds=60.0))
    async with held(slots, "reader"):
        pass
    async with held(slots, "crawler", points=A_LOT):
        pass
    async with held(slots, "crawler", points=A_LOT):
        assert slots.fired == 0


async def test_nothing_rests_where_nobody_else_searches() -> None:
    clock = Clock()
    slots = SearchSlots(IMPATIENT, clock)
    async with held(slots, "reader"):
        pass
    clock.now += OTHERS_SECONDS + 1
    for _ in range(3):
        async with held(slots, "crawler", points=A_LOT):
            clock.now += 1
    assert slots.fired == 0


async def test_the_place_rests_as_long_as_others_search_however_long_theirs_take_and_no_longer_than_a_second() -> None:
    clock = Clock()
    slots = SearchSlots(IMPATIENT, clock)
    async with held(slots, "reader"):
        clock.now += OTHERS_SECONDS + 1
        async with held(slots, "crawler", points=A_LOT):
            clock.now += 10
        with pytest.raises(OverBudget):
            async with held(slots, "another crawler", points=A_LOT):
                pass
        await asyncio.sleep(MOST_REST_SECONDS + 0.05)
        async with held(slots, "another crawler", points=A_LOT):
            pass
