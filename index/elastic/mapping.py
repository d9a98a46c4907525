"""The field table as an index of Elasticsearch.

Text comes analysed and is split at white space alone. Values of look-ups and facets beyond `_LONGEST` characters are
kept out of the index, as a token of that size could not be kept. `spelling.*` holds the words of the columns that are
offered for misspelt ones: text fields cannot be listed.
"""

from __future__ import annotations

from index.elastic.settings import ElasticSettings
from index.fields import FACETS, INTEGERS, LOOKUPS, ROW_OF, TEXT_COLUMNS
from index.spelling import COLUMNS

#: a token has at most 32,766 bytes
_LONGEST = 8_000
#: facets that a page of results shows: their values are numbered when writes become visible, not when somebody searches
_EAGER = frozenset({"institution", "type", "level", "language", "creator", "subject", "place", "access", "digital"})
#: a delete is remembered so long: an older write that arrives late brings nothing back
_DELETES_KEPT = "1h"

_Json = dict[str, object]


def index_body(settings: ElasticSettings, aliases: tuple[str, ...]) -> _Json:
    """What an index is made with; it is filled without copies, which come when it is whole."""
    index = {
        "number_of_shards": settings.shards,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "gc_deletes": _DELETES_KEPT,
        "max_result_window": 65_000,
        "max_terms_count": 65_000,
    }
    return {"settings": {"index": index}, "mappings": mapping(), "aliases": {name: {} for name in aliases}}


def mapping() -> _Json:
    """Every field; another one is refused."""
    fields: _Json = {
        **{column: {"properties": {"exact": _text("positions"), "stem": _text("freqs")}} for column in TEXT_COLUMNS},
        **{lookup: _keyword() for lookup in LOOKUPS},
        "facet": {"properties": {key: _keyword(eager=key in _EAGER) for key in (*FACETS, *ROW_OF.values())}},
        "label": {"properties": {key: _keyword() for key in FACETS}},
        "spelling": {"properties": {column: _keyword() for column in COLUMNS}},
        **{number: {"type": "long"} for number in INTEGERS},
        "static": {"type": "double"},
        "display": {"type": "object", "enabled": False},
    }
    return {"dynamic": "strict", "_source": {"includes": ["display"]}, "properties": fields}


def _text(options: str) -> _Json:
    return {"type": "text", "analyzer": "whitespace", "index_options": options}


def _keyword(*, eager: bool = False) -> _Json:
    kind: _Json = {"type": "keyword", "ignore_above": _LONGEST}
    return kind | {"eager_global_ordinals": True} if eager else kind
