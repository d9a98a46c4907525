"""A fetch, slice by slice: a piece is asked for and kept, until the file is whole, or the source has nothing new."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from harvester.caps import Caps
from harvester.cost import Meter
from harvester.errors import QuietNow
from harvester.fetching.pieces import Brought, Fetch, Memory, Piece, Place, Refused, Unchanged
from harvester.patience import Patience
from harvester.ports import Clock
from harvester.quiet_hours import QuietHours, quiet_until
from harvester.retry import UNAVAILABLE, Failure, Part, PutOff, Stop, Wait, decide, seconds_of, trial, with_odd_wait
from harvester.settings import Limits
from harvester.slices import POLITENESS, QUIET_HOURS, More, Postponed


class FetchStore(Protocol):
    """The keeping of one feed's fetches; synchronous, each method one transaction."""

    def open(self) -> Memory | None:
        """What earlier fetches know, with the one in hand; None while a file of the feed is still being taken in."""

    def keep(self, piece: Piece) -> None:
        """Keeps a piece with where the fetch stands; drops those before it where it begins anew."""

    def brought(self, found: Brought) -> int:
        """The file is whole: it is to be checked and taken in; gives its number, 0 where it was taken in before."""

    def unchanged(self, found: Unchanged) -> None:
        """Nothing new: the feed is due again after its usual time."""

    def postpone(self, place: Place, until: datetime, reason: str, *, is_silent: bool = False) -> None:
        """The fetch goes on at `until`, over restarts; `is_silent`: the source answered nothing at all."""

    def wait(self, until: datetime) -> None:
        """The feed is looked at again at `until`: a file of it is still being taken in."""

    def blocked(self, reason: str, memory: Memory | None = None, *, fault: str = "", is_silent: bool = False) -> None:
        """Nothing more can be done now: a run is kept that says so.

        memory   what is known from now on, if given
        fault    what was wrong with the last answer, where the reason does not say all
        is_silent  the source answered nothing at all
        """


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A file has come, and is to be taken in."""

    upload: int


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """The source had nothing new."""


class GaveUp(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing more can be done now."""

    reason: str


FetchOutcome = More | Postponed | Fetched | Nothing | GaveUp

#: makes the source once what is remembered of it is known
Begin = Callable[[Memory], Fetch]
#: how long a feed waits whose last file is still being taken in
_TAKEN_IN_SECONDS = 30.0
_FILE_IN_HAND = "file_in_hand"
#: what a source that has given something before is waited for over
_TRIED_AGAIN = ("unavailable", "truncated", "empty")


async def fetch_slice(
    begin: Begin,
    store: FetchStore,
    *,
    clock: Clock,
    limits: Limits,
    chance: Callable[[], float] = random.random,
    patience: Patience | None = None,
    meter: Meter | None = None,
    quiet: QuietHours | None = None,
    pause: Callable[[], float] = float,
    caps: Caps | None = None,
) -> FetchOutcome:
    """Goes on with a feed's fetch for at most a slice.

    patience   what is waited for the source here; the fetch is put off over any wait that goes beyond it
    meter      what counts what the run costs
    quiet      hours in which nothing is asked, nor read on of what was
    pause      tells what is left of the pause before the next request
    caps       what the fetch may bring at most
    """
    memory = await asyncio.to_thread(store.open)
    if memory is None:
        until = clock.now() + timedelta(seconds=_TAKEN_IN_SECONDS)
        await asyncio.to_thread(store.wait, until)
        return Postponed(until=until, reason=_FILE_IN_HAND)
    source = begin(memory)
    try:
        bears, counts = patience or Patience(), meter or Meter()
        return await _Slice(memory, source, store, clock, limits, chance, bears, counts, quiet, pause, caps).run()
    finally:
        source.close()


class _Slice:
    """One slice's parts, and where it is."""

    def __init__(
        self,
        memory: Memory,
        source: Fetch,
        store: FetchStore,
        clock: Clock,
        limits: Limits,
        chance: Callable[[], float],
        patience: Patience,
        meter: Meter,
        quiet: QuietHours | None,
        pause: Callable[[], float],
        caps: Caps | None,
    ) -> None:
        self._meter, self._quiet, self._pause = meter, quiet, pause
        self._known, self._source, self._store = memory.knows_the_source, source, store
        self._clock, self._limits, self._chance, self._patience = clock, limits, chance, patience
        self._caps, self._place = caps or Caps(), memory.place or Place()
        #: the source answered nothing at all to what was asked last
        self._silent = False
        self._went_on()

    async def run(self) -> FetchOutcome:
        until = self._clock.monotonic() + self._limits.slice_seconds
        while True:
            try:
                outcome = await self._step()
            except QuietNow as quiet:
                return await self._leave((quiet.until - self._clock.now()).total_seconds(), QUIET_HOURS)
            if outcome is not None:
                return outcome
            # a package is read to its end, for as long as a page may take
            if self._clock.monotonic() > until + (self._limits.page_seconds if self._source.in_hand else 0):
                return More()

    def _went_on(self) -> None:
        """Counts what was waited since the fetch was put off."""
        if (since := self._place.put_off_at) is not None:
            self._meter.spent(waited_seconds=max((self._clock.now() - since).total_seconds(), 0.0))
            self._place = msgspec.structs.replace(self._place, put_off_at=None)

    async def _step(self) -> FetchOutcome | None:
        if (end := quiet_until(self._quiet, self._clock.now())) is not None:
            raise QuietNow(end)
        if not self._patience.paces(pause := self._pause()):
            return await self._leave(pause, POLITENESS)
        match await self._source.piece(self._place):
            case Piece() as piece if piece.place.offset > self._limits.file_bytes:
                return await self._give_up("oversize")
            case Piece() as piece if reason := self._capped(piece):
                return await self._give_up(reason)
            case Piece() as piece:
                await self._keep(piece)
                return None
            case Brought(memory=memory) if not self._place.offset:
                return await self._give_up("file_empty", memory)
            case Brought() as found:
                number = await asyncio.to_thread(self._store.brought, found)
                return Fetched(upload=number) if number else Nothing()
            case Unchanged() as found:
                await asyncio.to_thread(self._store.unchanged, found)
                return Nothing()
            case Refused(reason=reason, memory=memory):
                return await self._give_up(reason, memory)
            case Failure() as failure:
                return await self._failed(failure)

    def _capped(self, piece: Piece) -> str:
        """Why a piece is more than the feed may bring at once; empty where it is not."""
        pieces, records = self._with(piece)
        if self._caps.pages and pieces > self._caps.pages:
            return "pages_capped"
        return "records_capped" if self._caps.records and records > self._caps.records else ""

    def _with(self, piece: Piece) -> tuple[int, int]:
        """Pieces and records that have come, with this one."""
        before = Place() if piece.anew else self._place
        return before.pieces + 1, before.records + piece.records

    async def _keep(self, piece: Piece) -> None:
        (pieces, records), reached = self._with(piece), self._place.furthest
        furthest = max(reached, piece.place.offset)
        self._place = msgspec.structs.replace(piece.place, pieces=pieces, records=records, furthest=furthest, fault="")
        if piece.place.offset > reached:
            self._place = msgspec.structs.replace(self._place, attempt=0, postponements=0, waiting_since=None)
        await asyncio.to_thread(self._store.keep, msgspec.structs.replace(piece, place=self._place))

    async def _failed(self, failure: Failure) -> FetchOutcome | None:
        failure = with_odd_wait(failure, self._limits, self._clock.now())
        self._place, self._silent = msgspec.structs.replace(self._place, fault=failure.detail), False
        match decide(failure, self._place.attempt, self._limits, self._clock.now(), self._chance(), known=False):
            case Wait(seconds=seconds):
                self._place = msgspec.structs.replace(self._place, attempt=self._place.attempt + 1)
                self._meter.spent(retries=1)
                return await self._wait(seconds, failure.name)
            case PutOff() as later:
                return await self._put_off(later)
            case Part(reason=reason) if self._known and reason in _TRIED_AGAIN:
                self._silent = await self._is_silent(reason)
                later = trial(self._place.postponements, self._limits)
                return await self._put_off(msgspec.structs.replace(later, reason=reason))
            case Part(reason=reason) | Stop(reason=reason):
                self._silent = await self._is_silent(reason)
                return await self._give_up(reason, fault=failure.detail)

    async def _is_silent(self, reason: str) -> bool:
        return reason == UNAVAILABLE and not await self._source.answers()

    async def _wait(self, seconds: float, reason: str) -> FetchOutcome | None:
        if not self._patience.bears(seconds):
            return await self._leave(seconds, reason)
        self._patience.spend(seconds)
        await self._clock.sleep(seconds)
        return None

    async def _put_off(self, later: PutOff) -> FetchOutcome:
        now, put_off, since = self._clock.now(), self._place.postponements, self._place.waiting_since
        seconds = seconds_of(later, put_off, since, self._limits, now, self._chance())
        if seconds is None:
            reason = later.reason if later.reason in _TRIED_AGAIN else "unavailable"
            return await self._give_up(reason, fault=self._place.fault)
        self._place = msgspec.structs.replace(
            self._place, attempt=0, postponements=put_off + 1, waiting_since=since or now
        )
        return await self._leave(seconds, later.reason)

    async def _leave(self, seconds: float, reason: str) -> Postponed:
        until = (now := self._clock.now()) + timedelta(seconds=seconds)
        place = msgspec.structs.replace(self._place, put_off_at=now)
        await asyncio.to_thread(self._store.postpone, place, until, reason, is_silent=self._silent)
        return Postponed(until=until, reason=reason)

    async def _give_up(self, reason: str, memory: Memory | None = None, *, fault: str = "") -> GaveUp:
        await asyncio.to_thread(self._store.blocked, reason, memory, fault=fault, is_silent=self._silent)
        return GaveUp(reason=reason)
