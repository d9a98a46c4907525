"""Clusters as the contract's tests want them."""

from __future__ import annotations

from index.ports import SearchBackend
from index.request import SearchRequest
from index.results import SearchAnswer
from mappings.schema.access import EVERYONE, Visibility
from mappings.schema.record import CatalogueRecord
from mappings.schema.unified import UnifiedRecord
from tests import factories

HOLDER = "institution:riverside"
#: of somebody who acts for the holder
INSIDE = Visibility(tokens=("public", HOLDER))


def record(title: str, *, native_id: str | None = None, **fields: object) -> CatalogueRecord:
    """A record of that title, with an id after it."""
    return factories.catalogue_record(native_id=native_id or f"oai:x:{title}", title=factories.title(title), **fields)


def thing(title: str, *, audience: str = "public", native_id: str | None = None, **fields: object) -> UnifiedRecord:
    """A cluster of one record of that title, as an audience sees it."""
    return factories.unified_record(record(title, native_id=native_id, **fields), audience=audience)


def ask(text: str = "", *, visibility: Visibility = EVERYONE, **fields: object) -> SearchRequest:
    """A request; the public's where nothing else is said."""
    return SearchRequest(visibility=visibility, text=text, **fields)  # type: ignore[arg-type]


def titles(search: SearchBackend, text: str = "", **fields: object) -> list[str]:
    """Titles of the hits, in their order."""
    return [hit.title for hit in search.search(ask(text, **fields)).hits]  # type: ignore[arg-type]


def values(answer: SearchAnswer, facet: str) -> dict[str, int]:
    """Counted values of a facet."""
    return {each.value: each.count for each in answer.facets[facet]}
