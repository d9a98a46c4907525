"""The records above a few that are shown, wherever they stand in the file that brings them.

The file is read again for each level of the hierarchy, and only where something is missed: nothing of it is kept but
the records that were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from federation.pipeline.parent_sources import BroughtParents, ParentSource
from federation.pipeline.tried_hierarchy import tried_together
from mappings.engine.compiled import Compiled
from mappings.engine.outcome import Context
from mappings.schema.raw import RawRecord

#: levels above a record that are looked for, which is how often a file is read again at most
MOST_LEVELS = 8
#: characters of the records above those that are shown; what is beyond is not looked for
MOST_CHARACTERS = 16 << 20

#: the records of a file that are called so, in its order
ReadNamed = Callable[[frozenset[str]], Iterable[RawRecord]]


class _Asked:
    """Notes which records above others are not among those at hand."""

    def __init__(self, at_hand: dict[str, RawRecord], behind: ParentSource | None) -> None:
        self._names, self._source = at_hand.keys(), BroughtParents(at_hand.values(), behind)
        self.missed: set[str] = set()

    def named(self, feed: str, native_id: str) -> str:
        """As those at hand know it."""
        self._note(native_id)
        return self._source.named(feed, native_id)

    def raw(self, feed: str, native_id: str) -> RawRecord | None:
        """The record at hand."""
        self._note(native_id)
        return self._source.raw(feed, native_id)

    def withholds(self, feed: str, native_id: str) -> bool:
        """As those at hand know it."""
        return self._source.withholds(feed, native_id)

    def _note(self, native_id: str) -> None:
        if native_id not in self._names:
            self.missed.add(native_id)


def above_in_file(
    program: Compiled,
    records: Sequence[RawRecord],
    context: Context,
    read: ReadNamed,
    behind: ParentSource | None = None,
) -> tuple[RawRecord, ...]:
    """The records of a file above `records`; of several that are called the same the last, which counts.

    read    reads the file once; what it does not give is not in the file, and not asked for again
    behind  where records above are found that no file brings
    """
    if program.parent is None:
        return ()
    at_hand, absent = {raw.identifier: raw for raw in records}, set[str]()
    found: dict[str, RawRecord] = {}
    for _ in range(MOST_LEVELS):
        wanted = missing_above(program, records, context, at_hand | found, behind) - absent
        room = MOST_CHARACTERS - sum(len(raw.payload) for raw in found.values())
        if not wanted or room <= 0:
            break
        more = _read(read, wanted, room)
        found |= more
        absent |= wanted - more.keys()
    return tuple(found.values())


def missing_above(
    program: Compiled,
    records: Sequence[RawRecord],
    context: Context,
    at_hand: dict[str, RawRecord],
    behind: ParentSource | None = None,
) -> frozenset[str]:
    """The names of records above `records`, as far up as those at hand tell, that are not at hand."""
    asked = _Asked(at_hand, behind)
    for _ in tried_together(program, records, context, asked):
        pass
    return frozenset(asked.missed)


def _read(read: ReadNamed, wanted: frozenset[str], room: int) -> dict[str, RawRecord]:
    """The records of these names that there is room for."""
    found: dict[str, RawRecord] = {}
    for raw in read(wanted):
        before = found.pop(raw.identifier, None)
        room += len(before.payload) if before else 0
        if len(raw.payload) <= room:
            found[raw.identifier] = raw
            room -= len(raw.payload)
    return found
