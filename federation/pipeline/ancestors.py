"""What stands above some records of a feed, and which of that goes before them.

A record that was never mapped says where it stands only once it is, so a chain of such records is climbed a level at a
time; what is learnt on the way is kept, and each is mapped once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.map import STAGE, MappedRaw, mapped
from federation.storage import cursors, placements, raw_records, unsettled
from federation.storage.raw_records import MOST_PAYLOAD, StoredRaw
from mappings.engine.outcome import Mapped, Outcome

#: so many batches of records are held, and written, at once
_BATCHES = 4

#: feed and native identifier
Name = tuple[str, str]


class Up:
    """What is stored of what stands above some records of a feed, and which of that is still to be mapped."""

    def __init__(
        self, connection: sa.Connection, feed: str, names: Iterable[str], *, known: Collection[Name] = ()
    ) -> None:
        """`known` are not climbed: what stands above them is known otherwise."""
        self._parents: dict[str, str] = {}
        self._feed, self._known = feed, known
        found, level = set[str](), {name for name in names if name and (feed, name) not in known}
        while level:
            found |= level
            parents = placements.parents(connection, feed, level)
            self._parents |= parents
            level = {name for name in parents.values() if (feed, name) not in known} - found
        #: native identifier -> number
        self.waiting = unsettled.among(connection, feed, found, cursors.get(connection, STAGE)) if found else {}

    def chain(self, name: str) -> list[str]:
        """A native identifier and those above it, upwards, each once."""
        found: dict[str, None] = {}
        while name and name not in found:
            found[name] = None
            name = self._parents.get(name, "")
        return list(found)

    def before(self, name: str) -> list[str]:
        """What goes before a record below `name`: all up to the topmost that is to be mapped, or is known."""
        names = self.chain(name)
        if names and (self._feed, names[-1]) in self._known:
            return names[:-1]
        due = [place for place, each in enumerate(names) if each in self.waiting]
        return names[: due[-1] + 1] if due else []


class Climb:
    """Records with all that goes before them, as they are mapped below what is stored."""

    def __init__(self, connection: sa.Connection, mapper: FeedMapper, limit: int) -> None:
        self._connection, self._mapper, self._limit = connection, mapper, max(limit, 1)
        #: of everything that was climbed
        self._numbers: dict[Name, int] = {}
        #: the same numbers
        self._climbed: set[int] = set()
        #: of the same, the native identifier that it names as that of the record above it; empty where it names none
        self.parents: dict[Name, str] = {}
        #: of the same, unless it was too much to hold
        self._held: dict[Name, MappedRaw] = {}
        #: characters of payload that are held
        self._size = 0
        #: what goes before these is climbed with them, or was
        self._known: set[Name] = set()
        #: characters of payload that are given at once: never less than what was taken
        self._room = MOST_PAYLOAD

    def take(self, waiting: Sequence[StoredRaw]) -> None:
        """Maps these, and what goes before them, level by level."""
        self._room = max(self._room, sum(len(each.raw.payload) for each in waiting))
        fresh = self._mapped(waiting)
        self._known = self._due(fresh)
        while numbers := self._before(fresh):
            parts = (numbers[start : start + self._limit] for start in range(0, len(numbers), self._limit))
            fresh = [name for part in parts for name in self._mapped(raw_records.by_number(self._connection, part))]
            self._known.update(fresh)

    def _due(self, names: Sequence[Name]) -> set[Name]:
        """Those of these that are to be mapped still; of none it matters where none stands below another record."""
        if not any(self.parents[name] for name in names):
            return set(names)
        by_feed: dict[str, list[str]] = {}
        for feed, each in names:
            by_feed.setdefault(feed, []).append(each)
        cursor = cursors.get(self._connection, STAGE)
        return {
            (feed, each)
            for feed, of_feed in by_feed.items()
            for each in unsettled.among(self._connection, feed, of_feed, cursor)
        }

    def first(self) -> list[MappedRaw]:
        """The first of them, each behind what stands above it: as many as are held at once."""
        found: list[MappedRaw] = []
        names, room = self._ordered()[: self._limit * _BATCHES], self._room
        for start in range(0, len(names), self._limit):
            for result in self._loaded(names[start : start + self._limit]):
                if room < 0:
                    return found
                found.append(result)
                room -= len(result.stored.raw.payload)
        return found

    def _mapped(self, waiting: Sequence[StoredRaw]) -> list[Name]:
        """Their names, once they are known."""
        results = mapped(self._connection, self._mapper, waiting)
        for result in results:
            name = name_of(result)
            self._numbers[name], self.parents[name] = result.stored.rid, parent_of(result.outcome)
            self._climbed.add(result.stored.rid)
            self._held[name] = result
            self._size += len(result.stored.raw.payload)
            if len(self._held) > _BATCHES * self._limit or self._size > 2 * self._room:
                self._held, self._size = {}, 0
        return [name_of(result) for result in results]

    def _before(self, fresh: Sequence[Name]) -> list[int]:
        """The numbers of what goes before these and was not climbed yet."""
        above: dict[str, set[str]] = {}
        for name in fresh:
            above.setdefault(name[0], set()).add(self.parents[name])
        return [number for feed, names in above.items() for number in self._before_of(feed, names)]

    def _before_of(self, feed: str, names: Collection[str]) -> list[int]:
        up = Up(self._connection, feed, names, known=self._known)
        before = {each: None for name in names for each in up.before(name) if (feed, each) not in self._numbers}
        numbers = placements.numbers(self._connection, feed, before.keys() - up.waiting.keys()) | up.waiting
        return [numbers[name] for name in before if name in numbers and numbers[name] not in self._climbed]

    def _ordered(self) -> list[Name]:
        """The names of all, each behind that of the record above it; on a circle one of them is the first."""
        ordered: dict[Name, None] = {}
        for name in self._numbers:
            path: dict[Name, None] = {}
            while name in self._numbers and name not in ordered and name not in path:
                path[name] = None
                name = name[0], self.parents[name]
            ordered |= dict.fromkeys(reversed(path))
        return list(ordered)

    def _loaded(self, names: Sequence[Name]) -> list[MappedRaw]:
        """What was climbed, mapped again where it is held no more."""
        gone = [self._numbers[name] for name in names if name not in self._held]
        again = mapped(self._connection, self._mapper, raw_records.by_number(self._connection, gone)) if gone else ()
        found = self._held | {name_of(result): result for result in again}
        return [found[name] for name in names if name in found]


def name_of(result: MappedRaw) -> Name:
    """The feed of a record and its native identifier."""
    return result.stored.raw.feed, result.stored.raw.identifier


def parent_of(outcome: Outcome) -> str:
    """The native identifier of the record above; empty where none is named."""
    return outcome.placement.parent if isinstance(outcome, Mapped) and outcome.placement is not None else ""
