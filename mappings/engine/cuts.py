"""Records and texts that are too long, cut; each cut is an issue."""

from __future__ import annotations

from typing import Any

import msgspec

from mappings.schema.issue import Issue, issue
from mappings.schema.record import CatalogueRecord, Rules

#: a text, and a whole record, are cut to this many bytes
TEXT_BYTES, RECORD_BYTES = 64 << 10, 1 << 20

_encoder = msgspec.json.Encoder()


def cut(record: CatalogueRecord, rules: Rules, issues: list[Issue]) -> CatalogueRecord:
    """`record` with texts of at most 64 KiB, and lists shortened until it holds at most 1 MiB."""
    record = _with_short_texts(record, issues)
    while len(_encoder.encode(record)) > RECORD_BYTES:
        sizes = {
            name: len(_encoder.encode(value))
            for name in record.__struct_fields__
            if isinstance(value := getattr(record, name), tuple) and value and name != "holding"
        }
        if not sizes:
            break
        longest = max(sizes, key=lambda name: sizes[name])
        kept = getattr(record, longest)[: len(getattr(record, longest)) // 2]
        issues.append(issue("value_cut", field=longest))
        record = msgspec.structs.replace(record, **{longest: kept})
        for pointer in [pointer for pointer in rules if _beyond(pointer, longest, len(kept))]:
            del rules[pointer]
    return record


def _beyond(pointer: str, field: str, count: int) -> bool:
    parts = pointer.split("/")
    return parts[1] == field and len(parts) > 2 and parts[2].isdigit() and int(parts[2]) >= count


def _with_short_texts(value: Any, issues: list[Issue], path: str = "") -> Any:
    """`value` with every text in it cut to 64 KiB."""
    if isinstance(value, str):
        encoded = value.encode("utf-8", "replace")
        if len(encoded) <= TEXT_BYTES:
            return value
        issues.append(issue("value_cut", field=path))
        return encoded[:TEXT_BYTES].decode("utf-8", "ignore")
    if isinstance(value, tuple):
        return tuple(_with_short_texts(part, issues, path) for part in value)
    if isinstance(value, msgspec.Struct):
        parts = {name: getattr(value, name) for name in value.__struct_fields__}
        return type(value)(
            **{
                name: _with_short_texts(part, issues, f"{path}.{name}".strip("."))
                if isinstance(part, str | tuple | msgspec.Struct)
                else part
                for name, part in parts.items()
            }
        )
    return value
