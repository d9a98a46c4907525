"""A run, slice by slice: ask, read, keep, go on; end with a named verdict or be put off (harvesting, 3 and 4)."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta

import msgspec

from harvester.advance import advanced, begun, is_broken, restarted
from harvester.checkpoint import Checkpoint, Listing
from harvester.egress import Session
from harvester.evidence import verdict_of
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched, fetch_page
from harvester.oaipmh.requests import list_arguments
from harvester.ports import Blocked, Clock, HarvestStore, PageCommit, Parser, Verdict
from harvester.retry import Failure, PutOff, Stop, Wait, decide
from harvester.settings import Limits


class More(msgspec.Struct, frozen=True, kw_only=True):
    """The slice is used up; the run goes on."""


class Postponed(msgspec.Struct, frozen=True, kw_only=True):
    """The run goes on at `until`."""

    until: datetime
    reason: str


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The run is over."""

    verdict: Verdict


SliceOutcome = More | Postponed | Ended

#: errors of the protocol that end a list well (3.6)
_EMPTY = "noRecordsMatch"
_BAD_TOKEN = "badResumptionToken"


async def run_slice(
    feed: Feed, store: HarvestStore, *, session: Session, parser: Parser, clock: Clock, limits: Limits
) -> SliceOutcome:
    """Goes on with the feed's run for at most a slice; what came is kept page by page."""
    harvest = _Harvest(feed, store, session, parser, clock, limits)
    return await harvest.slice()


class _Harvest:
    """One slice's parts and its place in the run."""

    def __init__(
        self,
        feed: Feed,
        store: HarvestStore,
        session: Session,
        parser: Parser,
        clock: Clock,
        limits: Limits,
    ) -> None:
        self._feed, self._store, self._session = feed, store, session
        self._parser, self._clock, self._limits = parser, clock, limits
        self._checkpoint = Checkpoint(run=0)

    async def slice(self) -> SliceOutcome:
        opened = await asyncio.to_thread(self._store.open_run)
        self._checkpoint = opened if opened.pages or opened.attempt else _first_checkpoint(opened, self._feed)
        until = self._clock.monotonic() + self._limits.slice_seconds
        for asked in itertools.count(1):
            outcome = await self._step()
            if outcome is not None:
                return outcome
            used_up = asked >= self._limits.slice_pages or self._clock.monotonic() > until
            # tries of one request are counted to their end: a later slice would begin to count anew
            if used_up and not self._checkpoint.attempt:
                break
        return More()

    async def _step(self) -> SliceOutcome | None:
        """One page; None while there is more to ask."""
        position = _in_hand(self._checkpoint)
        if position is None:
            return await self._end(verdict_of(self._checkpoint.lists))
        listing = self._checkpoint.lists[position]
        if is_broken(listing, self._limits):
            return await self._end(Blocked(reason="token_broken"))
        arguments = list_arguments(self._feed, listing)
        await self._clock.sleep(self._feed.min_interval_seconds if self._checkpoint.pages else 0.0)
        fetched = await fetch_page(
            self._feed,
            arguments,
            session=self._session,
            parser=self._parser,
            clock=self._clock,
            limits=self._limits,
        )
        if isinstance(fetched, Failure):
            return await self._failed(fetched)
        return await self._answered(position, listing, fetched)

    async def _answered(self, position: int, listing: Listing, fetched: Fetched) -> SliceOutcome | None:
        codes = [error.code for error in fetched.page.errors]
        if not codes or fetched.page.records:
            await self._commit(position, listing, fetched)
            return None
        if _EMPTY in codes:
            ended = msgspec.structs.replace(listing, token=None, ended=True, said_end=listing.token is None)
            reached = listing.next_since or fetched.page.response_date
            self._move(position, msgspec.structs.replace(ended, next_since=reached))
            return None
        if _BAD_TOKEN in codes and listing.token is not None:
            self._move(position, restarted(listing))
            return None
        return await self._end(Blocked(reason=codes[0]))

    async def _commit(self, position: int, listing: Listing, fetched: Fetched) -> None:
        page, run = fetched.page, self._checkpoint.run
        names = [record.identifier for record in page.records]
        listed = await asyncio.to_thread(self._store.already_listed, run, names)
        moved = advanced(listing, page, len(set(names) - listed), self._limits)
        number = self._checkpoint.pages + 1
        self._move(position, moved, pages=number)
        await asyncio.to_thread(self._store.commit_page, self._page_commit(number, listing, fetched))

    def _page_commit(self, number: int, listing: Listing, fetched: Fetched) -> PageCommit:
        page = fetched.page
        stamp = {"page": number, "harvested": fetched.at}
        return PageCommit(
            number=number,
            sha256=fetched.sha256,
            body=fetched.body,
            token_in=listing.token,
            token_out=page.token,
            records=tuple(msgspec.structs.replace(record, **stamp) for record in page.records),
            content_sha256=page.content_sha256,
            quarantined=page.quarantined,
            next=self._checkpoint,
            learned=None,
            fetched_at=fetched.at,
        )

    async def _failed(self, failure: Failure) -> SliceOutcome | None:
        if failure.reason == "not_a_repository" and self._checkpoint.pages:
            failure = Failure(reason="web_page", status=failure.status)
        match decide(failure, self._checkpoint.attempt, self._limits, self._clock.now()):
            case Wait(seconds=seconds):
                self._checkpoint = msgspec.structs.replace(self._checkpoint, attempt=self._checkpoint.attempt + 1)
                await self._clock.sleep(seconds)
                return None
            case PutOff(seconds=seconds, reason=reason):
                return await self._put_off(seconds, reason)
            case Stop(reason=reason):
                return await self._end(Blocked(reason=reason))

    async def _put_off(self, seconds: float, reason: str) -> SliceOutcome:
        if self._checkpoint.postponements >= self._limits.postponements:
            return await self._end(Blocked(reason="unavailable"))
        until = self._clock.now() + timedelta(seconds=seconds)
        later = msgspec.structs.replace(self._checkpoint, postponements=self._checkpoint.postponements + 1)
        await asyncio.to_thread(self._store.postpone, later, until, reason)
        return Postponed(until=until, reason=reason)

    async def _end(self, verdict: Verdict) -> Ended:
        await asyncio.to_thread(self._store.end, self._checkpoint, verdict)
        return Ended(verdict=verdict)

    def _move(self, position: int, listing: Listing, *, pages: int | None = None) -> None:
        lists = list(self._checkpoint.lists)
        lists[position] = listing
        reached = self._checkpoint.pages if pages is None else pages
        self._checkpoint = msgspec.structs.replace(
            self._checkpoint, lists=tuple(lists), pages=reached, attempt=0, postponements=0
        )


def _first_checkpoint(opened: Checkpoint, feed: Feed) -> Checkpoint:
    """A new run: one list a set, each going on from what the last run reached."""
    former = {listing.set_spec: listing for listing in opened.lists}
    wanted = feed.set_specs or ("",)
    lists = tuple(begun(former.get(name, Listing(set_spec=name)), feed) for name in wanted)
    return msgspec.structs.replace(opened, lists=lists)


def _in_hand(checkpoint: Checkpoint) -> int | None:
    return next((n for n, listing in enumerate(checkpoint.lists) if not listing.ended), None)
