"""A run rests for what it spends in vain while others are at work, and its pages are mapped together."""

from __future__ import annotations

from datetime import timedelta

from federation.pipeline.harvest import harvest_slice
from federation.pipeline.step import GATHER_SECONDS, HARVEST, HarvestStep, harvest_job
from federation.pipeline.weighing import Weighing
from federation.storage import jobs
from federation.storage.engine import Store
from federation.storage.harvests import WithoutJob
from federation.storage.jobs import Job
from harvester.effort import Effort
from harvester.slices import Ended, More
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run, parse
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Peer
from tests.peers.awkward.peer import serving as awkward
from tests.peers.courteous.repository import Repository, items, serving


class Costly(Effort):
    """Where each answer takes a tenth of a second; what is measured is left out."""

    def spent(self, cpu_seconds: float, worth: object) -> None:
        super().spent(0.1, worth)  # type: ignore[arg-type]


async def waited(store: Store, url: str, others: int) -> float:
    """Seconds for which a whole run waited, by a clock that nothing else moves."""
    feed, clock, effort = add_feed(store, url), PatientClock(), Costly(lambda: others)
    begun, outcome = clock.monotonic(), None
    while outcome is None or isinstance(outcome, More):
        outcome = await harvest_slice(
            store, feed, WithoutJob(), parse=parse, clock=clock, user_agent="t", weigh=Weighing(store), effort=effort
        )
    assert isinstance(outcome, Ended)
    return clock.monotonic() - begun


async def test_a_healthy_run_waits_for_no_others(store: Store) -> None:
    repository = Repository(items())
    async with serving(repository) as url:
        assert await waited(store, url, 60) <= len(repository.asked) * 0.2
    assert last_run(store).verdict == "complete"


async def test_a_run_of_empty_pages_rests_among_others(store: Store) -> None:
    empty = next(each for each in BEHAVIOURS if each.name == "96 sixty empty pages")
    async with awkward(Peer(empty)) as url:
        seconds = await waited(store, url, 10)
    requests = last_run(store).cost.requests
    assert last_run(store).verdict == "complete"
    assert seconds > 50 * 1.0 > requests * 0.2


def armed(store: Store) -> list[Job]:
    with store.reading() as connection:
        return [job for job in jobs.live(connection) if job.kind == "map"]


def test_pages_that_come_soon_after_one_another_are_mapped_together_and_the_last_at_once(store: Store) -> None:
    feed = add_feed(store, "http://127.0.0.1:1/oai")
    with store.transaction() as tx:
        jobs.enqueue(tx, harvest_job(feed))
        (held,) = jobs.claim(tx, "harvest", "me", 1)
    assert held.kind == HARVEST
    step = HarvestStep(held)
    with store.transaction() as tx:
        step.kept(tx)
        first = tx.database_now
    with store.transaction() as tx:
        step.kept(tx)
    (job,) = armed(store)
    assert job.run_at == first + timedelta(seconds=GATHER_SECONDS), "later pages put nothing off"
    with store.transaction() as tx:
        step.closed(tx)
        now = tx.database_now
    (job,) = armed(store)
    assert job.run_at <= now
