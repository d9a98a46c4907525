"""The harvesting stage: one feed's run, slice after slice, from its checkpoint to its verdict."""

from __future__ import annotations

import random

import msgspec

from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.harvests import Step, StoredHarvest
from harvester.egress import session
from harvester.feeds import Feed
from harvester.harvest import Chance, Ended, Postponed, SliceOutcome, run_slice
from harvester.ports import Clock, Parser
from harvester.settings import Limits


async def harvest_feed(
    store: Store,
    feed: StoredFeed,
    *,
    parse: Parser,
    clock: Clock,
    user_agent: str,
    limits: Limits | None = None,
    since: str | None = None,
    until: str | None = None,
    chance: Chance = random.random,
) -> Ended | Postponed:
    """Harvests until the run ends or is put off; cancelled, it goes on from the last committed page next time.

    since, until   bounds of a first run and of every run, as the repository's granularity writes them
    """
    wanted = msgspec.structs.replace(as_harvested(feed), since=since, until=until)
    keeping = StoredHarvest(store, feed)
    async with session(wanted, user_agent=user_agent) as connections:
        while True:
            outcome = await run_slice(
                wanted,
                keeping,
                session=connections,
                parser=parse,
                clock=clock,
                limits=limits or Limits(),
                chance=chance,
            )
            if isinstance(outcome, Ended | Postponed):
                return outcome


async def harvest_slice(
    store: Store,
    feed: StoredFeed,
    step: Step,
    *,
    parse: Parser,
    clock: Clock,
    user_agent: str,
    limits: Limits | None = None,
) -> SliceOutcome:
    """One slice of the feed's run, for a job."""
    wanted = as_harvested(feed)
    async with session(wanted, user_agent=user_agent) as connections:
        keeping = StoredHarvest(store, feed, step)
        return await run_slice(
            wanted, keeping, session=connections, parser=parse, clock=clock, limits=limits or Limits()
        )


def as_harvested(feed: StoredFeed) -> Feed:
    """The feed as a harvest needs it."""
    return Feed(
        key=feed.key,
        base_url=feed.base_url,
        metadata_prefix=feed.metadata_prefix,
        set_specs=feed.set_specs,
        networks=feed.networks,
        min_interval_seconds=feed.min_interval_seconds,
        profile=feed.profile,
    )
