"""What a feed says of how it is asked: quiet hours, ports, look-back, caps (harvesting, 1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from federation.pipeline.feed_settings import Wanted, set_settings
from federation.pipeline.fetching import fetch_feed
from federation.pipeline.harvest import as_harvested, harvest_feed
from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.caps import Caps
from harvester.egress import forbidden
from harvester.feeds import Feed
from harvester.ports import Blocked
from harvester.quiet_hours import QuietHours
from harvester.slices import Ended, Postponed
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, held, last_run, never, parse
from tests.peers.awkward.peer import Behaviour, Peer
from tests.peers.awkward.peer import serving as awkward
from tests.peers.courteous.repository import Repository, items, serving

QUIET = QuietHours(begins="22:00", ends="06:00", zone="Europe/Rome")


class SlowClock(PatientClock):
    """One whose every look at it takes a while, and whose pauses do not."""

    def __init__(self, moment: datetime, step: float = 0.0) -> None:
        super().__init__()
        self.moment, self._step = moment, step

    def monotonic(self) -> float:
        self.pass_by(self._step)
        return super().monotonic()


async def harvested(store: Store, feed: StoredFeed, clock: PatientClock) -> Ended | Postponed:
    outcome = await harvest_feed(store, feed, parse=parse, clock=clock, user_agent="test", chance=never)
    assert isinstance(outcome, Ended | Postponed)
    return outcome


def is_due(store: Store) -> bool:
    with store.reading() as connection:
        return bool(feeds.due(connection, store.now()))


async def test_in_quiet_hours_nothing_is_asked_and_the_run_goes_on_behind_them(embedded: Store) -> None:
    repository, clock = Repository(items()), SlowClock(datetime(2026, 1, 31, 23, tzinfo=UTC))
    ended = datetime(2026, 2, 1, 5, tzinfo=UTC)
    async with serving(repository) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), quiet_hours=QUIET)
        assert await harvested(embedded, feed, clock) == Postponed(until=ended, reason="quiet_hours")
        assert repository.asked == []
        run = last_run(embedded)
        assert (run.state, run.checkpoint.put_off_until, run.checkpoint.postponements) == ("postponed", ended, 0)
        assert run.why == "quiet_hours"
        clock.moment = ended
        assert isinstance(await harvested(embedded, feed, clock), Ended)
    assert (last_run(embedded).verdict, len(held(embedded))) == ("complete", 120)


async def test_a_run_that_they_overtake_stops_between_two_requests(embedded: Store) -> None:
    repository = Repository(items())
    clock = SlowClock(datetime(2026, 1, 31, 20, 59, tzinfo=UTC), step=5.0)
    async with serving(repository) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), quiet_hours=QUIET)
        assert isinstance(await harvested(embedded, feed, clock), Postponed)
        came, asked = len(held(embedded)), len(repository.asked)
        assert (0 < came < 120, asked * 20) == (True, came)
        clock.moment = datetime(2026, 2, 1, 5, tzinfo=UTC)
        await harvested(embedded, feed, clock)
    assert (last_run(embedded).verdict, len(held(embedded))) == ("complete", 120)
    assert [asked.get("resumptionToken") for asked in repository.asked[:6]].count(None) == 1


async def test_a_run_that_waits_for_them_goes_on_when_they_are_taken_away(embedded: Store) -> None:
    clock = SlowClock(datetime(2099, 1, 31, 23, tzinfo=UTC))
    async with serving(Repository(items())) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), quiet_hours=QUIET)
        with embedded.transaction() as tx:
            feeds.change(tx, feed)
        await harvested(embedded, feed, clock)
        assert not is_due(embedded)
        with embedded.transaction() as tx:
            feed = set_settings(tx, feed, Wanted(quiet_hours=""))
        assert is_due(embedded)
        assert isinstance(await harvested(embedded, feed, clock), Ended)
    assert (last_run(embedded).verdict, len(held(embedded))) == ("complete", 120)


async def test_nor_is_a_file_asked_for(embedded: Store) -> None:
    peer, clock = Peer(Behaviour(name="file")), SlowClock(datetime(2026, 1, 31, 23, tzinfo=UTC))
    async with awkward(peer) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), source="url", quiet_hours=QUIET)
        outcome = await fetch_feed(embedded, feed, clock=clock, user_agent="test")
    assert outcome == Postponed(until=datetime(2026, 2, 1, 5, tzinfo=UTC), reason="quiet_hours")
    assert peer.asked == []


@pytest.mark.parametrize(
    ("caps", "reason", "came"),
    [
        (Caps(pages=2), "pages_capped", 40),
        (Caps(records=50), "records_capped", 60),
        (Caps(pages=6, records=120), "", 120),
    ],
    ids=["pages", "records", "as many as there are"],
)
async def test_a_run_that_would_bring_more_than_it_may_is_blocked(
    caps: Caps, reason: str, came: int, embedded: Store
) -> None:
    async with serving(Repository(items())) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), caps=caps)
        outcome = await harvested(embedded, feed, PatientClock())
    assert isinstance(outcome, Ended)
    assert (outcome.verdict == Blocked(reason=reason), len(held(embedded))) == (bool(reason), came)


@pytest.mark.parametrize(("mebibytes", "pages"), [(4, 1), (1, 2)])
async def test_a_page_is_as_large_as_the_feed_says(mebibytes: int, pages: int, embedded: Store) -> None:
    """One that is larger is asked for in windows."""
    large = [replace(each, title=each.title + "x" * 100_000) for each in items(20)]
    async with serving(Repository(large)) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), caps=Caps(page_mebibytes=mebibytes))
        await harvested(embedded, feed, PatientClock())
    run = last_run(embedded)
    assert (run.verdict, len(held(embedded)), min(run.counts.pages, 2)) == ("complete", 20, pages)


async def test_an_increment_looks_back_as_far_as_the_feed_says(embedded: Store) -> None:
    repository = Repository(items())
    async with serving(repository) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), look_back_days=10)
        await harvested(embedded, feed, PatientClock())
        repository.asked.clear()
        await harvested(embedded, feed, PatientClock())
    # the responseDate of 31 January, the days that are looked back, and the margin of a day
    assert repository.asked[0]["from"] == "2026-01-20"


def test_ports_are_those_of_the_feed() -> None:
    plain = Feed(key="k", base_url="https://library.example/oai", metadata_prefix="oai_dc")
    own = msgspec.structs.replace(plain, ports=(8443,))
    assert [forbidden("8.8.8.8", 8443, each) for each in (plain, own)] == ["port", None]
    assert forbidden("10.0.0.1", 8443, own) == "address"
    stored = StoredFeed(key="k", name="k", institution="peer", ports=(8443,))
    assert as_harvested(stored).ports == (8443,)


def test_a_set_that_is_left_out_is_not_asked_for() -> None:
    stored = StoredFeed(key="k", name="k", institution="peer", set_specs=("a", "b", "b:c", "bc"), set_exclude=("b",))
    assert as_harvested(stored).set_specs == ("a", "bc")
