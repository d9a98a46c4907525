"""What members state, value by value, with the origins that each value rests on.

The `rules` table of a record names rule and source path for every JSON pointer to a leaf; a value of the unified record
is a whole member of a field (`/agents/0`), so it rests on the origins of all its leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from federation.linkage.member_records import MemberRecord
from mappings.schema.unified import Alternative, Origin, Sourced

T = TypeVar("T")


class Statement(NamedTuple, Generic[T]):
    """A value as one member states it."""

    value: T
    origins: tuple[Origin, ...]
    #: place of the member by rank; 0 speaks first
    speaker: int


class Speaker:
    """A member with its origins by field and position."""

    __slots__ = ("_bare", "_origins", "member", "record")

    def __init__(self, member: MemberRecord) -> None:
        self.member = member
        self.record = member.record
        self._origins = _by_value(member)
        source = member.record.source
        self._bare = (Origin(record=member.record.id, crosswalk=source.crosswalk, harvested=source.harvested),)

    def origins(self, field: str, position: int | None = None) -> tuple[Origin, ...]:
        """Where the value comes from; without a rule on record, at least from which member and crosswalk."""
        place = field if position is None else f"{field}/{position}"
        return self._origins.get(place, self._bare)


def _by_value(member: MemberRecord) -> dict[str, tuple[Origin, ...]]:
    """Field, or field and position, -> origins in order of the leaves, each once."""
    source = member.record.source
    record, crosswalk, harvested = member.record.id, source.crosswalk, source.harvested
    made: dict[tuple[str, str], Origin] = {}
    found: dict[str, tuple[Origin, ...]] = {}
    for pointer, entries in member.rules.items():
        place = _place(pointer)
        origins = found.get(place, ())
        for entry in entries:
            origin = made.get(entry)
            if origin is None:
                rule, path = entry
                origin = made[entry] = Origin(
                    record=record, path=path, rule=rule, crosswalk=crosswalk, harvested=harvested
                )
            if origin not in origins:
                origins = (*origins, origin)
        found[place] = origins
    return found


@lru_cache(maxsize=4096)
def _place(pointer: str) -> str:
    """The field of a JSON pointer, with the position where it has one: `/agents/0/name/value` is of `agents/0`."""
    parts = pointer.split("/", 3)
    return f"{parts[1]}/{parts[2]}" if len(parts) > 2 and parts[2].isdigit() else parts[1]


def many(speakers: Sequence[Speaker], field: str) -> list[Statement[Any]]:
    """Every value of a repeatable field, the first speaker's first."""
    return [
        Statement(value, speaker.origins(field, position), rank)
        for rank, speaker in enumerate(speakers)
        for position, value in enumerate(getattr(speaker.record, field))
    ]


def single(speakers: Sequence[Speaker], field: str) -> list[Statement[Any]]:
    """Every value of a field that a record has at most once."""
    return [
        Statement(value, speaker.origins(field), rank)
        for rank, speaker in enumerate(speakers)
        if (value := getattr(speaker.record, field)) is not None
    ]


def sourced(winner: Statement[T], rest: Sequence[Statement[T]] = ()) -> Sourced[T]:
    """The winner with the origins of all who say the same; those who depart from it stand beside it."""
    if not rest:
        return Sourced(value=winner.value, origins=winner.origins)
    origins = list(winner.origins)
    departing: list[tuple[T, list[Origin]]] = []
    for statement in rest:
        if statement.value == winner.value:
            origins.extend(statement.origins)
        else:
            _add(departing, statement)
    others = tuple([Alternative(value=value, origins=_once(held)) for value, held in departing])
    return Sourced(value=winner.value, origins=_once(origins), others=others)


def _add(departing: list[tuple[T, list[Origin]]], statement: Statement[T]) -> None:
    for value, origins in departing:
        if value == statement.value:
            origins.extend(statement.origins)
            return
    departing.append((statement.value, list(statement.origins)))


def _once(origins: Sequence[Origin]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys(origins)) if len(origins) > 1 else tuple(origins)
