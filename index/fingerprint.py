"""What an index was made with: an index of another schema is never read, one of another analysis is made anew."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version

import msgspec

from index import fields

_LIBRARIES = ("opencc", "PyStemmer", "pypinyin")
#: raised where the same values give other tokens
_ANALYSIS = 4


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """Digests of what shapes an index, and of what shapes its tokens."""

    schema: str
    analysis: str


@cache
def fingerprint() -> Fingerprint:
    """Of this program."""
    table = [
        fields.SCHEMA_VERSION,
        list(fields.TEXT_COLUMNS),
        [*fields.FACETS, *fields.ROW_OF.values()],
        fields.LOOKUPS,
        fields.INTEGERS,
    ]
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    return Fingerprint(schema=_digest([*table, version("tantivy")]), analysis=_digest([_ANALYSIS, *libraries]))


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:16]
