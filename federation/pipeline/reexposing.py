"""A record as it rests on some of its members: what the others say goes no further."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from mappings.schema.record import Title
from mappings.schema.unified import Alternative, Member, Origin, Sourced, UnifiedRecord

_SOURCED = tuple(
    name
    for name in UnifiedRecord.__struct_fields__
    if name not in ("id", "audience", "version", "members", "title", "level")
)


def reexposed(unified: UnifiedRecord, records: Collection[str]) -> UnifiedRecord | None:
    """`unified` as it rests on the members among `records` alone; None where it has none of them."""
    members = tuple(member for member in unified.members if member.record in records)
    if len(members) == len(unified.members):
        return unified
    if not members:
        return None
    allowed = frozenset(member.record for member in members)
    changes: dict[str, Any] = {name: _narrowed(getattr(unified, name), allowed) for name in _SOURCED}
    lead = members[0]
    title = _sourced(unified.title, allowed) or Sourced(value=Title(value=lead.title), origins=_of(lead))
    level = _sourced(unified.level, allowed) or Sourced(value=lead.level, origins=_of(lead))
    return msgspec.structs.replace(unified, members=members, title=title, level=level, **changes)


def _of(member: Member) -> tuple[Origin, ...]:
    return (Origin(record=member.record),)


def _narrowed(value: Any, allowed: frozenset[str]) -> Any:
    if isinstance(value, tuple):
        return tuple(kept for each in value if (kept := _sourced(each, allowed)) is not None)
    return None if value is None else _sourced(value, allowed)


def _sourced(value: Sourced[Any], allowed: frozenset[str]) -> Sourced[Any] | None:
    """The value where an allowed record states it, else the first other reading that one states."""
    readings: tuple[Sourced[Any] | Alternative[Any], ...] = (value, *value.others)
    for reading in readings:
        origins = tuple(origin for origin in reading.origins if origin.record in allowed)
        if origins:
            return Sourced(value=reading.value, origins=origins)
    return None
