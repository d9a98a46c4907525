"""Where a version would put a unit among the others, beside where it stands; pure.

A unit moves where it, or one above it, stands under another unit or at another level. New titles above it move nothing,
nor do new identifiers, which a rekey alone may give.
"""

from __future__ import annotations

from mappings.schema.hierarchy import Hierarchy
from mappings.schema.levels import Level
from mappings.schema.record import CatalogueRecord

#: level of a unit, and identifier and level of each above it
Place = tuple[Level | None, tuple[tuple[str, Level], ...]]

#: of whatever stands alone: its level places it nowhere
_ALONE: Place = (None, ())


def is_moved(old: CatalogueRecord, new: CatalogueRecord) -> bool:
    """Whether the new record stands elsewhere in the hierarchy than the old one."""
    was, now = _place(old), _place(new)
    return was != now if old.id == new.id else _levels(was) != _levels(now)


def way_to(record: CatalogueRecord) -> str:
    """The levels and titles down to a unit, as a person reads them."""
    path = record.hierarchy.path if record.hierarchy else ()
    steps = [*((step.level, step.title or step.id) for step in path), (record.level, record.title.value)]
    return " / ".join(f"[{level}] {title}" for level, title in steps)


def _place(record: CatalogueRecord) -> Place:
    found = record.hierarchy
    if found is None or _is_alone(found):
        return _ALONE
    return record.level, tuple((step.id, step.level) for step in found.path)


def _is_alone(found: Hierarchy) -> bool:
    return found.parent is None and not found.child_count


def _levels(place: Place) -> tuple[Level | None, tuple[Level, ...]]:
    own, above = place
    return own, tuple(level for _, level in above)
