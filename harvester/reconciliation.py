"""What is held, compared with a list of everything: when it is due, its lists, and what they do not name asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, get_args

import msgspec

from harvester import reconciling
from harvester.checkpoint import Listing
from harvester.commits import page_commit
from harvester.feeds import Deletions
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.requests import Arguments, record_arguments
from harvester.place import Place
from harvester.ports import HarvestStore
from harvester.retry import BUSY, Failure
from harvester.settings import Limits
from harvester.source import Source

#: gives the answer to a request, or why there is none
Ask = Callable[[Arguments], Awaitable[Fetched | Failure]]


class Reconciliation:
    """Of the run at a place; each step moves the place on."""

    def __init__(self, store: HarvestStore, source: Source, place: Place, limits: Limits) -> None:
        self._store, self._source, self._place, self._limits = store, source, place, limits

    async def go_on(self, ask: Ask) -> Literal["more", "done"] | Failure:
        """One step; the failure of a source that wants to be left alone for now."""
        checkpoint, feed = self._place.checkpoint, self._place.feed
        if checkpoint.reconcile == "asking":
            return await self._ask(ask)
        if feed.since or feed.until:
            return "done"
        whole = checkpoint.reconcile != "done" and reconciling.is_whole(checkpoint, feed)
        if checkpoint.reconcile == "due" and not whole:
            await self._begin()
        elif checkpoint.reconcile == "listing" or whole:
            await self._compare(whole)
        else:
            return "done"
        return "more"

    async def _begin(self) -> None:
        """Lists of all headers, once the repository has said how long it keeps tombstones."""
        identity = await self._source.identity(self._place.feed)
        if identity is not None and identity.deletions in get_args(Deletions):
            self._place.learn(deletions=identity.deletions)
        reach = self._source.reach_by(self._place.feed, Listing(), identity)
        self._place.stand(reconciling.begun(self._place.checkpoint, self._place.feed, reach))

    async def _compare(self, whole: bool) -> None:
        checkpoint = self._place.checkpoint
        names = await asyncio.to_thread(self._store.reconciled, checkpoint, whole=whole, limit=self._limits.fetches)
        self._place.stand(reconciling.asking(checkpoint, names))

    async def _ask(self, ask: Ask) -> Literal["more"] | Failure:
        """The first of the records that no list names."""
        name = self._place.checkpoint.doubtful[0]
        answer = await ask(record_arguments(self._place.feed, name))
        if isinstance(answer, Failure) and answer.status in BUSY:
            return answer
        self._place.stand(reconciling.asked(self._place.checkpoint))
        if isinstance(answer, Failure):
            return "more"
        why = reconciling.ground(answer.page, name, self._place.feed)
        if why is not None:
            record = reconciling.tombstone(self._place.feed, name, why, answer.at)
            gone = {"records": (record,), "content_sha256": (reconciling.GONE_SHA256,), "quarantined": ()}
            await self._keep(msgspec.structs.replace(answer, page=msgspec.structs.replace(answer.page, **gone)))
        elif name in {record.identifier for record in answer.page.records}:
            await self._keep(answer)
            await asyncio.to_thread(self._store.given, self._place.checkpoint, name)
        return "more"

    async def _keep(self, answer: Fetched) -> None:
        first = self._place.checkpoint.lists[0]
        self._place.turn_page(0, first)
        await asyncio.to_thread(self._store.commit_page, page_commit(self._place, first, answer))
