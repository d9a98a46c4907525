"""A feed of an awkward peer, harvested day after day by clocks that move on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from federation.pipeline.harvest import Outcome, harvest_feed
from federation.storage import feeds
from federation.storage.engine import Store
from federation.storage.runs import StoredRun
from harvester.slices import Postponed
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run, never, parse
from tests.peers.awkward.peer import Behaviour, Peer, serving

BEGIN = datetime(2026, 1, 31, tzinfo=UTC)


@dataclass
class Days:
    """The feed with the peer behind it, and what time it is for both."""

    store: Store
    peer: Peer
    clock: PatientClock

    async def day(self, number: int) -> StoredRun:
        """The run that begins so many days after the first, over all of its postponements."""
        self.clock.moment = max(BEGIN + timedelta(days=number), self.clock.moment)
        for _ in range(40):
            outcome = await self._gone_on()
            if not isinstance(outcome, Postponed):
                return last_run(self.store)
            self.clock.moment = outcome.until
        raise AssertionError("the run does not end")

    async def _gone_on(self) -> Outcome:
        with self.store.reading() as connection:
            feed = feeds.get(connection, "k")
        assert feed is not None
        limits = self.peer.behaviour.limits
        return await harvest_feed(
            self.store, feed, parse=parse, clock=self.clock, user_agent="test", limits=limits, chance=never
        )


@asynccontextmanager
async def harvested_daily(store: Store, behaviour: Behaviour) -> AsyncIterator[Days]:
    """The feed before its first run; its store has the clock of the runs."""
    clock = PatientClock()
    clock.moment = BEGIN
    timed, peer = Store(store.url, now=clock.now), Peer(behaviour, clock.pass_by)
    async with serving(peer) as url:
        add_feed(timed, url)
        yield Days(timed, peer, clock)
    timed.close()
