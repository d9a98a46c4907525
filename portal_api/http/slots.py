"""Searches at one time: a few, and whoever asked little of late goes before whoever asked much.

A search keeps a core busy, so more of them at once would make each slower and none sooner. Who asks without a pause has
half of the places at most: a reader who comes now and then finds one free, however many others there are who never
stop. Readers without an account count by their network; accounts and keys, whose points are counted elsewhere, have all
places.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from portal_api.errors import Crowded, OverBudget

#: points of late from which on somebody asks much: twenty searches, and one every four seconds after these
MUCH = 600.0
#: after so many seconds what was asked counts half
HALF_LIFE_SECONDS = 30.0
#: readers remembered; those who asked least are forgotten first
KEPT = 10_000


class SlotRules(msgspec.Struct, frozen=True, kw_only=True):
    """How many search at once, and how long others wait."""

    #: at least two, so that there is one beside those who ask much
    places: int
    #: longest that anybody waits for a place, and that somebody does who asks much
    patience_seconds: float = 4.0
    patience_with_much_seconds: float = 1.0


class _Caller:
    """Somebody who asks now."""

    def __init__(self, spent: float, *, asks_much: bool) -> None:
        self.spent, self.asks_much = spent, asks_much
        self.called = asyncio.Event()


class SearchSlots:
    """The places of all searches, in this process; used by one event loop.

    clock   seconds that only grow
    """

    def __init__(self, rules: SlotRules, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules, self._clock = rules, clock
        self.places = max(rules.places, 2)
        self.places_of_many = self.places // 2
        #: how often these rules refused, since start
        self.fired = 0
        self._taken = self._taken_by_many = 0
        #: in the order in which they came
        self._line: list[_Caller] = []
        #: who -> points of late, and when that was counted
        self._spent: dict[str, tuple[float, float]] = {}

    @asynccontextmanager
    async def place(self, who: str, points: int, *, known: bool) -> AsyncIterator[None]:
        """Holds a place until the block ends.

        who      a network, or an account
        points   what the search costs
        known    whether it is an account, which never asks too much
        raises   OverBudget where they asked much and none came free, Crowded for anybody else
        """
        spent = self._spend(who, points)
        caller = _Caller(spent, asks_much=not known and spent > MUCH)
        if self._is_free_for(caller):
            self._take(caller)
        else:
            await self._wait(caller)
        try:
            yield
        finally:
            self._leave(caller)

    def _spend(self, who: str, points: int) -> float:
        spent = self._points_of(who) + points
        self._spent[who] = spent, self._clock()
        if len(self._spent) > KEPT:
            for each in sorted(self._spent, key=self._points_of)[: KEPT // 2]:
                del self._spent[each]
        return spent

    def _points_of(self, who: str) -> float:
        points, at = self._spent.get(who, (0.0, 0.0))
        return float(points * 0.5 ** ((self._clock() - at) / HALF_LIFE_SECONDS))

    def _is_free_for(self, caller: _Caller) -> bool:
        return self._taken < self.places and (not caller.asks_much or self._taken_by_many < self.places_of_many)

    def _take(self, caller: _Caller) -> None:
        self._taken += 1
        self._taken_by_many += caller.asks_much

    def _leave(self, caller: _Caller) -> None:
        self._taken -= 1
        self._taken_by_many -= caller.asks_much
        fitting = [each for each in self._line if self._is_free_for(each)]
        if fitting:
            first = min(fitting, key=lambda each: each.spent)
            self._line.remove(first)
            self._take(first)
            first.called.set()

    async def _wait(self, caller: _Caller) -> None:
        self._line.append(caller)
        rules = self._rules
        try:
            async with asyncio.timeout(
                rules.patience_with_much_seconds if caller.asks_much else rules.patience_seconds
            ):
                await caller.called.wait()
        except TimeoutError:
            if not caller.called.is_set():
                self._line.remove(caller)
                self.fired += 1
                raise self._refusal(caller) from None
        except asyncio.CancelledError:
            if caller.called.is_set():
                self._leave(caller)
            else:
                self._line.remove(caller)
            raise

    def _refusal(self, caller: _Caller) -> OverBudget | Crowded:
        if caller.asks_much:
            return OverBudget(math.ceil(HALF_LIFE_SECONDS * math.log2(caller.spent / MUCH)))
        return Crowded(math.ceil(self._rules.patience_seconds))
