"""The hierarchy across the records of a feed as it would be if other rules were live.

Parents are mapped by those rules from what is stored raw, or brought along, and so are the parents above them; nothing
is kept. A dry run, a re-mapping, a rekey, a preview, a trial and the weighing of a page judge records below these
parents, whatever the order in which they come to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from federation.pipeline.hierarchy import below, called, chain_from
from federation.pipeline.latest import Latest
from federation.pipeline.parent_sources import ParentSource
from mappings.engine.apply import apply
from mappings.engine.compiled import Compiled
from mappings.engine.outcome import Context, Mapped, Outcome
from mappings.engine.standing import Above, FindAbove, Placement, Unplaced, unplaced_mark
from mappings.schema.raw import RawRecord

#: maps a record by the rules that are tried, below what is found above it
MapBelow = Callable[[RawRecord, FindAbove], Outcome]


#: parents that are remembered as they were mapped, and names of which it is remembered what stands above them
MOST_PARENTS, MOST_NAMES = 2_000, 100_000


class TriedHierarchy:
    """Finds parents by mapping them; one that was asked for lately is not mapped again."""

    def __init__(
        self,
        parents: ParentSource,
        map_below: MapBelow,
        *,
        most_parents: int = MOST_PARENTS,
        most_names: int = MOST_NAMES,
    ) -> None:
        """`most_parents` and `most_names` bound what is remembered, whatever the number of records."""
        self._source, self._map = parents, map_below
        self._parents: Latest[tuple[str, str], str] = Latest(most_names)
        self._above: Latest[tuple[str, str], Above | Unplaced] = Latest(most_parents)
        self._names: Latest[tuple[str, str], str] = Latest(most_names)

    @property
    def remembered(self) -> int:
        """Parents that are held as they were mapped."""
        return len(self._above)

    def finder(self, feed: str, native_id: str) -> FindAbove:
        """What `apply` asks for the parents of this record."""
        return partial(self._found, feed, native_id)

    def chain(self, feed: str, native_id: str) -> frozenset[str]:
        """Native identifiers of all that stands above a record."""
        return chain_from(native_id, self._parent(feed, native_id), partial(self._parent, feed))

    @property
    def has_met_any(self) -> bool:
        """Whether any parent was asked for."""
        return bool(self._names)

    def _found(self, feed: str, native_id: str, parent: str) -> Above | Unplaced:
        name = self._named(feed, parent)
        chain = chain_from(native_id, name, partial(self._parent, feed))
        if native_id in chain:
            # all of them stand in one circle
            return Unplaced(why="parent_cycle", mark=unplaced_mark("parent_cycle", chain), chain=chain)
        return called(below(native_id, self._mapped(feed, name), chain), parent, name)

    def _named(self, feed: str, native_id: str) -> str:
        key = feed, native_id
        known = self._names.get(key)
        return self._names.put(key, self._source.named(feed, native_id)) if known is None else known

    def _parent(self, feed: str, native_id: str) -> str:
        key = feed, native_id
        known = self._parents.get(key)
        if known is not None:
            return known
        placed = self._placed(feed, native_id, lambda _parent: Unplaced(why="orphan"))
        return self._parents.put(key, placed.parent if placed else "")

    def _mapped(self, feed: str, native_id: str) -> Above | Unplaced:
        """A record as those below it see it; what is not remembered above it is mapped first, from the top."""
        known = self._above.get((feed, native_id))
        if known is not None:
            return known
        for name in self._not_remembered(feed, native_id):
            self._map_one(feed, name)
        return self._map_one(feed, native_id)

    def _not_remembered(self, feed: str, native_id: str) -> list[str]:
        """The records above one that have to be mapped before it, the highest first."""
        way, met = list[str](), {native_id}
        parent = self._parent(feed, native_id)
        while parent and parent not in met and (feed, parent) not in self._above:
            met.add(parent)
            way.append(parent)
            parent = self._parent(feed, parent)
        return way[::-1]

    def _map_one(self, feed: str, native_id: str) -> Above | Unplaced:
        placed = self._placed(feed, native_id, self.finder(feed, native_id))
        here = placed.here if placed else Unplaced(why="orphan")
        mark = placed.mark if placed else ""
        return self._above.put(
            (feed, native_id), here if isinstance(here, Above) else Unplaced(why="orphan", mark=mark)
        )

    def _placed(self, feed: str, native_id: str, find: FindAbove) -> Placement | None:
        raw = self._source.raw(feed, native_id)
        outcome = self._map(raw, find) if raw is not None else None
        return outcome.placement if isinstance(outcome, Mapped) else None


def tried_together(
    program: Compiled, records: Iterable[RawRecord], context: Context, parents: ParentSource
) -> Iterator[tuple[RawRecord, Outcome]]:
    """Each record with what becomes of it below its parents; one whose parents are not among `parents` is hidden."""
    above = TriedHierarchy(parents, lambda raw, find: apply(program, raw, context, find))
    for raw in records:
        yield raw, apply(program, raw, context, above.finder(raw.feed, raw.identifier))
