"""The batches of the stages, in worker processes: one that fails runs once more record by record, and the record (or
cluster) over which it fails alone is set aside, so that everything else goes through.

It fails by an error that no outside circumstance explains, by ending its process, or by not ending at all.
"""

from __future__ import annotations

import logging

from federation.errors import WorkerLost
from federation.pipeline import step
from federation.pipeline.progress import BATCH
from federation.pipeline.stages import STAGES, Surroundings
from federation.pipeline.step import Broken, Failed, Outcome
from federation.pipeline.workers import Bounds, Pool, Workers
from federation.storage.jobs import Job

log = logging.getLogger(__name__)

#: what is taken as a whole, a file or a dry run, may take so many times as long as a batch
WHOLE = 12


class Batches:
    """Works the jobs of one store's stages."""

    def __init__(self, url: str, surroundings: Surroundings, workers: Workers) -> None:
        self._url, self._surroundings, self._workers = url, surroundings, workers
        #: stage -> batches of one record that it still runs after a failure
        self._alone: dict[str, int] = {}

    async def work(self, job: Job) -> Outcome:
        """One batch; Broken where the job is to be given back and worked record by record."""
        alone = self._alone.get(job.kind, 0) or (BATCH if job.solo else 0)
        outcome = await self._tried(job, alone)
        if not isinstance(outcome, Broken):
            self._alone[job.kind] = max(alone - 1, 0)
            return outcome
        log.warning("%s failed over %s: %s", job.kind, "a record" if alone else "a batch", outcome.error)
        if not alone:
            self._alone[job.kind] = BATCH
            return outcome
        if job.kind not in STAGES or not STAGES[job.kind].passes_by:
            return Failed(error=outcome.error)
        return await self._set_aside(job, outcome.error)

    async def _tried(self, job: Job, alone: int) -> Outcome:
        try:
            return await self._workers.run(
                _pool(job, alone),
                step.run,
                self._url,
                job,
                self._surroundings,
                1 if alone else BATCH,
                bounds=self._bounds(job),
            )
        except WorkerLost as error:
            return Broken(error=step.described(error))

    async def _set_aside(self, job: Job, error: str) -> Outcome:
        try:
            return await self._workers.run(_pool(job, 1), step.pass_by, self._url, job, self._surroundings, error)
        except WorkerLost as lost:
            return Failed(error=step.described(lost))

    def _bounds(self, job: Job) -> Bounds:
        is_batch = job.kind in STAGES and STAGES[job.kind].next_one is not None
        return self._workers.bounds if is_batch else self._workers.bounds.times(WHOLE)


def _pool(job: Job, alone: int) -> Pool:
    if job.lane == "index":
        return "index"
    return "solo" if alone else "process"
