"""A repository that answers nothing is left alone by all of its feeds, for a time that grows; one of them tries it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from federation.pipeline.harvest import harvest_feed
from federation.storage import breakers, feeds, runs
from federation.storage.engine import Store, embedded_url
from federation.storage.feed_runs import end_run, opened_run
from harvester.credentials import Credentials
from harvester.failures import UNANSWERED
from harvester.ports import Blocked
from harvester.settings import Limits
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run, never, parse
from tests.peers.courteous.repository import Repository, items, serving


def dead(answers: list[int]) -> Repository:
    """A repository that answers nothing while `answers` is empty."""
    return Repository(items(5), before=lambda request: None if answers else web.Response(status=502))


def other_feed(store: Store, url: str) -> None:
    with store.transaction() as tx:
        (first,) = feeds.everyone(tx.connection)
        feeds.add(tx, feeds.StoredFeed(key="other", name="Other", institution=first.institution, base_url=url))


async def test_the_time_grows_with_each_trial_and_ends_with_an_answer(store: Store) -> None:
    answers: list[int] = []
    async with serving(dead(answers)) as url:
        feed = add_feed(store, url)

        async def ran() -> timedelta | None:
            clock, now = PatientClock(), store.now()
            await harvest_feed(store, feed, parse=parse, clock=clock, user_agent="t", chance=never)
            with store.reading() as connection:
                found = breakers.closed_until(connection, feed.base_url, now)
            return None if found is None else timedelta(minutes=round((found - store.now()).total_seconds() / 60))

        assert [await ran() for _ in range(3)] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
        assert (last_run(store).verdict, last_run(store).reason) == ("blocked", "unavailable")
        answers.append(1)
        assert await ran() is None
        assert last_run(store).verdict == "complete"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"credentials": Credentials(scheme="bearer", secret="lost")}, "credentials_need_https"),
        ({"networks": ()}, "address_refused"),
    ],
)
async def test_a_run_that_asked_nothing_says_nothing_of_the_repository(
    changed: dict[str, object], reason: str, store: Store
) -> None:
    repository = Repository(items(5))
    async with serving(repository) as url:
        feed = msgspec.structs.replace(add_feed(store, url), **changed)
        with store.transaction() as tx:
            feeds.change(tx, feed)
            breakers.failed(tx, url)
        with store.reading() as connection:
            before = breakers.of(connection, url)
        await harvest_feed(store, feed, parse=parse, clock=PatientClock(), user_agent="t", chance=never)
    assert (last_run(store).reason, repository.asked) == (reason, [])
    with store.reading() as connection:
        assert breakers.of(connection, url) == before is not None


@pytest.mark.parametrize("reason", sorted(UNANSWERED))
def test_ends_without_an_answer_leave_what_is_known_of_the_repository(reason: str, store: Store) -> None:
    feed = add_feed(store, "http://127.0.0.1:9/oai")
    with store.transaction() as tx:
        breakers.failed(tx, feed.base_url)
        before = breakers.of(tx.connection, feed.base_url)
        end_run(tx, feed, opened_run(tx, feed), Blocked(reason=reason))
        assert breakers.of(tx.connection, feed.base_url) == before is not None
        end_run(tx, feed, opened_run(tx, feed), Blocked(reason="not_authorised"))
        assert breakers.of(tx.connection, feed.base_url) is None


async def test_a_run_that_is_given_up_over_a_silent_repository_tells_the_other_feeds(store: Store) -> None:
    answers = [1, 1]
    repository = Repository(
        items(5), page_size=2, before=lambda _: None if answers and answers.pop() else web.Response(status=502)
    )
    async with serving(repository) as url:
        feed, impatient = add_feed(store, url), Limits(postponements=0)
        await harvest_feed(
            store, feed, parse=parse, clock=PatientClock(), user_agent="t", chance=never, limits=impatient
        )
        with store.reading() as connection:
            assert last_run(store).reason == "unavailable"
            assert last_run(store).checkpoint.pages
            assert breakers.closed_until(connection, feed.base_url, store.now()) is not None


@pytest.mark.parametrize("is_asked_for", [False, True])
async def test_another_feed_there_waits_unless_a_person_asks(tmp_path: Path, is_asked_for: bool) -> None:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    repository = Repository(items(5))
    async with serving(repository) as url:
        add_feed(store, url)
        with store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(due_at=None))
            breakers.failed(tx, url)
        other_feed(store, url)
        with store.transaction() as tx:
            tx.connection.execute(feeds.feed.update().values(networks=("127.0.0.0/8",)))
            feeds.harvested(tx, "other", tx.now)
            if is_asked_for:
                feeds.ask_for_run(tx, "other")
        work = asyncio.create_task(runner_over(store, tmp_path, processes=1).run())
        due, run = await settled(store)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert (run is not None) == is_asked_for == bool(repository.asked)
    assert due > store.now()
    store.close()


async def settled(store: Store) -> tuple[datetime, runs.StoredRun | None]:
    """When the other feed is due once it is no longer due now, and its run."""
    async with asyncio.timeout(30):
        while True:
            with store.reading() as connection:
                feed, run = feeds.get(connection, "other"), runs.latest(connection, "other")
            assert feed is not None
            if feed.due_at is not None and feed.due_at > store.now() and (run is None or run.state == "ended"):
                return feed.due_at, run
            await asyncio.sleep(0.05)
