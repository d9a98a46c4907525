"""Fetched sources are asked as politely as repositories: a request at a time, with pauses that their origin shares."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from federation.pipeline.fetching import fetch_feed, fetch_here
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.courtesy import Courtesy
from harvester.patience import Patience
from harvester.slices import Ended, Postponed
from tests.federation.pipeline.test_fetching import add_feed, file, record
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


async def test_nothing_else_is_asked_of_the_origin_while_a_file_comes(embedded: Store) -> None:
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
    async with asyncio.timeout(1), courtesy.turn(LEAST, clock):
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
