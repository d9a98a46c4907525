"""A judged collection: documents, and sets of queries with the documents that answer each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from mappings.schema.unified import UnifiedRecord


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A query and what answers it."""

    text: str
    #: cluster id -> grade; 0 is judged and does not answer
    grades: Mapping[str, int]


class JudgedSet(msgspec.Struct, frozen=True, kw_only=True):
    """Queries of one class, measured together."""

    #: what a reader does: `title_words`, `typo`, `topic` …
    name: str
    queries: Sequence[Judged]


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """Documents and their sets."""

    name: str
    documents: Sequence[UnifiedRecord]
    sets: Sequence[JudgedSet]
