"""What `access` lets through of a unified record before any format starts to write it.

A value counts as shown when one of its origins is a member that may show it. A second lock behind `unify`, which has
cut the members already: a format never has to ask again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from mappings.errors import MappingError
from mappings.schema.record import Digital
from mappings.schema.unified import Sourced, UnifiedRecord

T = TypeVar("T")

#: links that lead to a page about the material, not to the material
_ABOUT = frozenset({"landing", "finding_aid"})


class EntryHidden(MappingError):
    """A record of which the audience may see no line."""

    def __init__(self, identifier: str) -> None:
        super().__init__(f"{identifier} has no member whose entry may be shown")
        self.identifier = identifier


class FormatUnavailable(MappingError):
    """A record that a format cannot express; `wanted` is all that it lacks."""

    def __init__(self, format_: str, *wanted: str) -> None:
        super().__init__(f"{format_} needs {' and '.join(wanted)}, which the record does not have")
        self.format, self.wanted = format_, wanted


class Cover(NamedTuple):
    """Ids of a unified record's members, by what they may show."""

    #: the whole description
    full: frozenset[str]
    #: code, level, dates, holder and reason at the least
    seen: frozenset[str]
    #: the material itself
    content: frozenset[str]

    def described(self, values: Iterable[Sourced[T]]) -> list[T]:
        """The values that rest on a member with a full line."""
        return _resting_on(values, self.full)

    def located(self, values: Iterable[Sourced[T]]) -> list[T]:
        """The values that a reduced line shows too."""
        return _resting_on(values, self.seen)

    def linked(self, values: Iterable[Sourced[Digital]]) -> list[Digital]:
        """Links: those to the material only where it is open."""
        open_links = _resting_on(values, self.content)
        return [link for link in self.described(values) if link.role in _ABOUT or link in open_links]


def _resting_on(values: Iterable[Sourced[T]], members: frozenset[str]) -> list[T]:
    return [each.value for each in values if not members.isdisjoint([origin.record for origin in each.origins])]


def cover_of(unified: UnifiedRecord) -> Cover:
    """What each member of `unified` lets through; raises `EntryHidden` where every line is hidden."""
    full = frozenset(member.record for member in unified.members if member.access.line == "full")
    seen = frozenset(member.record for member in unified.members if member.access.line != "hidden")
    if not seen:
        raise EntryHidden(unified.id)
    material = frozenset(member.record for member in unified.members if member.access.status == "open")
    return Cover(full=full, seen=seen, content=full & material)


def one(value: Sourced[T] | None) -> tuple[Sourced[T], ...]:
    """A field of at most one value as a list."""
    return (value,) if value else ()
