"""What a text of rules is worth: its findings, its own tests run, and what it makes of stored records.

People write these rules, so they run in worker processes with bounds of time and memory, never where pages are served.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Literal, TypeVar

import msgspec
import sqlalchemy as sa

from federation.errors import StepOverdue, WorkerLost
from federation.pipeline.crosswalks import compiled_text, context_of, crosswalk_of, faults_of, tables_for
from federation.pipeline.feed_coverage import FeedCoverage, coverage_of
from federation.pipeline.parent_sources import BroughtParents, StoredParents
from federation.pipeline.sandbox_workers import bounded
from federation.pipeline.trial import Apart, Sample, Trial
from federation.pipeline.tried_hierarchy import TriedHierarchy, tried_together
from federation.pipeline.workers import Bounds, Workers
from federation.storage import feeds, institutions, outcomes, raw_records, uploads
from federation.storage.engine import Store
from federation.storage.opened import store_of
from mappings.engine.apply import apply
from mappings.engine.check import WARNINGS
from mappings.engine.explain import Trace, explain
from mappings.errors import CrosswalkInvalid, Fault
from portal_api.errors import NotFound
from portal_api.views.trials import SampleView, sample_view

T = TypeVar("T")

#: stored records shown beside a draft
SAMPLES = 20
#: and for how long they are mapped before the rest is left out
SAMPLE_SECONDS = 5.0
BOUNDS = Bounds(cancel_seconds=15.0, kill_seconds=20.0)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of a text."""

    faults: tuple[Fault, ...] = ()
    samples: tuple[SampleView, ...] = ()
    #: the rules are so slow that not every sample was mapped
    samples_cut: bool = False
    #: why nothing was found; empty where something was
    gave_out: Literal["", "too_slow", "too_large"] = ""

    @property
    def is_usable(self) -> bool:
        """None of the faults stops the text."""
        return not self.gave_out and all(fault.code in WARNINGS for fault in self.faults)


class Judges:
    """The worker processes that judge what people write."""

    def __init__(self, store: Store, processes: int = 2, bounds: Bounds = BOUNDS) -> None:
        self._url, self._workers = store.url, Workers(processes, bounds)

    async def judged(self, feed: str, text: str, name: str) -> Judged:
        """What `text` is worth as the rules of a feed; `name` says whose it is. Raises NotFound without the feed."""
        try:
            return await self._workers.run("process", bounded, judge_at, self._url, feed, text, name)
        except MemoryError:
            return Judged(gave_out="too_large")
        except (WorkerLost, StepOverdue):
            return Judged(gave_out="too_slow")

    async def brought(self, number: int) -> Judged:
        """The first records of a file that was brought, by the rules of its feed, whose crosswalk people may write."""
        try:
            return await self._workers.run("process", bounded, brought_at, self._url, number)
        except MemoryError:
            return Judged(gave_out="too_large")
        except (WorkerLost, StepOverdue):
            return Judged(gave_out="too_slow")

    async def covered(self, feed: str) -> FeedCoverage | None:
        """What a feed's live rules make of its stored records; None where looking comes to no end."""
        try:
            return await self._workers.run("process", bounded, covered_at, self._url, feed)
        except (MemoryError, WorkerLost, StepOverdue):
            return None

    async def explained(self, feed: str, text: str, name: str, identifier: str) -> Trace | None:
        """How `text` maps a stored record; None where it comes to no end. Raises CrosswalkInvalid."""
        found: Trace | tuple[Fault, ...] | None
        try:
            found = await self._workers.run("process", bounded, explained_at, self._url, feed, text, name, identifier)
        except (MemoryError, WorkerLost, StepOverdue):
            return None
        if isinstance(found, tuple):
            raise CrosswalkInvalid(found)
        return found

    async def tried(self, trial: Callable[[Apart], Awaitable[Trial]]) -> Trial:
        """What a feed that is not yet added gives, its records mapped here; `trial` is told where."""
        try:
            return await trial(self._apart)
        except MemoryError:
            return Trial(failure="too_large")
        except (WorkerLost, StepOverdue):
            return Trial(failure="rule_too_slow")

    async def _apart(self, function: Callable[..., T], /, *arguments: object) -> T:
        return await self._workers.run("process", bounded, function, *arguments)

    def close(self) -> None:
        """Ends the processes."""
        self._workers.close()


def judge_at(url: str, feed: str, text: str, name: str) -> Judged:
    """What a worker is asked for."""
    with store_of(url).reading() as connection:
        return judge(connection, feed, text, name)


def covered_at(url: str, feed: str) -> FeedCoverage | None:
    """The same of how a feed's live rules do."""
    with store_of(url).reading() as connection:
        found = feeds.get(connection, feed)
        return None if found is None else coverage_of(connection, found)


def explained_at(url: str, key: str, text: str, name: str, identifier: str) -> Trace | tuple[Fault, ...] | None:
    """The same of one record, rule by rule, or every fault of the text; None of a record that is gone."""
    with store_of(url).reading() as connection:
        feed, stored = feeds.get(connection, key), raw_records.get(connection, key, identifier)
        holder = institutions.get(connection, feed.institution) if feed is not None else None
        if feed is None or holder is None or stored is None:
            return None
        try:
            program = compiled_text(text, name, tables_for(connection, text))
        except CrosswalkInvalid as refused:
            return tuple(refused.faults)
        parents, context = StoredParents(lambda: nullcontext(connection)), context_of(feed, holder)
        above = TriedHierarchy(parents, lambda raw, find: apply(program, raw, context, find))
        return explain(program, stored.raw, context, find=above.finder(key, identifier))


def brought_at(url: str, number: int) -> Judged:
    """The same of a file that was brought."""
    with store_of(url).reading() as connection:
        return Judged(samples=brought_samples(connection, number))


def brought_samples(connection: sa.Connection, number: int) -> tuple[SampleView, ...]:
    """The first records of a file as they would be shown; none before its check has ended."""
    found = uploads.get(connection, number)
    feed = feeds.get(connection, found.feed) if found is not None else None
    holder = institutions.get(connection, feed.institution) if feed is not None else None
    if found is None or found.report is None or feed is None or holder is None:
        return ()
    report = found.report
    crosswalk, context = crosswalk_of(connection, feed), context_of(feed, holder)
    parents = BroughtParents((*report.above, *report.samples), StoredParents(lambda: nullcontext(connection)))
    tried = tried_together(crosswalk, report.samples, context, parents)
    return tuple(sample_view(Sample(raw=raw, outcome=outcome)) for raw, outcome in tried)


def judge(
    connection: sa.Connection, key: str, text: str, name: str, *, monotonic: Callable[[], float] = time.monotonic
) -> Judged:
    """Findings of `text`, and up to `SAMPLES` stored records of the feed by it; raises NotFound."""
    found = Judged(faults=faults_of(connection, text, name))
    if not found.is_usable:
        return found
    feed = feeds.get(connection, key)
    holder = institutions.get(connection, feed.institution) if feed is not None else None
    if feed is None or holder is None:
        raise NotFound
    program = compiled_text(text, name, tables_for(connection, text))
    stored = raw_records.by_number(connection, outcomes.spread(connection, key, SAMPLES))
    parents = StoredParents(lambda: nullcontext(connection))
    samples, until = list[SampleView](), monotonic() + SAMPLE_SECONDS
    records = (each.raw for each in stored)
    for raw, outcome in tried_together(program, records, context_of(feed, holder), parents):
        samples.append(sample_view(Sample(raw=raw, outcome=outcome)))
        if monotonic() > until:
            break
    return msgspec.structs.replace(found, samples=tuple(samples), samples_cut=len(samples) < len(stored))
