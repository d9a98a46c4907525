"""The institutions that words of a query may name: those of what the reader may see, by their names."""

from __future__ import annotations

from index.engine import Engine, Wanted
from index.meanings.claims import Holders, key_of
from index.query import primitives as p
from index.query.compile import narrowing
from index.request import SearchRequest
from mappings.schema.access import Visibility

_MOST = 1_000


def holders_of(engine: Engine, visibility: Visibility) -> Holders:
    """Folded name -> value of the facet; of two with one name the larger."""
    everything = p.Bool(must=narrowing(SearchRequest(visibility=visibility)))
    counts = engine.kept_counts(everything, Wanted(facets=("institution",), size=_MOST)).facets["institution"]
    labels = engine.labels("institution", [value for value, _ in counts])
    found: dict[str, str] = {}
    for value, label in labels.items():
        found.setdefault(key_of(label), value)
    return found
