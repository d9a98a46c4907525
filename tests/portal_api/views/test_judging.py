"""Rules that people write are judged apart, within bounds: who serves pages never runs them."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from typing import TypeVar

from federation.pipeline import sandbox_workers
from federation.pipeline.sandbox_workers import bounded
from federation.pipeline.trial import Apart, Trial, try_feed
from federation.pipeline.workers import Bounds
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from portal_api.views.judging import Judged, Judges
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.federation.pipeline.test_trial import HOLDER, courteous
from tests.federation.pipeline.versions import HEAD, filled, rule
from tests.peers.courteous.repository import Repository, items, serving

T = TypeVar("T")


async def test_a_text_is_judged_with_its_samples_in_a_process_of_its_own(embedded: Store) -> None:
    await filled(embedded, 3)
    judges = Judges(embedded, processes=1)
    try:
        good = await judges.judged("k", HEAD + rule(3, "access.status", "closed"), "peer")
        bad = await judges.judged("k", HEAD + rule(3, "nowhere", "closed"), "peer")
        assert (good.is_usable, len(good.samples), good.gave_out) == (True, 3, "")
        assert ([(fault.code, fault.line) for fault in bad.faults], bad.samples) == ([("field_unknown", 5)], ())
        where = await judges._workers.run("process", bounded, where_it_runs)
        assert where[0] != os.getpid()
        assert where[1] == sandbox_workers.MEMORY_BYTES
    finally:
        judges.close()


async def test_a_feed_that_is_not_added_is_mapped_apart_and_told_where_that_comes_to_no_end(embedded: Store) -> None:
    judges = Judges(embedded, processes=1)
    ran: list[tuple[str, int]] = []

    async def trial(apart: Apart) -> Trial:
        async def noted(function: Callable[..., T], /, *arguments: object) -> T:
            ran.append((function.__name__, (await apart(where_it_runs))[0]))
            return await apart(function, *arguments)

        async with serving(Repository(items(), before=courteous)) as url:
            return await try_feed(
                StoredFeed(key="k", name="Peer", institution="peer", base_url=url, networks=("127.0.0.0/8",)),
                HOLDER, parse=parse, clock=PatientClock(), user_agent="test", apart=noted,
            )  # fmt: skip

    try:
        found = await judges.tried(trial)
        assert (len(found.samples), [name for name, _ in ran]) == (10, ["_samples"])
        assert os.getpid() not in {number for _, number in ran}
    finally:
        judges.close()
    judges = Judges(embedded, processes=1, bounds=Bounds(cancel_seconds=0.001, kill_seconds=5.0))
    try:
        assert await judges.tried(trial) == Trial(failure="rule_too_slow")
    finally:
        judges.close()


def where_it_runs() -> tuple[int, int]:
    return os.getpid(), resource.getrlimit(resource.RLIMIT_AS)[0]


async def test_what_comes_to_no_end_is_told(embedded: Store) -> None:
    await filled(embedded, 3)
    judges = Judges(embedded, processes=1, bounds=Bounds(cancel_seconds=0.001, kill_seconds=5.0))
    begun = time.monotonic()
    try:
        assert await judges.judged("k", HEAD + rule(3, "type", "x"), "peer") == Judged(gave_out="too_slow")
    finally:
        judges.close()
    assert time.monotonic() - begun < 20
