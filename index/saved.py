"""Searches that are kept: each is run over the newest things as they come in, in memory, whatever the engine outside.

Nothing is scored; a search finds here what it finds in the index, which a test holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from index.batch import Batch
from index.conditions import Condition, condition
from index.documents import documents
from index.errors import QueryInvalid
from index.meanings.claims import NO_SOUNDS, Holders, Sounds
from index.query import primitives as p
from index.query.budget import afforded
from index.query.compile import dated, narrowing
from index.query.limits import check_tree
from index.query.model import Dates, QueryNode
from index.request import FacetFilter, SearchRequest
from index.understanding import understand
from index.valued import settled
from mappings.schema.access import Visibility
from mappings.schema.unified import UnifiedRecord

_KEPT = 20_000


class SavedQuery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a kept search asks, as it was understood when it was kept."""

    tree: QueryNode
    filters: tuple[FacetFilter, ...] = ()
    dates: Dates | None = None


_DECODER = msgspec.json.Decoder(SavedQuery)


def kept(request: SearchRequest, holders: Holders, sounds: Sounds = NO_SOUNDS) -> SavedQuery:
    """The query of a request, what its words mean included; raises QueryInvalid where any of it has to be guessed.

    A page says what it read otherwise than written, and the reader sees it; a kept search runs while nobody looks. So
    it is read strictly first (chapter, 3).
    """
    understand(msgspec.structs.replace(request, syntax="strict"))
    asking = understand(msgspec.structs.replace(request, syntax="lenient"), lambda: holders, lambda *_: sounds)
    for notice in asking.notices:
        if notice.code == "value_unknown":
            raise QueryInvalid(notice.position, f"a value of {notice.field}", notice.value, code="value_unknown")
        raise QueryInvalid(0, "the earlier date first", f"{request.date_from}..{request.date_to}", code="date_swapped")
    try:
        check_tree(asking.meant)
        tree = asking.meant
    except QueryInvalid:
        tree = asking.tree  # with all it may mean it is larger than a query may be
    return SavedQuery(tree=tree, filters=settled(request, holders).filters, dates=asking.dates)


def written(query: SavedQuery) -> str:
    """The query as JSON."""
    return msgspec.json.encode(query).decode()


def read(text: str) -> SavedQuery:
    """The query that `written` wrote; raises QueryInvalid where this version cannot read it."""
    try:
        found = _DECODER.decode(text)
    except msgspec.MsgspecError as error:
        raise QueryInvalid(0, "a kept search of this version", str(error)) from error
    check_tree(found.tree)
    return found


class Newest:
    """Things that came in, ready to be searched."""

    def __init__(self, records: Iterable[UnifiedRecord]) -> None:
        self._batch = Batch(documents(list(records)))

    def found(self, query: SavedQuery, visibility: Visibility) -> frozenset[str]:
        """The clusters among them that a reader finds."""
        return self._batch.clusters(_asked(query, visibility))


@lru_cache(maxsize=_KEPT)
def _asked(query: SavedQuery, visibility: Visibility) -> Condition:
    narrowed = narrowing(SearchRequest(visibility=visibility, filters=query.filters))
    if query.dates is not None:
        narrowed += (p.filtered(dated(query.dates)),)
    return condition(p.Bool(must=(afforded(query.tree).primitive, *narrowed)))


def matches(newest: Newest, searches: Mapping[str, tuple[SavedQuery, Visibility]]) -> dict[str, frozenset[str]]:
    """Key of a search -> clusters that it finds; those that find nothing are left out."""
    found = {key: newest.found(query, visibility) for key, (query, visibility) in searches.items()}
    return {key: clusters for key, clusters in found.items() if clusters}
