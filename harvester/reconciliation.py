"""What is held, compared with a list of everything: when it is due, its lists, and what they do not name asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from harvester import reconciling
from harvester.checkpoint import Listing, Single
from harvester.commits import committed, page_commit
from harvester.learning import declared
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.requests import Arguments, record_arguments
from harvester.place import Place
from harvester.ports import Clock, HarvestStore
from harvester.reconciling import Ground
from harvester.retry import BUSY, Failure
from harvester.settings import Limits
from harvester.source import Source

#: tombstones that are kept at once
_AT_ONCE = 500
#: times that a record which is listed is asked for before it counts as not given
_TRIES = 3
#: gives the answer to a request, or why there is none
Ask = Callable[[Arguments], Awaitable[Fetched | Failure]]


class Reconciliation:
    """Of the run at a place; each step moves the place on."""

    def __init__(self, store: HarvestStore, source: Source, place: Place, clock: Clock, limits: Limits) -> None:
        self._store, self._source, self._place = store, source, place
        self._clock, self._limits = clock, limits

    async def go_on(self, ask: Ask) -> Literal["more", "done"] | Failure:
        """One step; the failure of a source that wants to be left alone for now."""
        checkpoint, feed = self._place.checkpoint, self._place.feed
        if checkpoint.reconcile == "asking":
            return await self._ask(ask)
        if feed.since or feed.until:
            return "done"
        whole = checkpoint.reconcile != "done" and reconciling.is_whole(checkpoint, feed.set_specs)
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
        if identity is not None:
            self._place.learn(**declared(identity))
        reach = self._source.reach_by(self._place.feed, Listing(), identity)
        self._place.stand(reconciling.begun(self._place.checkpoint, self._place.feed, reach))

    async def _compare(self, whole: bool) -> None:
        checkpoint = self._place.checkpoint
        names = await asyncio.to_thread(self._store.reconciled, checkpoint, whole=whole, limit=self._limits.fetches)
        self._place.stand(reconciling.asking(checkpoint, names))

    async def _ask(self, ask: Ask) -> Literal["more"] | Failure:
        """The first of the records that no list names; all of them at once where none can be asked for."""
        if self._place.checkpoint.single == "refused":
            return await self._delete_unasked()
        name = self._place.checkpoint.doubtful[0]
        answer = await ask(record_arguments(self._place.feed, name))
        if isinstance(answer, Failure) and answer.status in BUSY:
            return answer
        why = None if isinstance(answer, Failure) else reconciling.ground(answer.page, name, self._place.feed)
        is_given = isinstance(answer, Fetched) and reconciling.gives(answer.page, name)
        if why is None and not is_given and not self._place.checkpoint.single:
            # neither given nor denied: it may be that nothing is ever given alone
            return await self._try_another(ask)
        self._place.stand(reconciling.asked(self._place.checkpoint))
        if isinstance(answer, Fetched):
            await self._settle(name, answer, why, is_given=is_given)
        return "more"

    async def _settle(self, name: str, answer: Fetched, why: Ground | None, *, is_given: bool) -> None:
        if why is not None:
            record = reconciling.tombstone(self._place.feed, name, why, answer.at)
            gone = {"records": (record,), "content_sha256": (reconciling.GONE_SHA256,), "quarantined": ()}
            await self._keep(msgspec.structs.replace(answer, page=msgspec.structs.replace(answer.page, **gone)))
        elif is_given:
            await self._keep(answer)
            await asyncio.to_thread(self._store.given, self._place.checkpoint, name)

    async def _try_another(self, ask: Ask) -> Literal["more"] | Failure:
        """Learns by a record that the lists name whether single records are given."""
        name = await asyncio.to_thread(self._store.named, self._place.checkpoint)
        single = "given" if name is None else await self._single(ask, name)
        if isinstance(single, Failure):
            return single
        self._place.stand(msgspec.structs.replace(self._place.checkpoint, single=single))
        return "more"

    async def _single(self, ask: Ask, name: str) -> Single | Failure:
        """Whether a record that is listed is given; it is refused where it fails each time and the source answers."""
        for _ in range(_TRIES):
            answer = await ask(record_arguments(self._place.feed, name))
            if isinstance(answer, Fetched):
                return "refused" if reconciling.refuses(answer.page, name) else "given"
            if answer.status in BUSY:
                return answer
        return "refused" if await self._source.answers(self._place.feed) else "given"

    async def _delete_unasked(self) -> Literal["more"]:
        checkpoint, at = self._place.checkpoint, self._clock.now()
        names, rest = checkpoint.doubtful[:_AT_ONCE], checkpoint.doubtful[_AT_ONCE:]
        self._place.stand(reconciling.asking(checkpoint, rest))
        page = reconciling.gone(self._place.feed, names, at)
        await self._keep(Fetched(page=page, body=b"", sha256=reconciling.GONE_SHA256, at=at, seconds=0.0))
        return "more"

    async def _keep(self, answer: Fetched) -> None:
        first = self._place.checkpoint.lists[0]
        self._place.turn_page(0, first)
        await committed(self._store, page_commit(self._place, first, answer))
