"""What a stored row or object would be called by other columns or paths than those that named it."""

from __future__ import annotations

from harvester.files import json_values, tables
from harvester.files.units import Reading
from mappings.schema.raw import RawRecord

#: formats of files whose identifiers are made of columns or paths
KEYED = ("table", "json")


def identifier_by(raw: RawRecord, reading: Reading) -> str:
    """The identifier that `reading.keys` give a stored unit; empty where none of them has a value.

    Of other formats, and of tombstones, it is what it was.
    """
    if raw.format not in KEYED or raw.deleted:
        return raw.identifier
    named = tables.identity_of if raw.format == "table" else json_values.identity_of
    return named(raw.payload, reading)
