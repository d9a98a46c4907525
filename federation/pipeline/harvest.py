"""The harvesting stage: one feed's run, slice after slice, from its checkpoint to its verdict."""

from __future__ import annotations

import random

import msgspec

from federation.pipeline.weighing import Weighing
from federation.storage import holds, runs
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.harvests import Step, StoredHarvest
from federation.storage.holds import Hold
from federation.storage.origins import StoredOrigins
from federation.storage.weighing import Weigh
from harvester.caps import Caps
from harvester.cost import Meter
from harvester.courtesy import Courtesies, Courtesy
from harvester.credentials import Secrets, no_secrets
from harvester.effort import Effort
from harvester.egress import session
from harvester.feeds import Feed
from harvester.harvest import Chance, run_slice
from harvester.oaipmh.sets import is_excluded
from harvester.patience import PACE_SECONDS, Patience
from harvester.ports import Clock, Parser
from harvester.refusals import Refusals
from harvester.settings import Limits
from harvester.slices import Ended, Postponed, SliceOutcome


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The run is read to its end; a person has to say what becomes of what it holds."""

    hold: Hold


Outcome = Ended | Postponed | Held


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
    patience: Patience | None = None,
    is_braked: bool = True,
    secrets: Secrets = no_secrets,
) -> Outcome:
    """Harvests until the run ends or is put off; cancelled, it goes on from the last committed page next time.

    since, until   bounds of a first run and of every run, as the repository's granularity writes them
    patience       what is waited for the source before the run is put off
    is_braked      whether more than the feed may change unasked is held
    secrets        where the values of the feed's credentials lie
    """
    if (held := held_of(store, feed)) is not None:
        return held
    wanted = msgspec.structs.replace(as_harvested(feed), since=since, until=until)
    bounds = bounded(limits or Limits(), wanted)
    meter, courtesies = Meter(), Courtesies(StoredOrigins(store))
    keeping = StoredHarvest(store, feed, meter=meter, is_braked=is_braked, weigh=Weighing(store) if is_braked else None)
    async with (
        session(wanted, user_agent=user_agent, limits=bounds, meter=meter, secrets=secrets, clock=clock) as connections,
        courtesies.towards(wanted.base_url, wanted.min_interval_seconds, clock) as courtesy,
    ):
        while True:
            outcome = await run_slice(
                wanted,
                keeping,
                session=connections,
                parser=parse,
                clock=clock,
                limits=bounds,
                chance=chance,
                patience=patience,
                meter=meter,
                courtesy=courtesy,
            )
            if isinstance(outcome, Ended | Postponed):
                return held_of(store, feed) or outcome


async def harvest_within(
    store: Store,
    feed: StoredFeed,
    patience: Patience,
    *,
    parse: Parser,
    clock: Clock,
    user_agent: str,
    since: str | None = None,
    until: str | None = None,
    is_braked: bool = True,
    secrets: Secrets = no_secrets,
) -> Outcome:
    """As `harvest_feed`, and goes on with a run that is put off once it may, as far as `patience` bears it.

    A run that was put off before is not begun again too early. No single answer is waited for longer than `patience`.
    """
    outcome: Outcome | None = put_off(store, feed)
    while outcome is None or isinstance(outcome, Postponed):
        if outcome is not None:
            seconds = max((outcome.until - clock.now()).total_seconds(), 0.0)
            if not patience.bears(seconds):
                return outcome
            patience.spend(seconds)
            await clock.sleep(seconds)
        outcome = await harvest_feed(
            store,
            feed,
            parse=parse,
            clock=clock,
            user_agent=user_agent,
            limits=_within(Limits(), patience),
            since=since,
            until=until,
            patience=patience,
            is_braked=is_braked,
            secrets=secrets,
        )
    return outcome


def held_of(store: Store, feed: StoredFeed) -> Held | None:
    """The hold for which no run of the feed begins; None where there is none."""
    with store.reading() as connection:
        hold = holds.held_feed(connection, feed.key)
    return None if hold is None else Held(hold=hold)


def put_off(store: Store, feed: StoredFeed) -> Postponed | None:
    """Until when, and why, the feed's run is put off; None where it is not."""
    with store.reading() as connection:
        run = runs.latest(connection, feed.key)
    if run is None or run.state != "postponed" or run.checkpoint.put_off_until is None:
        return None
    return Postponed(until=run.checkpoint.put_off_until, reason=run.checkpoint.put_off_reason)


def _within(limits: Limits, patience: Patience) -> Limits:
    longest = max(patience.seconds, PACE_SECONDS)
    return msgspec.structs.replace(
        limits,
        connect_seconds=min(limits.connect_seconds, longest),
        first_byte_seconds=min(limits.first_byte_seconds, longest),
        silence_seconds=min(limits.silence_seconds, longest),
    )


async def harvest_slice(
    store: Store,
    feed: StoredFeed,
    step: Step,
    *,
    parse: Parser,
    clock: Clock,
    user_agent: str,
    weigh: Weigh,
    limits: Limits | None = None,
    patience: Patience | None = None,
    effort: Effort | None = None,
    courtesy: Courtesy | None = None,
    secrets: Secrets = no_secrets,
    refusals: Refusals | None = None,
) -> SliceOutcome:
    """One slice of the feed's run, for a job.

    weigh      tells what becomes of changed records in the catalogue
    patience   what is waited for the source before the run is put off
    effort     what the feed's pages cost of late
    courtesy   how politely the feed's origin is asked, by all of its feeds
    secrets    where the values of the feed's credentials lie
    refusals   counts what is not asked for
    """
    wanted, meter = as_harvested(feed), Meter()
    bounds = bounded(limits or Limits(), wanted)
    async with session(
        wanted, user_agent=user_agent, meter=meter, secrets=secrets, clock=clock, refusals=refusals
    ) as connections:
        keeping = StoredHarvest(store, feed, step, meter=meter, weigh=weigh)
        return await run_slice(
            wanted,
            keeping,
            session=connections,
            parser=parse,
            clock=clock,
            limits=bounds,
            patience=patience,
            meter=meter,
            effort=effort,
            courtesy=courtesy,
        )


def bounded(limits: Limits, feed: Feed) -> Limits:
    """The limits, with what the feed says of the size of its pages."""
    default, stated = Caps().page_mebibytes, feed.caps.page_mebibytes
    return limits if stated == default else msgspec.structs.replace(limits, page_bytes=stated << 20)


def as_harvested(feed: StoredFeed) -> Feed:
    """The feed as a harvest needs it."""
    return Feed(
        key=feed.key,
        base_url=feed.base_url,
        metadata_prefix=feed.metadata_prefix,
        set_specs=tuple(each for each in feed.set_specs if not is_excluded((each,), feed.set_exclude)),
        networks=feed.networks,
        ports=feed.ports,
        credentials=feed.credentials,
        quiet_hours=feed.quiet_hours,
        caps=feed.caps,
        look_back_seconds=feed.look_back_days * 86_400,
        min_interval_seconds=feed.min_interval_seconds,
        query=feed.query,
        split_by=feed.split_by,
        profile=feed.profile,
    )
