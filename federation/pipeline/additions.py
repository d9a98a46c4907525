"""What others have to say of an institution's record: values that rest on none of its own statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from mappings.schema.unified import Origin, Sourced, UnifiedRecord
from mappings.serialisations.cover import Cover, cover_of

#: fields whose values may be offered; holders, rights and access are each member's own
FIELDS = (
    "title",
    "titles",
    "type",
    "genre",
    "extent",
    "medium",
    "agents",
    "dates",
    "subjects",
    "places",
    "languages",
    "descriptions",
    "identifiers",
    "edition",
    "part",
    "relations",
)


class Addition(msgspec.Struct, frozen=True, kw_only=True):
    """One value with where it comes from."""

    #: field of the common record
    field: str
    words: str
    origin: Origin


def additions_of(shown: UnifiedRecord, own: Collection[str]) -> list[Addition]:
    """Values of `shown` that rest on no record among `own`; raises EntryHidden.

    Only values of members whose whole description may be seen.
    """
    cover = cover_of(shown)
    return [each for name in FIELDS for each in _of_field(name, getattr(shown, name), own, cover)]


def _of_field(name: str, field: Any, own: Collection[str], cover: Cover) -> Iterator[Addition]:
    values: tuple[Sourced[Any], ...] = field if isinstance(field, tuple) else (field,) if field is not None else ()
    for value in values:
        told = [origin for origin in value.origins if origin.record in cover.full]
        if told and not any(origin.record in own for origin in value.origins):
            yield Addition(field=name, words=words_of(value.value), origin=told[0])


def words_of(value: Any) -> str:
    """A value of the common record in one line."""
    match value:
        case str():
            return value
        case _ if hasattr(value, "name"):
            return str(value.name.value)
        case _ if hasattr(value, "label") and hasattr(value.label, "value"):
            return str(value.label.value)
        case _ if hasattr(value, "edtf"):
            return str(value.edtf or value.text)
        case _ if hasattr(value, "target"):
            return str(value.label or value.target)
        case _ if hasattr(value, "number") and hasattr(value, "type"):
            return f"{value.type} {value.number}"
        case _ if hasattr(value, "lang") and not hasattr(value, "value"):
            return str(value.lang)
    return str(value.text if hasattr(value, "text") else value.value)
