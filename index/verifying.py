"""Holds an index against its source: what is missing, what is there too many, what is of an older state.

Both sides are summed up in buckets of ids; only buckets whose sums differ are listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import chain

import msgspec
import tantivy

from index.document_keys import document_keys
from index.embedded.held import checks_of
from index.embedded.reader import guarded
from index.embedded.schema import opened
from index.generations import PARTS, Generation
from index.ports import ChangeSource

_BATCH = 5_000
_BUCKETS = 256

#: bucket -> document id -> what its present state sums up to
_Sums = dict[str, dict[str, int]]


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was compared, and the ids of the documents that differ."""

    documents: int
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def clusters(self) -> tuple[str, ...]:
        """The clusters of the documents that differ."""
        odd = (*self.missing, *self.extra, *self.stale)
        return tuple(sorted({doc_id.partition(":")[0] for doc_id in odd}))

    @property
    def whole(self) -> bool:
        """Whether the index holds exactly what its source gives."""
        return not (self.missing or self.extra or self.stale)


def verify(generation: Generation, source: ChangeSource) -> Verified:
    """Compares every document's id and state with those that the source gives now."""
    searchers = [guarded(opened, generation.part(part)).searcher() for part in PARTS]
    return compared(source, guarded(_sums, searchers), lambda odd: guarded(_listed, searchers, odd))


def compared(
    source: ChangeSource, sums: dict[str, tuple[int, int]], listed: Callable[[list[str]], dict[str, int]]
) -> Verified:
    """What a source gives beside what an index holds.

    sums     bucket -> how many documents are held, and the sum of their checks
    listed   buckets -> id and check of every document held in them
    """
    wanted = _wanted(source)
    odd = [bucket for bucket in sorted({*wanted, *sums}) if sums.get(bucket) != _sum(wanted.get(bucket, {}))]
    expected = {name: check for bucket in odd for name, check in wanted.get(bucket, {}).items()}
    held = listed(odd)
    return Verified(
        documents=sum(count for count, _ in sums.values()),
        missing=tuple(sorted(expected.keys() - held.keys())),
        extra=tuple(sorted(held.keys() - expected.keys())),
        stale=tuple(sorted(name for name in held.keys() & expected.keys() if held[name] != expected[name])),
    )


def _wanted(source: ChangeSource) -> _Sums:
    found: _Sums = defaultdict(dict)
    after = ""
    while ids := source.all_clusters(after, _BATCH):
        for key in chain.from_iterable(map(document_keys, source.shapes(ids))):
            found[key.bucket][key.doc_id] = key.check
        after = ids[-1]
    return found


def _sum(checks: dict[str, int]) -> tuple[int, int] | None:
    return (len(checks), sum(checks.values())) if checks else None


def _sums(searchers: list[tantivy.Searcher]) -> dict[str, tuple[int, int]]:
    """Bucket -> how many documents, and the sum of their checks."""
    sum_of = {"sum": {"sum": {"field": "check"}}}
    asked = {"buckets": {"terms": {"field": "bucket", "size": _BUCKETS, "segment_size": _BUCKETS}, "aggs": sum_of}}
    found: dict[str, tuple[int, int]] = {}
    for searcher in searchers:
        answer = searcher.aggregate(tantivy.Query.all_query(), asked)
        for bucket in answer["buckets"]["buckets"]:
            count, total = found.get(bucket["key"], (0, 0))
            found[bucket["key"]] = (count + bucket["doc_count"], total + int(bucket["sum"]["value"]))
    return found


def _listed(searchers: list[tantivy.Searcher], buckets: list[str]) -> dict[str, int]:
    """Document id -> check, of these buckets."""
    found: dict[str, int] = {}
    for searcher in searchers:
        for bucket in buckets:
            found |= checks_of(searcher, "bucket", bucket)
    return found
