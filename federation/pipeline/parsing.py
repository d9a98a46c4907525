"""Pages parsed in worker processes; one that ends its process, or comes to no end, is refused like a broken one."""

from __future__ import annotations

import logging

from federation.errors import StepOverdue, WorkerLost
from federation.pipeline import children
from federation.pipeline.workers import Workers
from harvester.oaipmh.page import Page
from harvester.retry import PAGE_CRASHED
from mappings.errors import DocumentRefused

log = logging.getLogger(__name__)


class PageParser:
    """Parses for the harvests of one runner (`harvester.ports.Parser`)."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    async def __call__(
        self, body: bytes, feed: str, metadata_prefix: str, http_charset: str | None, learned: str | None
    ) -> Page:
        """The page; a process that was lost is given a second chance, as others may have ended it.

        raises  MalformedPage; DocumentRefused, with the code `page_crashed` where parsing it comes to no end
        """
        asked = (children.parse, body, feed, metadata_prefix, http_charset, learned)
        try:
            return await self._workers.run("process", *asked)
        except (WorkerLost, StepOverdue) as lost:
            log.warning("a page of the feed %s is parsed once more: %s", feed, lost)
        try:
            return await self._workers.run("solo", *asked)
        except (WorkerLost, StepOverdue) as lost:
            raise DocumentRefused(PAGE_CRASHED, str(lost)) from lost
