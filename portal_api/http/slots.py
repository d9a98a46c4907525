"""Searches at one time: a few, and whoever asked little of late goes before whoever asked much.

A search keeps a core busy, so more of them at once would make each slower and none sooner. Those who ask without a
pause have half of the places at most, and while others search too their places rest after each search; of many who
wait those go first who asked least. Readers without an account count by their network. Accounts, and keys by theirs,
may ask three times as much and go before networks: they have a name.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from portal_api.errors import OverBudget, PlacesTaken

#: points of late from which on a network asks much, twenty searches and one every four seconds after these; an account
MUCH, MUCH_OF_ACCOUNT = 600.0, 1_800.0
#: after so many seconds what was asked counts half
HALF_LIFE_SECONDS = 30.0
#: a place of those who ask much rests so many times as long as their search took, and at least for a moment: what
#: computes beside a reader's search slows it, wherever else there is room
REST, LEAST_REST_SECONDS, MOST_REST_SECONDS = 3.0, 0.02, 1.0
#: others search too where one of them does, or did in so many seconds
OTHERS_SECONDS = 2.0
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

    def __init__(self, spent: float, *, known: bool) -> None:
        self.much = MUCH_OF_ACCOUNT if known else MUCH
        self.spent, self.asks_much = spent, spent > self.much
        #: who has the lowest goes first
        self.rank = self.asks_much, not known, spent
        self.called = asyncio.Event()
        #: when it had its place
        self.began = 0.0


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
        #: who ask little and search now, and when one of them last did
        self._others, self._others_at = 0, -math.inf
        #: in the order in which they came
        self._line: list[_Caller] = []
        #: who -> points of late, and when that was counted
        self._spent: dict[str, tuple[float, float]] = {}

    @property
    def are_taken(self) -> bool:
        """Whether anybody searches now; may be asked from any thread."""
        return self._taken > 0

    @asynccontextmanager
    async def place(self, who: str, points: int, *, known: bool, waits: bool = True) -> AsyncIterator[None]:
        """Holds a place until the block ends.

        who      a network, or an account
        points   what the search costs
        known    whether it is an account
        waits    whether they wait for a place
        raises   OverBudget where they asked much and none came free, PlacesTaken for anybody else
        """
        spent = self._spend(who, points)
        caller = _Caller(spent, known=known)
        if self._is_free_for(caller):
            self._take(caller)
        elif waits:
            await self._wait(caller)
        else:
            raise self._refused(caller)
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
        caller.began = self._clock()
        self._others += not caller.asks_much

    def _leave(self, caller: _Caller) -> None:
        self._taken -= 1
        if caller.asks_much:
            self._leave_to_rest(caller)
        else:
            self._others, self._others_at = self._others - 1, self._clock()
        self._call_next()

    def _leave_to_rest(self, caller: _Caller) -> None:
        """The place is free for others at once, for those who ask much after its rest."""
        now = self._clock()
        if not self._others and now - self._others_at > OTHERS_SECONDS:
            self._taken_by_many -= 1
        else:
            rest = min(max(REST * (now - caller.began), LEAST_REST_SECONDS), MOST_REST_SECONDS)
            asyncio.get_running_loop().call_later(rest, self._rested)

    def _rested(self) -> None:
        self._taken_by_many -= 1
        self._call_next()

    def _call_next(self) -> None:
        fitting = [each for each in self._line if self._is_free_for(each)]
        if fitting:
            first = min(fitting, key=lambda each: each.rank)
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
                raise self._refused(caller) from None
        except asyncio.CancelledError:
            if caller.called.is_set():
                self._leave(caller)
            else:
                self._line.remove(caller)
            raise

    def _refused(self, caller: _Caller) -> OverBudget | PlacesTaken:
        self.fired += 1
        if caller.asks_much:
            return OverBudget(math.ceil(HALF_LIFE_SECONDS * math.log2(caller.spent / caller.much)))
        return PlacesTaken(math.ceil(self._rules.patience_seconds))
