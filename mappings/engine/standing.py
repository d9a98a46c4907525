"""Where a unit stands in its finding aid, and what comes down to it from the unit above.

Nothing is copied into the source: holder, rights and access come down when the unit is composed, each under the
pseudo-rule `inherit`.
"""

from __future__ import annotations

from datetime import date

import msgspec

from mappings.schema.access import Access
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.levels import RANK, Level, may_hold
from mappings.schema.record import CatalogueRecord

#: pseudo-rule of what comes from the unit above
INHERIT = "inherit"


class Above(msgspec.Struct, frozen=True, kw_only=True):
    """A mapped unit as its descendants see it."""

    record: CatalogueRecord
    #: its access before a closure was counted from its own dates
    access: Access
    #: end of its dates, else of the nearest dated ancestor's
    end: str | None
    standing: Standing

    @property
    def path(self) -> tuple[Ancestor, ...]:
        """The path of a unit below it; a hidden ancestor shows id and level only."""
        record = self.record
        title = None if record.access.line == "hidden" else record.title.value
        above = self.standing.above.path if self.standing.above else ()
        return (*above, Ancestor(id=record.id, level=record.level, title=title))


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's place, before it is mapped."""

    id: str
    #: path of its element below the payload
    unit_path: str
    #: nearest mapped ancestor; None for the root
    above: Above | None = None
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


def last_day(record: CatalogueRecord, above: Above | None) -> str | None:
    """The end of a unit's dates, else of the nearest dated unit above it."""
    ends = [found.end for found in record.dates if found.end]
    return max(ends) if ends else (above.end if above else None)


def counted_closure(access: Access, end: str | None) -> tuple[Access, bool]:
    """`access` with the end of a closure of so many years, counted from `end`; and whether it could be counted."""
    if not access.closure_years or access.until:
        return access, True
    last = _day(end)
    if last is None:
        return access, False
    until = (
        f"{last.year + access.closure_years:04}-{last.month:02}-{min(last.day, 28) if last.month == 2 else last.day:02}"
    )
    return msgspec.structs.replace(access, until=until), True


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
