"""What the common record looks like from outside: its JSON Schema, its canonical JSON and the hash of its content."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache

import msgspec
from msgspec.structs import replace

from mappings.schema.record import SCHEMA_VERSION, CatalogueRecord, Source

#: where the schema is published
SCHEMA_ID = f"/schemas/catalogue-record/{SCHEMA_VERSION}.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(CatalogueRecord)
_NO_SOURCE = Source(
    feed="", native_id="", datestamp="", raw_sha256="", format="", crosswalk="", engine_version="", schema_version=""
)
_NO_SOURCE_JSON = b'"source":' + _ENCODER.encode(_NO_SOURCE) + b","

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def canonical(record: CatalogueRecord) -> bytes:
    """The record as canonical JSON: UTF-8, members in schema order, defaults left out, text in NFC."""
    return _composed(_ENCODER.encode(record))


def _composed(encoded: bytes) -> bytes:
    if encoded.isascii() or unicodedata.is_normalized("NFC", encoded.decode()):
        return encoded
    # value by value: a mark behind an escape such as \n would compose with the escape's own letter
    return _ENCODER.encode(_nfc(msgspec.json.decode(encoded)))


def _nfc(value: Json) -> Json:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case dict():
            return {name: _nfc(member) for name, member in value.items()}
        case list():
            return [_nfc(member) for member in value]
        case _:
            return value


def record_of(encoded: bytes | str) -> CatalogueRecord:
    """The record that `canonical` has written; raises `msgspec.ValidationError` with the path of what is wrong."""
    return _DECODER.decode(encoded)


def output_hash(record: CatalogueRecord) -> str:
    """Hex SHA-256 of what the record says: its canonical JSON without `source`, `hierarchy.order` and `child_count`.

    A record that a new crosswalk does not change keeps its hash.
    """
    hierarchy = record.hierarchy
    if hierarchy is not None:
        hierarchy = replace(hierarchy, order=0, child_count=0)
    content = canonical(replace(record, source=_NO_SOURCE, hierarchy=hierarchy))
    return hashlib.sha256(content.replace(_NO_SOURCE_JSON, b"", 1)).hexdigest()


@cache
def json_schema() -> bytes:
    """The JSON Schema of a catalogue record, drawn from the structs, as published at `SCHEMA_ID`."""
    (_, definitions) = msgspec.json.schema_components([CatalogueRecord], ref_template="#/$defs/{name}")
    root = definitions.pop(CatalogueRecord.__name__)
    named = {"$schema": DIALECT, "$id": SCHEMA_ID, **root, "$defs": dict(sorted(definitions.items()))}
    return msgspec.json.format(msgspec.json.encode(named), indent=2) + b"\n"
