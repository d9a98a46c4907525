"""Records are mapped, and derived again, behind those above them: what a parent closes is closed before anything that
relies on it is written.

Part of the mapping stage. Where something above a batch is still to be mapped, the topmost of that is mapped in the
batch's place, out of the order of commits; in its turn it comes to the same once more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.map import STAGE, MappedRaw, Way, mapped
from federation.storage import cursors, placements, raw_records, unsettled
from federation.storage.raw_records import StoredRaw
from federation.storage.set_aside import Subject
from mappings.engine.outcome import Mapped, Outcome
from mappings.engine.standing import Unplaced


def way_of(limit: int) -> Way:
    """How a batch of so many records is mapped, or what goes before it; one is worked alone, as the stage failed."""
    return _alone if limit == 1 else _together


def _together(connection: sa.Connection, mapper: FeedMapper, waiting: Sequence[StoredRaw]) -> tuple[MappedRaw, ...]:
    found, seen = mapped(connection, mapper, waiting), set[int]()
    while True:
        above = _waiting_above(connection, found)
        free = tuple(result for result, rids in zip(found, above, strict=True) if _is_free(result, rids))
        if len(free) == len(found) or (seen and free):
            return free
        rids = sorted(set[int]().union(*above) - seen)[: len(waiting)]
        if not rids:
            return found
        seen.update(rids)
        found = mapped(connection, mapper, raw_records.by_number(connection, rids))


def _alone(connection: sa.Connection, mapper: FeedMapper, waiting: Sequence[StoredRaw]) -> tuple[MappedRaw, ...]:
    """Nothing is mapped but what `next_one` names, so that nothing else can be blamed.

    What it stands under, and is not mapped yet, counts as not come: the record is derived again once it is.
    """
    first = [topmost(connection, each.raw.feed, each.raw.identifier) or each for each in waiting[:1]]
    found = mapped(connection, mapper, first)
    above = _waiting_above(connection, found)
    return tuple(
        result if _is_free(result, rids) else _orphaned(mapper, result)
        for result, rids in zip(found, above, strict=True)
    )


def _is_free(result: MappedRaw, above: Collection[int]) -> bool:
    """Whether nothing is to be mapped before it; nothing is where it stands above itself."""
    return not above or result.stored.rid in above


def _orphaned(mapper: FeedMapper, result: MappedRaw) -> MappedRaw:
    outcome, _ = mapper(result.stored.raw, lambda _parent: Unplaced(why="orphan"))
    return msgspec.structs.replace(result, outcome=outcome)


def topmost(connection: sa.Connection, feed: str, native_id: str) -> StoredRaw | None:
    """What is known to stand furthest above a record of all that is still to be mapped; None where nothing is."""
    up = _Up(connection, feed, [native_id])
    waiting = [up.waiting[name] for name in up.chain(native_id)[1:] if name in up.waiting]
    return next(iter(raw_records.by_number(connection, waiting[-1:])), None)


def next_one(connection: sa.Connection, below: Subject | None) -> Subject | None:
    """What is mapped in the place of a record that is worked alone."""
    first = topmost(connection, below.feed, below.identifier) if below is not None else None
    if below is None or first is None:
        return below
    return msgspec.structs.replace(below, number=first.rid, seq=first.seq, identifier=first.raw.identifier)


class _Up:
    """What stands above some records of a feed, and which of that is still to be mapped."""

    def __init__(self, connection: sa.Connection, feed: str, names: Iterable[str]) -> None:
        self._parents: dict[str, str] = {}
        known, level = set[str](), {name for name in names if name}
        while level:
            known |= level
            found = placements.parents(connection, feed, level)
            self._parents |= found
            level = set(found.values()) - known
        #: native identifier -> number
        self.waiting = unsettled.among(connection, feed, known, cursors.get(connection, STAGE)) if known else {}

    def chain(self, name: str) -> list[str]:
        """A native identifier and those above it, upwards, each once."""
        found: dict[str, None] = {}
        while name and name not in found:
            found[name] = None
            name = self._parents.get(name, "")
        return list(found)


def _waiting_above(connection: sa.Connection, results: Sequence[MappedRaw]) -> list[set[int]]:
    """Of each the numbers of what stands above it and is still to be mapped."""
    parents = [_parent(result.outcome) for result in results]
    names: dict[str, set[str]] = {}
    for result, parent in zip(results, parents, strict=True):
        names.setdefault(result.stored.raw.feed, set()).add(parent)
    up = {feed: _Up(connection, feed, of_feed) for feed, of_feed in names.items()}
    above = ((up[result.stored.raw.feed], parent) for result, parent in zip(results, parents, strict=True))
    return [{of.waiting[name] for name in of.chain(parent) if name in of.waiting} for of, parent in above]


def _parent(outcome: Outcome) -> str:
    return outcome.placement.parent if isinstance(outcome, Mapped) and outcome.placement is not None else ""
