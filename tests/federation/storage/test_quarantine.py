"""Records that cannot be read: kept once, asked for again after a day, a week and a month, mended when they come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.harvest import harvest_feed
from federation.storage import feeds, quarantine
from federation.storage.engine import Store
from federation.storage.quarantine import QuarantineLine
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, held, last_run, never, parse
from tests.peers.courteous.repository import Item, Repository, items, page, serving

BROKEN = "oai:peer:7"
DAY = 86_400.0


class Spoiling:
    """A repository of ten records, one of which nobody can read until it is mended."""

    def __init__(self, clock: PatientClock) -> None:
        self.clock, self.broken = clock, True
        self.repository = Repository(items(10), before=self.answer)

    def answer(self, request: web.Request) -> web.Response | None:
        if not self.broken or request.query["verb"] == "Identify" or "from" in request.query:
            return None
        spoiled = Item(BROKEN, "2020-01-08", "x" * (11 << 20)).xml()
        if request.query["verb"] == "GetRecord":
            return page(f"<GetRecord>{spoiled}</GetRecord>")
        return page(
            f"<ListRecords>{''.join(i.xml() for i in items(10) if i.identifier != BROKEN)}{spoiled}</ListRecords>"
        )

    def asked_alone(self) -> int:
        return sum(asked["verb"] == "GetRecord" for asked in self.repository.asked)


@pytest.fixture
def clock() -> PatientClock:
    return PatientClock()


@pytest.fixture
def store(store: Store, clock: PatientClock) -> Iterator[Store]:
    """The store, at the clock's time."""
    opened = Store(store.url, now=clock.now)
    yield opened
    opened.close()


@pytest.fixture
def spoiling(clock: PatientClock) -> Spoiling:
    return Spoiling(clock)


async def harvest(store: Store, feed: feeds.StoredFeed, clock: PatientClock) -> None:
    await harvest_feed(store, feed, parse=parse, clock=clock, user_agent="test", chance=never)


def only(store: Store) -> QuarantineLine:
    with store.reading() as connection:
        (line,) = quarantine.listed(connection, state=None)
    return line


async def test_it_is_asked_for_again_after_one_seven_and_thirty_days(
    store: Store, clock: PatientClock, spoiling: Spoiling
) -> None:
    async with serving(spoiling.repository) as url:
        feed, asked = add_feed(store, url), []
        for _ in range(33):
            await harvest(store, feed, clock)
            asked.append(spoiling.asked_alone())
            clock.pass_by(DAY)
    first_asked = [day for day in range(1, 33) if asked[day] > asked[day - 1]]
    assert first_asked == [1, 7, 30]
    assert (only(store).identifier, only(store).state, only(store).tries) == (BROKEN, "open", 3)
    assert only(store).retry_at is None


async def test_it_is_mended_once_it_can_be_read(store: Store, clock: PatientClock, spoiling: Spoiling) -> None:
    async with serving(spoiling.repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed, clock)
        assert (last_run(store).verdict, last_run(store).missing) == ("incomplete", 1)
        assert BROKEN not in dict(held(store))
        spoiling.broken = False
        with store.transaction() as tx:
            quarantine.retry(tx, only(store).id, "peer")
        await harvest(store, feed, clock)
    assert BROKEN in dict(held(store))
    assert only(store).state == "mended"
    with store.transaction() as tx, pytest.raises(RequestRefused, match="came since"):
        quarantine.acknowledge(tx, only(store).id, "peer")


async def test_what_is_acknowledged_is_not_asked_for_and_still_counts(
    store: Store, clock: PatientClock, spoiling: Spoiling
) -> None:
    async with serving(spoiling.repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed, clock)
        with store.transaction() as tx:
            quarantine.acknowledge(tx, only(store).id, "peer")
        clock.pass_by(2 * DAY)
        await harvest(store, feed, clock)
    assert spoiling.asked_alone() == 0
    with store.reading() as connection:
        assert quarantine.count(connection, "k") == 1


async def test_what_has_no_identifier_cannot_be_asked_for(store: Store, clock: PatientClock) -> None:
    nameless = f"<ListRecords>{Item('', '2020-01-01', 'x').xml()}</ListRecords>"
    async with serving(Repository([], before=lambda request: page(nameless))) as url:
        feed = add_feed(store, url)
        await harvest(store, feed, clock)
        await harvest(store, feed, clock)
    assert only(store).retry_at is None
    with store.transaction() as tx, pytest.raises(RequestRefused, match="no identifier"):
        quarantine.retry(tx, only(store).id, "peer")
