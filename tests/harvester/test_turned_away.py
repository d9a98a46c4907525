"""A blocked source is tried daily; one that turns the harvest away after 6 and 12 hours, then daily."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from federation.storage import feeds
from federation.storage.engine import Store
from harvester.caps import Caps
from harvester.failures import UNAUTHORISED
from harvester.retry import FORBIDDEN
from tests.harvester.days import Days, harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward.peer import Asked, Behaviour, Said

#: of feeds, shorter and longer than the visits to a source that lets nothing be done
USUAL = pytest.mark.parametrize("usual", [timedelta(hours=1), timedelta(days=30)], ids=["hourly", "monthly"])


def due_after(feed: Days) -> timedelta:
    """How long after now the feed is due."""
    with feed.store.reading() as connection:
        found = feeds.get(connection, "k")
    assert found is not None
    assert found.due_at is not None
    return found.due_at - feed.clock.now()


def asked_every(feed: Days, usual: timedelta) -> None:
    """The feed is harvested so often."""
    with feed.store.transaction() as tx:
        tx.connection.execute(feeds.feed.update().values(every_seconds=int(usual.total_seconds())))


@USUAL
async def test_a_source_that_turns_visits_away_is_seen_again_the_same_day(embedded: Store, usual: timedelta) -> None:
    turned_away: list[bool] = []

    def barred(asked: Asked) -> Said:
        return web.Response(status=FORBIDDEN) if turned_away else None

    async with harvested_daily(embedded, Behaviour(name="barred", instead=barred)) as feed:
        asked_every(feed, usual)
        await feed.day(0)
        assert due_after(feed) == usual
        turned_away.append(True)
        runs = [(await feed.day(day), due_after(feed)) for day in range(1, 6)]
        assert {(run.verdict, run.reason) for run, _ in runs} == {("blocked", "bot_wall")}
        assert [due for _, due in runs] == [timedelta(hours=hours) for hours in (6, 12, 24, 24, 24)]
        turned_away.clear()
        assert (await feed.day(6)).verdict == "complete"
        assert due_after(feed) == usual
        assert len(held_of(feed.store)) == 120


@USUAL
async def test_a_feed_that_is_blocked_otherwise_is_tried_daily(embedded: Store, usual: timedelta) -> None:
    refused: list[bool] = []

    def refusing(asked: Asked) -> Said:
        return web.Response(status=UNAUTHORISED) if refused else None

    async with harvested_daily(embedded, Behaviour(name="refusing", instead=refusing)) as feed:
        asked_every(feed, usual)
        await feed.day(0)
        refused.append(True)
        runs = [(await feed.day(day), due_after(feed)) for day in range(1, 3)]
        assert [(run.reason, due) for run, due in runs] == [("not_authorised", timedelta(days=1))] * 2
        refused.clear()
        assert (await feed.day(3)).verdict == "complete"
        assert due_after(feed) == usual


async def test_a_run_that_its_own_bound_ends_is_gone_on_with_at_the_usual_time(embedded: Store) -> None:
    async with harvested_daily(embedded, Behaviour(name="plain")) as feed:
        asked_every(feed, timedelta(hours=1))
        with feed.store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(caps=Caps(pages=2)))
        assert (await feed.day(0)).reason == "pages_capped"
        assert due_after(feed) == timedelta(hours=1)


async def test_a_web_page_at_the_beginning_of_a_later_run_is_waited_for(embedded: Store) -> None:
    pages: list[bool] = []

    def once(asked: Asked) -> Said:
        return web.Response(text="<html>Back soon</html>", content_type="text/html") if pages and pages.pop() else None

    async with harvested_daily(embedded, Behaviour(name="page", instead=once)) as feed:
        await feed.day(0)
        pages.append(True)
        begun = feed.clock.now() + timedelta(days=1)
        assert (await feed.day(1)).verdict == "complete"
        assert feed.clock.now() - begun < timedelta(minutes=2)
