"""Changed records weighed in a runner's worker processes, also where one ends its process or comes to no end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from federation.errors import StepOverdue, WorkerLost
from federation.pipeline import children
from federation.pipeline.workers import Pool, Workers
from harvester.brake import Weighed
from harvester.ports import Changed

log = logging.getLogger(__name__)

#: (address of the store, changed records, whether they are mapped) -> what each is, and would be; run in a child
Weigher = Callable[[str, Changed, bool], list[Weighed]]

#: records of one call over which processes may be lost one by one; what is left then is not tried any more
MOST_LOST = 3


class WorkerWeighing:
    """Weighs for the harvests of one runner (`federation.storage.weighing.Weigh`).

    Where a process is lost over records, each is weighed by itself, so that its neighbours are weighed all the same.
    One that cannot be weighed even so counts as opened, unless all that stands of it is for everybody already.
    """

    def __init__(self, url: str, workers: Workers, weigher: Weigher = children.weigh_changed) -> None:
        """`weigher`: what a child is asked for, by its name in its module."""
        self._url, self._workers, self._weigher = url, workers, weigher

    async def __call__(self, changed: Changed) -> Sequence[Weighed]:
        """What each is in the catalogue, and would be."""
        found = await self._tried("process", changed)
        return await self._one_by_one(changed) if found is None else found

    async def _one_by_one(self, changed: Changed) -> Sequence[Weighed]:
        weighed: list[Weighed] = []
        lost = 0
        for each in changed:
            found = await self._tried("solo", [each]) if lost < MOST_LOST else None
            lost += found is None
            weighed += await self._unmapped([each]) if found is None else found
        return weighed

    async def _tried(self, pool: Pool, changed: Changed) -> Sequence[Weighed] | None:
        try:
            return await self._workers.run(pool, self._weigher, self._url, changed, True)
        except (WorkerLost, StepOverdue) as lost:
            named = ", ".join(raw.identifier for _, raw in changed[:3])
            log.warning("%s … of the feed %s could not be weighed: %s", named, changed[0][1].feed, lost)
            return None

    async def _unmapped(self, changed: Changed) -> Sequence[Weighed]:
        return await self._workers.run("process", self._weigher, self._url, changed, False)
