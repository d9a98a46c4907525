"""Where a unit stands below others, and what comes down to it from the unit above.

Nothing is copied into the source: holder, rights and access come down when the unit is composed, each under the
pseudo-rule `inherit`. The unit above stands in the same record, or in another of the feed (`parent` of a crosswalk).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Literal

import msgspec

from mappings.schema.access import Access
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.levels import RANK, Level, may_hold
from mappings.schema.periods import years_after
from mappings.schema.record import CatalogueRecord

#: pseudo-rule of what comes from the unit above
INHERIT = "inherit"

#: why a unit has no place: the record above has not come or has no place itself; it stands above itself
Missing = Literal["orphan", "parent_cycle"]

_encoder = msgspec.json.Encoder()


class Above(msgspec.Struct, frozen=True, kw_only=True):
    """A mapped unit as its descendants see it."""

    record: CatalogueRecord
    #: its access before a closure was counted from its own dates
    access: Access
    #: end of its dates, else of the nearest dated ancestor's
    end: str | None
    #: its native identifier, where it was asked for by a former one
    called: str = ""
    #: what it is called in the path of a unit below it; empty for its title
    label: str = ""

    @property
    def path(self) -> tuple[Ancestor, ...]:
        """The path of a unit below it; a hidden ancestor shows id and level only."""
        record = self.record
        title = None if record.access.line == "hidden" else self.label or record.title.value
        above = record.hierarchy.path if record.hierarchy else ()
        return (*above, Ancestor(id=record.id, level=record.level, title=title))

    @property
    def mark(self) -> str:
        """Hex SHA-256 of all that comes down from it: another mark, and its descendants are derived again."""
        record = self.record
        handed_down = [self.path, self.access, self.end, record.holding[0].institution, record.rights]
        return hashlib.sha256(_encoder.encode(handed_down)).hexdigest()


class Unplaced(msgspec.Struct, frozen=True, kw_only=True):
    """There is no unit above that a record could stand under."""

    why: Missing
    #: of the record above, which has no place; empty where it has not come
    mark: str = ""
    #: native identifiers of the record above and of everything above that
    chain: frozenset[str] = frozenset()
    #: native identifier of the record above, where it was asked for by a former one
    called: str = ""


#: native identifier of the record above -> its root unit
FindAbove = Callable[[str], Above | Unplaced]


def unplaced_mark(why: Missing, chain: frozenset[str]) -> str:
    """What the descendants of a record without a place note of it; another chain may end, or close, a circle."""
    return f"{why} {hashlib.sha256(_encoder.encode(sorted(chain))).hexdigest()}"


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a record of a hierarchical feed stands among the feed's other records."""

    #: native identifier of the record above; empty for one that stands above all
    parent: str = ""
    #: mark of the record above as it was read; empty where it had not come
    under: str = ""
    #: what its own descendants are told; they have no place where it has none
    here: Above | Unplaced

    @property
    def mark(self) -> str:
        """What its descendants note of it."""
        return self.here.mark if isinstance(self.here, Above) else unplaced_mark(self.here.why, self.here.chain)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's place, before it is mapped."""

    id: str
    #: path of its element below the payload
    unit_path: str = ""
    #: nearest mapped ancestor; None for the root
    above: Above | None = None
    #: why there is none where there should be one: the unit is hidden
    missing: Unplaced | None = None
    #: native identifier of the record above, where that is another one
    parent: str = ""
    order: int = 0
    child_count: int = 0

    def hierarchy(self) -> Hierarchy:
        """Its place as the record says it."""
        path = self.above.path if self.above else ()
        return Hierarchy(
            root=path[0].id if path else self.id,
            parent=path[-1].id if path else None,
            path=path,
            depth=len(path),
            order=self.order,
            child_count=self.child_count,
        )

    def likely_level(self) -> Level:
        """The level of a unit that states none: a leaf is a file, a node a series, deeper a subseries."""
        if self.above is None:
            return "collection"
        level: Level = "series" if self.child_count else "file"
        if may_hold(self.above.record.level, level):
            return level
        return "subseries" if self.child_count and self.above.record.level != "file" else "file"

    def breaks_order(self, level: Level) -> bool:
        """Whether the unit above may not hold one of this level."""
        return self.above is not None and level in RANK and not may_hold(self.above.record.level, level)

    def under(self, parent: str, find: FindAbove) -> Standing:
        """The same below the record of this native identifier; a root where that is empty."""
        if not parent:
            return self
        found = find(parent)
        name = found.called or parent
        if isinstance(found, Above):
            return msgspec.structs.replace(self, above=found, parent=name)
        return msgspec.structs.replace(self, missing=found, parent=name)

    def placement(self, here: Above) -> Placement:
        """The same once the unit is mapped."""
        if self.missing is not None:
            return Placement(parent=self.parent, under=self.missing.mark, here=self.missing)
        return Placement(parent=self.parent, under=self.above.mark if self.above else "", here=here)


def last_day(record: CatalogueRecord, above: Above | None) -> str | None:
    """The end of a unit's dates, else of the nearest dated unit above it."""
    ends = [found.end for found in record.dates if found.end]
    return max(ends) if ends else (above.end if above else None)


def counted_closure(access: Access, end: str | None) -> tuple[Access, bool]:
    """`access` with the end of a closure of so many years, counted from `end`; and whether it could be counted."""
    if not access.closure_years or access.until:
        return access, True
    last = _day(end)
    until = years_after(last, access.closure_years) if last else None
    return (access, False) if until is None else (msgspec.structs.replace(access, until=until), True)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
