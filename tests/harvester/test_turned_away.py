"""A source that turns the harvest away is visited again after 6, 12 and 24 hours, then at the feed's usual time."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from federation.storage import feeds
from federation.storage.engine import Store
from harvester.retry import FORBIDDEN
from tests.harvester.days import Days, harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward.peer import Asked, Behaviour, Said

#: of the feed, longer than any of the visits before
USUAL = timedelta(days=2)


def due_after(feed: Days) -> timedelta:
    """How long after now the feed is due."""
    with feed.store.reading() as connection:
        found = feeds.get(connection, "k")
    assert found is not None
    assert found.due_at is not None
    return found.due_at - feed.clock.now()


async def test_a_source_that_turns_visits_away_is_seen_again_the_same_day(embedded: Store) -> None:
    turned_away: list[bool] = []

    def barred(asked: Asked) -> Said:
        return web.Response(status=FORBIDDEN) if turned_away else None

    async with harvested_daily(embedded, Behaviour(name="barred", instead=barred)) as feed:
        with feed.store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(every_seconds=int(USUAL.total_seconds())))
        await feed.day(0)
        assert due_after(feed) == USUAL
        turned_away.append(True)
        runs = [(await feed.day(day), due_after(feed)) for day in range(1, 5)]
        assert {(run.verdict, run.reason) for run, _ in runs} == {("blocked", "bot_wall")}
        assert [due for _, due in runs] == [timedelta(hours=6), timedelta(hours=12), timedelta(hours=24), USUAL]
        turned_away.clear()
        assert (await feed.day(5)).verdict == "complete"
        assert due_after(feed) == USUAL
        assert len(held_of(feed.store)) == 120


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
