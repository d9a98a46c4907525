"""The hierarchy across the records of a feed: which record one stands under, and who is derived again when it changes.

A record is mapped below what its parent is at that moment, so its effective access, holder, rights and path are never
copied by hand. Where the parent has not come, has no place itself, or stands below the record, the record is hidden.
What a parent hands down has a mark; a record whose parent's mark has moved is derived again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec
import sqlalchemy as sa

from federation.pipeline.former_names import present_name
from federation.storage import catalogue_records, placements
from federation.storage.bulk import Row
from federation.storage.engine import Store
from federation.storage.raw_records import StoredRaw
from federation.storage.transactions import Transaction
from mappings.engine.outcome import Mapped, Outcome
from mappings.engine.standing import Above, FindAbove, Placement, Unplaced
from mappings.schema.access import Access
from mappings.schema.ids import record_id


class HandedDown(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue record of a parent does not say of what comes down from it."""

    access: Access
    end: str | None


_handed_down = msgspec.json.Decoder(HandedDown)


class StoredHierarchy:
    """Finds parents as they stand in the store; each is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._above: dict[tuple[str, str], Above | Unplaced] = {}
        self._parents: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, str], str] = {}

    def stand_below(self, parents: Mapping[tuple[str, str], str]) -> None:
        """From now on records, by feed and native identifier, stand below these of their feed."""
        self._parents.update(parents)

    def stand(self, feed: str, native_id: str, placement: Placement | None) -> None:
        """From now on a record stands so, as it will once it is written; None = nowhere."""
        self._parents[feed, native_id] = placement.parent if placement else ""
        self._above[feed, native_id] = _above_of(placement)

    def finder(self, feed: str, native_id: str) -> FindAbove:
        """What `apply` asks for the parents of this record."""
        return partial(self._found, feed, native_id)

    def _found(self, feed: str, native_id: str, parent: str) -> Above | Unplaced:
        name = self._named(feed, parent)
        chain = chain_from(native_id, name, partial(self._parent, feed))
        key = feed, name
        if key not in self._above:
            with self._store.reading() as connection:
                self._above[key] = stored_above(connection, feed, name)
        return called(below(native_id, self._above[key], chain), parent, name)

    def _named(self, feed: str, native_id: str) -> str:
        key = feed, native_id
        if key not in self._names:
            with self._store.reading() as connection:
                placed = placements.get(connection, feed, native_id)
                self._names[key] = native_id if placed else present_name(connection, feed, native_id)
        return self._names[key]

    def _parent(self, feed: str, native_id: str) -> str:
        key = feed, native_id
        if key not in self._parents:
            with self._store.reading() as connection:
                self._parents[key] = placements.parent(connection, feed, native_id)
        return self._parents[key]


def chain_from(native_id: str, parent: str, parent_of: Callable[[str], str]) -> frozenset[str]:
    """Native identifiers from a record's parent upwards, to the top or to the record itself."""
    chain: set[str] = set()
    while parent and parent not in chain:
        chain.add(parent)
        parent = parent_of(parent) if parent != native_id else ""
    return frozenset(chain)


def below(native_id: str, above: Above | Unplaced, chain: frozenset[str]) -> Above | Unplaced:
    """What a record stands under: nothing that stands below itself."""
    if native_id in chain:
        return Unplaced(why="parent_cycle", mark=above.mark, chain=chain)
    return above if isinstance(above, Above) else Unplaced(why="orphan", mark=above.mark, chain=chain)


def called(found: Above | Unplaced, asked: str, name: str) -> Above | Unplaced:
    """The same with the name of the record above, where it was asked for by a former one."""
    return found if asked == name else msgspec.structs.replace(found, called=name)


def stored_above(connection: sa.Connection, feed: str, native_id: str) -> Above | Unplaced:
    """A record as those below it see it."""
    row = placements.get(connection, feed, native_id)
    if row is None:
        return Unplaced(why="orphan")
    stored = catalogue_records.get(connection, row.record_id) if row.handed_down else None
    if stored is None or stored.record is None:
        return Unplaced(why="orphan", mark=row.mark)
    handed = _handed_down.decode(row.handed_down)
    return Above(record=stored.record, access=handed.access, end=handed.end)


def _above_of(placement: Placement | None) -> Above | Unplaced:
    """As `stored_above` gives it, before it is stored."""
    if placement is None:
        return Unplaced(why="orphan")
    return placement.here if isinstance(placement.here, Above) else Unplaced(why="orphan", mark=placement.mark)


def place(tx: Transaction, results: Iterable[tuple[StoredRaw, Outcome]]) -> None:
    """Keeps where records stand, and has those derived again whose parents are not what they were."""
    by_feed: dict[str, list[tuple[StoredRaw, Placement | None]]] = {}
    for stored, outcome in results:
        found = outcome.placement if isinstance(outcome, Mapped) else None
        by_feed.setdefault(stored.raw.feed, []).append((stored, found))
    for feed, placed in by_feed.items():
        _place_of_feed(tx, feed, placed)


def _place_of_feed(tx: Transaction, feed: str, placed: Sequence[tuple[StoredRaw, Placement | None]]) -> None:
    former = placements.natives(tx.connection, [stored.rid for stored, _ in placed])
    kept = [(stored, found) for stored, found in placed if found is not None]
    if not kept and not former:
        return
    gone = former.keys() - {stored.rid for stored, _ in kept}
    placements.drop(tx, gone)
    placements.keep(tx, [_row(stored, found) for stored, found in kept])
    changed = {*former.values(), *(stored.raw.identifier for stored, _ in kept)}
    placements.ask_again(tx, feed, changed, [stored.rid for stored, _ in kept])


def _row(stored: StoredRaw, found: Placement) -> Row:
    here = found.here
    handed = HandedDown(access=here.access, end=here.end) if isinstance(here, Above) else None
    return {
        "rid": stored.rid,
        "feed": stored.raw.feed,
        "native_id": stored.raw.identifier,
        "record_id": record_id(stored.raw.feed, stored.raw.named),
        "parent": found.parent,
        "under": found.under,
        "mark": found.mark,
        "handed_down": msgspec.json.encode(handed).decode() if handed else "",
        "waiting": False,
    }
