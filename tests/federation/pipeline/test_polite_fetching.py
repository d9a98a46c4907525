"""Fetched sources are asked as politely as repositories: a request at a time, with pauses that their origin shares."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from federation.pipeline.fetching import fetch_feed, fetch_here
from federation.storage import breakers, feeds
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.caps import Caps
from harvester.courtesy import Courtesy
from harvester.patience import Patience
from harvester.ports import Blocked
from harvester.slices import Ended, Postponed
from tests.federation.pipeline.test_fetching import add_feed, file, held, last_run, record, verdict
from tests.federation.pipeline.test_harvest import PatientClock
from tests.peers.files import FileServer, serving_file
from tests.peers.sru import SruServer, serving_sru

LEAST = 1.0


def polite(store: Store, source: str, url: str, **fields: object) -> StoredFeed:
    return msgspec.structs.replace(add_feed(store, source, url, **fields), min_interval_seconds=LEAST)  # type: ignore[arg-type]


async def test_a_busy_source_doubles_the_pause_of_its_origin(embedded: Store) -> None:
    clock, courtesy = PatientClock(), Courtesy()
    async with serving_file(FileServer(file(record(1)), statuses=[503])) as url:
        await fetch_feed(embedded, polite(embedded, "url", url), clock=clock, user_agent="test", courtesy=courtesy)
    assert courtesy.pause_seconds(LEAST, clock.monotonic()) == pytest.approx(2 * LEAST)


async def test_the_first_request_keeps_the_pause_behind_another_feed_of_the_origin(embedded: Store) -> None:
    clock, courtesy = PatientClock(), Courtesy()
    async with courtesy.turn(LEAST, clock):
        begun = clock.now()
    async with serving_sru(SruServer({f"n{number}": "2020-01-01" for number in range(25)})) as url:
        feed = polite(embedded, "sru", url, metadata_prefix="dc")
        await fetch_feed(embedded, feed, clock=clock, user_agent="test", courtesy=courtesy)
    assert (clock.now() - begun).total_seconds() == pytest.approx(3 * LEAST)


async def test_a_file_is_not_asked_for_while_something_else_of_its_origin_comes(embedded: Store) -> None:
    clock, courtesy = PatientClock(), Courtesy()
    async with serving_file(FileServer(file(record(1)))) as url:
        feed = polite(embedded, "url", url)
        async with courtesy.turn(LEAST, clock):
            fetching = asyncio.create_task(
                fetch_feed(embedded, feed, clock=clock, user_agent="test", courtesy=courtesy)
            )
            done, _ = await asyncio.wait([fetching], timeout=0.3)
            assert not done
        await fetching


async def test_nothing_else_is_asked_of_the_origin_while_a_file_comes(embedded: Store) -> None:
    clock, courtesy, server = PatientClock(), Courtesy(), FileServer(file(record(1)), rest=asyncio.Event())
    async with serving_file(server) as url, asyncio.timeout(10):
        feed = polite(embedded, "url", url)
        fetching = asyncio.create_task(fetch_feed(embedded, feed, clock=clock, user_agent="test", courtesy=courtesy))
        await server.begun.wait()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), courtesy.turn(LEAST, clock):
                pass
        server.rest.set()
        await fetching
        async with courtesy.turn(LEAST, clock):
            pass  # it was given back


async def test_a_pause_beyond_the_patience_puts_the_fetch_off(embedded: Store) -> None:
    clock, courtesy = PatientClock(), Courtesy()
    async with courtesy.turn(30.0, clock):
        pass
    async with serving_file(FileServer(file(record(1)))) as url:
        feed = msgspec.structs.replace(add_feed(embedded, "url", url), min_interval_seconds=30.0)
        outcome = await fetch_feed(
            embedded, feed, clock=clock, user_agent="test", courtesy=courtesy, patience=Patience(2.0)
        )
    assert isinstance(outcome, Postponed)
    assert outcome.reason == "politeness"


async def test_a_command_that_is_patient_fetches_to_the_end(embedded: Store) -> None:
    async with serving_file(FileServer(file(record(1)), statuses=[503])) as url:
        feed = polite(embedded, "url", url)
        outcome = await fetch_here(embedded, feed, Patience(60.0), clock=PatientClock(), user_agent="test")
    assert isinstance(outcome, Ended)


async def test_what_a_fetch_was_put_off_for_is_waited_once_it_has_passed(embedded: Store) -> None:
    clock = PatientClock()
    async with serving_file(FileServer(file(record(1)), statuses=[503] * 9)) as url:
        feed = add_feed(embedded, "url", url)
        put_off = await fetch_here(embedded, feed, Patience(10.0), clock=clock, user_agent="test")
        assert isinstance(put_off, Postponed)
        assert last_run(embedded).cost.waited_seconds == 0
        clock.pass_by(500.0)
        await fetch_here(embedded, feed, Patience(10.0), clock=clock, user_agent="test")
    assert last_run(embedded).cost.waited_seconds == pytest.approx(500.0, abs=20.0)


# --- sources that answer nothing --------------------------------------------------------------------------------------


def closed(store: Store, url: str) -> bool:
    with store.reading() as connection:
        return breakers.closed_until(connection, url, store.now()) is not None


async def test_a_source_that_answers_nothing_is_left_alone_by_its_feeds_until_it_does(embedded: Store) -> None:
    server = FileServer(file(record(1)), statuses=[502] * 1_000)
    async with serving_file(server) as url:
        feed = add_feed(embedded, "url", url)
        assert await verdict(embedded, feed) == Blocked(reason="unavailable")
        assert closed(embedded, url)
        server.statuses.clear()
        await verdict(embedded, feed)
        assert not closed(embedded, url)


async def test_a_server_that_fails_over_one_search_alone_is_not_silent(embedded: Store) -> None:
    server = SruServer({"n1": "2020-01-01"}, fails=True)
    async with serving_sru(server) as url:
        assert await verdict(embedded, add_feed(embedded, "sru", url)) == Blocked(reason="unavailable")
        assert not closed(embedded, url)
    assert "query" not in server.asked[-1]


# --- bounds of one fetch ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caps", "reason"),
    [(Caps(pages=2), "pages_capped"), (Caps(records=15), "records_capped"), (Caps(pages=3, records=25), "")],
    ids=["pages", "records", "as many as there are"],
)
async def test_a_server_that_would_bring_more_than_it_may_is_asked_no_further(
    caps: Caps, reason: str, embedded: Store
) -> None:
    server = SruServer({f"n{number}": "2020-01-01" for number in range(25)})
    async with serving_sru(server) as url:
        found = await verdict(embedded, add_feed(embedded, "sru", url, caps=caps))
    assert (found == Blocked(reason=reason), len(held(embedded))) == (bool(reason), 0 if reason else 25)
    assert last_run(embedded).reason == reason or not reason
    assert len(server.asked) <= 3


async def test_a_file_of_more_records_than_it_may_bring_is_not_taken_in(embedded: Store) -> None:
    async with serving_file(FileServer(file(*(record(n) for n in range(5))))) as url:
        feed = add_feed(embedded, "url", url, caps=Caps(records=4))
        assert await verdict(embedded, feed) == Blocked(reason="records_capped")
        assert (held(embedded), last_run(embedded).reason) == ([], "records_capped")
        raised = msgspec.structs.replace(feed, caps=Caps(records=5))
        with embedded.transaction() as tx:
            feeds.change(tx, raised)
        await verdict(embedded, raised)
    assert len(held(embedded)) == 5
