"""What a generation of the embedded index holds, as far as it has to be proved."""

from __future__ import annotations

from collections.abc import Collection

import tantivy

from index.embedded.reader import guarded
from index.embedded.schema import opened, schema
from index.generations import PARTS, Generation, Part


class HeldGeneration:
    """One generation (`index.proving.Held`)."""

    def __init__(self, generation: Generation) -> None:
        self._searchers: dict[Part, tantivy.Searcher] = {
            part: guarded(opened, generation.part(part)).searcher() for part in PARTS
        }

    def public_things(self) -> int:
        """How many clusters everybody can find."""
        query = tantivy.Query.term_query(schema(), "shown_as", "merged")
        found = guarded(self._searchers["open"].aggregate, query, {"things": {"value_count": {"field": "check"}}})
        return int(found["things"]["value"])

    def checks(self, cluster_ids: Collection[str]) -> dict[str, int]:
        """Document id -> check of every document of these clusters."""
        found: dict[str, int] = {}
        for searcher in self._searchers.values():
            for cluster_id in cluster_ids:
                found |= guarded(checks_of, searcher, "cluster_id", cluster_id)
        return found


def checks_of(searcher: tantivy.Searcher, field: str, value: str) -> dict[str, int]:
    """Document id -> check of every document with this value in a look-up."""
    query = tantivy.Query.term_query(schema(), field, value)
    hits = [address for _, address in searcher.search(query, limit=max(1, searcher.num_docs)).hits]
    checks = searcher.fast_field_values("check", hits)
    return {
        str(searcher.doc(address).get_first("doc_id")): int(check or 0)
        for address, check in zip(hits, checks, strict=True)
    }
