"""A unified record as the API gives it: each field with its value, language, origins and departing readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mappings.schema.unified import Origin, Sourced, UnifiedRecord

_PLAIN = ("id", "audience", "version", "members")


def encoded(unified: UnifiedRecord) -> dict[str, Any]:
    """The JSON object of a thing, members apart."""
    fields = {name: getattr(unified, name) for name in UnifiedRecord.__struct_fields__ if name not in _PLAIN}
    found: dict[str, Any] = {"id": unified.id, "records": [member.record for member in unified.members]}
    for name, value in fields.items():
        if isinstance(value, tuple):
            found[name] = [_sourced(each) for each in value]
        elif value is not None:
            found[name] = _sourced(value)
    return found


def _sourced(sourced: Sourced[Any]) -> dict[str, Any]:
    return {
        "value": msgspec.to_builtins(sourced.value),
        "lang": _lang(sourced.value),
        "from": [_origin(origin) for origin in sourced.origins],
        "others": [
            {"value": msgspec.to_builtins(other.value), "lang": _lang(other.value), "from": _origins(other.origins)}
            for other in sourced.others
        ],
    }


def _origins(origins: Sequence[Origin]) -> list[dict[str, Any]]:
    return [_origin(origin) for origin in origins]


def _origin(origin: Origin) -> dict[str, Any]:
    return {name: getattr(origin, name) for name in ("record", "path", "rule", "crosswalk", "harvested")}


def _lang(value: Any) -> str | None:
    for name in ("lang", "label", "name"):
        found = getattr(value, name, None)
        if isinstance(found, str):
            return found
        if found is not None and isinstance(getattr(found, "lang", None), str):
            return str(found.lang)
    return None
