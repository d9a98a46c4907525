"""Records are mapped, and derived again, behind those above them: what a parent closes is closed before anything that
relies on it is written.

Part of the mapping stage. Records of a batch are mapped below what becomes of their parents in the same batch. Where
something above a batch is still to be mapped, it is mapped and written with it, out of the order of commits; in its
turn it comes to the same once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline.ancestors import Climb, Name, Up, name_of, parent_of
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.map import MappedRaw, Way, mapped, without_withheld
from federation.storage import raw_records
from federation.storage.raw_records import StoredRaw
from federation.storage.set_aside import Subject
from mappings.engine.outcome import Mapped, Outcome
from mappings.engine.standing import Placement, Unplaced


def way_of(limit: int) -> Way:
    """How a batch of so many records is mapped, or what goes before it; one is worked alone, as the stage failed."""
    return _alone if limit == 1 else _together


def _together(connection: sa.Connection, mapper: FeedMapper, waiting: Sequence[StoredRaw]) -> tuple[MappedRaw, ...]:
    """The batch with what goes before it, parents first; where that is too much at once, the first of it."""
    climb = Climb(connection, mapper, len(waiting))
    climb.take(waiting)
    mapper.stand_below(climb.parents)
    return tuple(_below_each_other(mapper, without_withheld(connection, climb.first())))


def _below_each_other(mapper: FeedMapper, results: Sequence[MappedRaw]) -> Iterator[MappedRaw]:
    """What becomes of each record below what becomes of the one above it; parents first."""
    names, marks = {name_of(result) for result in results}, dict[Name, str]()
    for result in results:
        name, above = name_of(result), (result.stored.raw.feed, parent_of(result.outcome))
        # of a circle one is the first, and its parent is not known by then
        if above in names and marks.get(above) != _under(result.outcome):
            result = msgspec.structs.replace(result, outcome=mapper(result.stored.raw)[0])
        placement = _placement(result.outcome)
        marks[name] = placement.mark if placement else ""
        mapper.stand(*name, placement)
        yield result


def _placement(outcome: Outcome) -> Placement | None:
    return outcome.placement if isinstance(outcome, Mapped) else None


def _under(outcome: Outcome) -> str:
    placement = _placement(outcome)
    return placement.under if placement else ""


def _alone(connection: sa.Connection, mapper: FeedMapper, waiting: Sequence[StoredRaw]) -> tuple[MappedRaw, ...]:
    """Nothing is mapped but what `next_one` names, so that nothing else can be blamed.

    What it stands under, and is not mapped yet, counts as not come: the record is derived again once it is.
    """
    if not waiting:
        return ()
    (stored,) = waiting
    stored = topmost(connection, stored.raw.feed, stored.raw.identifier) or stored
    (result,) = mapped(connection, mapper, [stored])
    above = _waiting_above(connection, result)
    # where it stands above itself, nothing goes before it
    return (result if not above or stored.rid in above else _orphaned(mapper, result),)


def _orphaned(mapper: FeedMapper, result: MappedRaw) -> MappedRaw:
    outcome, _ = mapper(result.stored.raw, lambda _parent: Unplaced(why="orphan"))
    return msgspec.structs.replace(result, outcome=outcome)


def topmost(connection: sa.Connection, feed: str, native_id: str) -> StoredRaw | None:
    """What is known to stand furthest above a record of all that is still to be mapped; None where nothing is."""
    up = Up(connection, feed, [native_id])
    waiting = [up.waiting[name] for name in up.chain(native_id)[1:] if name in up.waiting]
    return next(iter(raw_records.by_number(connection, waiting[-1:])), None)


def next_one(connection: sa.Connection, below: Subject | None) -> Subject | None:
    """What is mapped in the place of a record that is worked alone."""
    first = topmost(connection, below.feed, below.identifier) if below is not None else None
    if below is None or first is None:
        return below
    return msgspec.structs.replace(below, number=first.rid, seq=first.seq, identifier=first.raw.identifier)


def _waiting_above(connection: sa.Connection, result: MappedRaw) -> set[int]:
    """The numbers of what stands above it and is still to be mapped."""
    parent = parent_of(result.outcome)
    up = Up(connection, result.stored.raw.feed, [parent])
    return {up.waiting[name] for name in up.chain(parent) if name in up.waiting}
