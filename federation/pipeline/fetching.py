"""Feeds whose files are fetched: an address, a folder, a static repository, an SRU server, a ResourceSync source.

What comes is a file like one that is brought: checked, taken in at once where the brake allows it, else once a person
says so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from federation.pipeline import upload_run, uploads
from federation.pipeline.crosswalks import format_of
from federation.pipeline.harvest import Outcome, as_harvested, bounded, held_of
from federation.pipeline.inferring import Inference
from federation.storage import uploads as stored_uploads
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.fetches import StoredFetch
from federation.storage.harvests import Step, WithoutJob
from federation.storage.jobs import enqueue
from federation.storage.origins import StoredOrigins
from federation.storage.transactions import Transaction
from harvester.cost import Meter, MeteredClock
from harvester.courtesy import Courtesies, Courtesy
from harvester.credentials import Secrets, no_secrets
from harvester.egress import session
from harvester.fetching.address import AddressFetch
from harvester.fetching.asking import Asking
from harvester.fetching.inbox import InboxFetch
from harvester.fetching.pieces import Fetch, Memory
from harvester.fetching.resourcesync import ResourceSyncFetch
from harvester.fetching.run import Fetched, FetchOutcome, GaveUp, Nothing, fetch_slice
from harvester.fetching.sru import SruFetch
from harvester.patience import Patience
from harvester.ports import Blocked, Clock, Complete, Incomplete
from harvester.refusals import Refusals
from harvester.settings import Limits
from harvester.slices import Ended, More, Postponed

#: a file that waits for a person's word
HELD = "brake"


async def fetch_feed(
    store: Store,
    feed: StoredFeed,
    step: Step | None = None,
    *,
    clock: Clock,
    user_agent: str,
    limits: Limits | None = None,
    patience: Patience | None = None,
    courtesy: Courtesy | None = None,
    secrets: Secrets = no_secrets,
    refusals: Refusals | None = None,
) -> FetchOutcome:
    """One slice of the feed's fetch, for a job or without one.

    courtesy   how politely the feed's origin is asked, by all of its feeds
    secrets    where the values of the feed's credentials lie
    refusals   counts what is not asked for
    """
    wanted, meter = as_harvested(feed), Meter()
    bounds = bounded(limits or Limits(), wanted)
    counted = MeteredClock(clock, meter)
    async with session(
        wanted, user_agent=user_agent, limits=bounds, meter=meter, secrets=secrets, clock=clock, refusals=refusals
    ) as connections:
        asking = Asking(wanted, connections, counted, bounds, courtesy)

        def begin(memory: Memory) -> Fetch:
            return source_of(feed, memory, asking, counted, bounds)

        settle = Inference(store, feed, step or WithoutJob(), meter).settle
        manner = uploads.manner_of(store, feed)
        keeping = StoredFetch(store, feed, _checked, settle, step, meter=meter, manner=manner)
        return await fetch_slice(
            begin,
            keeping,
            clock=counted,
            limits=bounds,
            patience=patience,
            meter=meter,
            quiet=wanted.quiet_hours,
            pause=lambda: asking.pause_seconds,
            caps=wanted.caps,
        )


async def fetch_here(
    store: Store,
    feed: StoredFeed,
    patience: Patience,
    *,
    clock: Clock,
    user_agent: str,
    secrets: Secrets = no_secrets,
) -> Outcome:
    """Fetches what there is and takes it in, without the help of jobs; what the brake holds is left to a person."""
    if (held := held_of(store, feed)) is not None:
        return held
    outcome: FetchOutcome = More()
    async with _courtesy(store, feed, clock) as courtesy:
        while isinstance(outcome, More):
            outcome = await fetch_feed(
                store, feed, clock=clock, user_agent=user_agent, patience=patience, courtesy=courtesy, secrets=secrets
            )
    match outcome:
        case Postponed():
            return outcome
        case GaveUp(reason=reason):
            return Ended(verdict=Blocked(reason=reason))
        case Fetched(upload=number):
            taken_in = _taken_in(store, number)
            return held_of(store, feed) or taken_in
        case Nothing():
            return held_of(store, feed) or Ended(verdict=Complete(evidence="unchanged"))


@asynccontextmanager
async def _courtesy(store: Store, feed: StoredFeed, clock: Clock) -> AsyncIterator[Courtesy | None]:
    """Towards the origin of the feed; a folder has none."""
    if feed.source == "inbox":
        yield None
        return
    courtesies = Courtesies(StoredOrigins(store))
    async with courtesies.towards(feed.base_url, feed.min_interval_seconds, clock) as courtesy:
        yield courtesy


def _taken_in(store: Store, number: int) -> Ended:
    checked = uploads.check(store, number)
    if checked.state == "refused":
        return Ended(verdict=Blocked(reason=checked.reason))
    verdict = upload_run.load(store, number)
    return Ended(verdict=verdict or Incomplete(missing=0, reason=HELD))


def _checked(tx: Transaction, found: stored_uploads.Upload) -> None:
    enqueue(tx, uploads.check_job(found))


def source_of(feed: StoredFeed, memory: Memory, asking: Asking, clock: Clock, limits: Limits) -> Fetch:
    """The feed's source, to be asked piece by piece."""
    wanted = as_harvested(feed)
    match feed.source:
        case "inbox":
            return InboxFetch(Path(feed.base_url), memory, clock, limits)
        case "sru":
            return SruFetch(wanted, memory, format_of(feed), asking, clock)
        case "resourcesync":
            return ResourceSyncFetch(wanted, memory, format_of(feed), asking, clock, limits)
        case _:
            return AddressFetch(wanted, memory, asking, limits)
