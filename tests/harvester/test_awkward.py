"""A harvest of each awkward peer: what is held, how it was read, the verdict, what was learned, and what it cost."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import msgspec
import pytest

from federation.pipeline.harvest import harvest_feed
from federation.storage import feeds, raw_records
from federation.storage.engine import Store
from harvester.feeds import Profile
from harvester.slices import Ended
from mappings.schema.raw import RawRecord
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run, never, parse
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Behaviour, Expectation, Peer, serving

HANGS_SECONDS = 20
#: rows of the design's list that stand or fall with SQL: upserts, the quarantine, what outlives a slice, several lists
_ROWS = ("26", "38", "39", "40", "41", "81", "91", "92", "101", "102", "103", "112", "113", "114")
IN_SQL = [behaviour for behaviour in BEHAVIOURS if behaviour.name.partition(" ")[0] in _ROWS]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
async def test_an_awkward_peer_is_harvested_to_its_verdict(behaviour: Behaviour, embedded: Store) -> None:
    await ends_as_expected(behaviour, embedded)


@pytest.mark.parametrize("behaviour", IN_SQL, ids=lambda behaviour: behaviour.name)
@pytest.mark.parametrize("store", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_what_the_store_decides_is_the_same_on_the_other_database(behaviour: Behaviour, store: Store) -> None:
    await ends_as_expected(behaviour, store)


async def ends_as_expected(behaviour: Behaviour, store: Store) -> None:
    """Harvests the peer, and holds the run and what it kept against what is expected."""
    clock, expected = PatientClock(), behaviour.expected
    peer, begun = Peer(behaviour, clock.pass_by), clock.moment
    async with serving(peer) as url, asyncio.timeout(HANGS_SECONDS):
        await harvested(store, add_feed(store, url), clock, behaviour)
    run = last_run(store)
    assert (run.verdict, run.missing) == (expected.verdict, expected.missing), run.reason
    assert expected.reason in ("", run.reason)
    assert len(peer.asked) <= expected.most_requests
    low, high = expected.waits
    assert timedelta(seconds=low) <= clock.moment - begun
    assert (clock.moment - begun).total_seconds() <= high
    as_expected(held_of(store), expected)
    assert learned(store) == expected.learned


async def harvested(store: Store, feed: feeds.StoredFeed, clock: PatientClock, behaviour: Behaviour) -> None:
    """The feed's run, over all of its postponements."""
    for _ in range(40):
        outcome = await harvest_feed(
            store, feed, parse=parse, clock=clock, user_agent="test", limits=behaviour.limits, chance=never
        )
        if isinstance(outcome, Ended):
            return
        clock.moment = outcome.until
    raise AssertionError("the run does not end")


def held_of(store: Store) -> dict[str, RawRecord]:
    """What is held of the feed."""
    with store.reading() as connection:
        return {row.raw.identifier: row.raw for row in raw_records.of_feed(connection, "k", 0, 1_000)}


#: what every list teaches, or the clock of these tests
_OF_EVERY_LIST = frozenset(
    {"lessons", "pins", "page_seconds", "window_seconds", "page_cap", "size_claim", "skew_seconds"}
    | {"declared_granularity"}
)


def learned(store: Store) -> dict[str, object]:
    """Fields of the feed's profile that are not as they are at first; each of them says where it was learned."""
    with store.reading() as connection:
        feed = feeds.get(connection, "k")
    assert feed is not None
    names = [name for name in Profile.__struct_fields__ if name not in _OF_EVERY_LIST]
    changed = {name: getattr(feed.profile, name) for name in names if feed.profile.knows(name)}
    assert all(feed.profile.knows(name) for name in names if getattr(feed.profile, name) != getattr(Profile(), name))
    return changed


def as_expected(held: dict[str, RawRecord], expected: Expectation) -> None:
    """Holds every record once, touched as little as can be."""
    assert len(held) == expected.held
    assert expected.deleted in (None, sum(raw.deleted for raw in held.values()))
    assert Counter(raw.quality for raw in held.values() if raw.quality != "strict") == expected.touched
    for identifier, text in expected.texts.items():
        assert text in held[identifier].payload
    codes = {issue.code for raw in held.values() for issue in raw.repairs}
    assert expected.issues <= codes


async def test_what_was_learned_is_used_by_the_next_run(embedded: Store) -> None:
    behaviour = next(each for each in BEHAVIOURS if each.name == "69 GET refused")
    peer, clock = Peer(behaviour), PatientClock()
    async with serving(peer) as url:
        feed = add_feed(embedded, url)
        await harvested(embedded, feed, clock, behaviour)
        with embedded.reading() as connection:
            again = feeds.get(connection, "k")
        assert again is not None
        assert [(lesson.name, lesson.run, lesson.page) for lesson in again.profile.lessons][:1] == [("method", 1, 1)]
        asked = len(peer.asked)
        await harvested(embedded, msgspec.structs.replace(again), clock, behaviour)
    assert len(peer.asked) == asked + 1
