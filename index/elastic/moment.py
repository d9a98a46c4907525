"""A generation of a cluster as one reader meets it (`index.engine.Engine`).

The public's moment asks the open index alone; an institution's asks both, each ranked by itself, and merges hits by
score as the embedded one does. What is seen changes only when the publisher ends a batch.
"""

from __future__ import annotations

import base64
import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from index.elastic.cluster import Cluster
from index.elastic.dialect import Json, spoken
from index.elastic.known import Known
from index.elastic.listing import PointInTime
from index.elastic.searching import Buckets, Found, Hit, displays, searched
from index.engine import Counts, Listing, Top, Wanted
from index.fields import LABEL_MARK, facet, label
from index.orders import COLUMNS, SortBy, Way, is_walked, turned
from index.query import primitives as p
from index.spelling import KnownSpellings

#: hits fetched beyond those shown, so that most ties are decided in one go
_SPARE = 80
#: values that every shard hands up where fewer might count wrongly
_ALL_VALUES = 60_000
_MOST_BARS = 20_000
_PART = f"[^{LABEL_MARK}]*"
#: characters that mean something in the engine's regular expressions
_SPECIAL = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')


class _Ranked(NamedTuple):
    #: sorts
    key: tuple[float | int | str, int]
    hit: Hit


class ElasticMoment:
    """The indices of one generation.

    route   searches of the same route are answered by the same copies; without one, searches of the same body
    """

    def __init__(
        self,
        cluster: Cluster,
        commit: str,
        indices: Sequence[str],
        known: Known,
        route: str | None = None,
        names: Callable[[], Mapping[str, tuple[str, ...]]] = dict,
    ) -> None:
        self._names = names
        self._cluster, self._commit, self._known, self._route = cluster, commit, known, route
        self._indices = tuple(indices)
        self._takes_parts, self._is_whole = False, True

    @property
    def commit(self) -> str:
        """Name of the generation and how far it has read its source."""
        return self._commit

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked of it so far came from every shard, in time."""
        return self._is_whole

    def take_parts(self) -> None:
        """From now on what some shards found in time is taken."""
        self._takes_parts = True

    def _searched(self, index: str, body: Json, *, ranked: bool) -> Found:
        found = searched(self._cluster, index, body, ranked=ranked, route=self._route, parts=self._takes_parts)
        self._is_whole &= found.is_whole
        return found

    def top(self, query: p.Primitive, sort: SortBy, offset: int, limit: int, way: Way = "on") -> Top:
        """Hits in a total order: by score to five digits or by the sort's column, then by order key."""
        asked = spoken(query)
        found = [self._ranked(index, asked, sort, offset + limit, way) for index in self._indices]
        ordered = heapq.merge(*(each for _, each in found), key=lambda ranked: ranked.key)
        shown = [ranked.hit for ranked in islice(ordered, offset, offset + limit)]
        shown = shown[::-1] if way == "back" else shown
        texts = tuple(map(base64.b64decode, displays(self._cluster, shown)))
        first, last = (_held(shown[n]) if shown and is_walked(sort) else None for n in (0, -1))
        return Top(total=sum(total for total, _ in found), displays=texts, last=last, first=first)

    def _ranked(self, index: str, query: Json, sort: SortBy, wanted: int, way: Way) -> tuple[int, list[_Ranked]]:
        """The first `wanted` hits of one index; more are fetched while equals stand on both sides of the edge."""
        size = wanted + _SPARE if wanted and sort == "relevance" else wanted
        while True:
            body = _sorted(query, sort, way) | {"size": size, "_source": False, "track_total_hits": True}
            found = self._searched(index, body, ranked=sort == "relevance")
            hits = [_Ranked(_key(hit, sort, way), hit) for hit in found.hits.hits]
            if sort != "relevance" or len(hits) < size or not wanted or hits[-1].key[0] != hits[wanted - 1].key[0]:
                return found.total, sorted(hits, key=lambda ranked: ranked.key)[:wanted]
            size *= 4

    def scan(self, query: p.Primitive) -> Listing:
        """Every hit in the order of the order key."""
        return PointInTime(self._cluster, self._indices, spoken(query))

    def count(self, query: p.Primitive) -> int:
        """How many documents match."""
        return self._counted({"query": spoken(query), "track_total_hits": True}).total

    def counts(self, query: p.Primitive, wanted: Wanted) -> Counts:
        """Values and bars of what matches."""
        asked = spoken(query)
        found = self._buckets(asked, _facets(wanted.facets, wanted.size) | _also(wanted) | _bars(wanted))
        short = [key for key in wanted.facets if found and found[facet(key)].doc_count_error_upper_bound]
        if short:
            found = {**found, **self._buckets(asked, _facets(short, _ALL_VALUES))}
        return Counts(
            facets={key: _largest(key, found, wanted) for key in wanted.facets},
            units={unit: {int(each.key): each.doc_count for each in found[unit].buckets} for unit in wanted.units},
        )

    def kept_counts(self, query: p.Primitive, wanted: Wanted) -> Counts:
        """The same as `counts`, a minute old at most."""
        return self._known.counts((query, wanted), lambda: self.counts(query, wanted), whole=lambda: self._is_whole)

    def common_words(self) -> KnownSpellings:
        """Words that stand in documents, commonest first; some minutes old at most."""
        return self._known.words(self._buckets, whole=lambda: self._is_whole)

    def other_names(self) -> Mapping[str, tuple[str, ...]]:
        """What institutions are called besides."""
        return self._names()

    def begun(self, field: str, text: str) -> p.Primitive:
        """Every word that begins so."""
        return p.Prefix(field, text)

    def labels(self, facet: str, values: Sequence[str]) -> dict[str, str]:
        """The commonest label of each value in living documents, of equals the first by spelling."""
        return self._known.labels(facet, values, self._read_labels, whole=lambda: self._is_whole)

    def _read_labels(self, key: str, values: Sequence[str]) -> dict[str, str]:
        include = f"({'|'.join(map(_literal, values))}){LABEL_MARK}.*"
        terms = {"field": label(key), "size": _ALL_VALUES, "include": include}
        spelt: dict[str, Counter[str]] = {}
        for bucket in self._buckets({"match_all": {}}, {"labels": {"terms": terms}})["labels"].buckets:
            value, _, rest = str(bucket.key).partition(LABEL_MARK)
            spelt.setdefault(value, Counter())[rest.rpartition(LABEL_MARK)[2]] += bucket.doc_count
        return {value: min(each, key=lambda text: (-each[text], text)) for value, each in spelt.items()}

    def label_counts(self, query: p.Primitive, facet: str) -> Mapping[str, int]:
        """Labels of the values of what matches."""
        found = self._buckets(spoken(query), {"found": {"terms": {"field": label(facet), "size": _ALL_VALUES}}})
        return {str(bucket.key): bucket.doc_count for bucket in found["found"].buckets}

    def values_labelled(self, query: p.Primitive, facet: str, folded: str, limit: int) -> Sequence[str]:
        """Values of what matches whose folded label holds `folded`."""
        include = f"{_PART}{LABEL_MARK}{_PART}{_literal(folded)}{_PART}{LABEL_MARK}.*"
        terms = {"field": label(facet), "size": limit, "shard_size": _ALL_VALUES, "include": include}
        found = self._buckets(spoken(query), {"found": {"terms": terms}})["found"]
        return list(dict.fromkeys(str(bucket.key).partition(LABEL_MARK)[0] for bucket in found.buckets))

    def _buckets(self, query: Json, wanted: Json) -> Mapping[str, Buckets]:
        if not wanted:
            return {}
        return self._counted({"query": query, "aggs": wanted, "track_total_hits": False}).aggregations

    def _counted(self, body: Json) -> Found:
        return self._searched(",".join(self._indices), {"size": 0} | body, ranked=False)


def _sorted(query: Json, sort: SortBy, way: Way) -> Json:
    if sort == "relevance":
        lifted = {"field_value_factor": {"field": "static"}, "query": query, "boost_mode": "multiply"}
        return {
            "query": {"function_score": lifted},
            "sort": [{"_score": "desc"}, {"order_key": "asc"}],
            "track_scores": True,
        }
    column, direction = COLUMNS[sort]
    return {"query": query, "sort": [{column: turned(direction, way)}, {"order_key": turned("asc", way)}]}


def _key(hit: Hit, sort: SortBy, way: Way) -> tuple[float | int | str, int]:
    """What sorts ascending: a score to five digits and latest days turned round."""
    first, order_key = hit.sort
    if sort == "relevance":
        return -float(f"{first:.5g}"), int(order_key)
    value = -int(first) if turned(COLUMNS[sort][1], way) == "desc" else first
    return value, -int(order_key) if way == "back" else int(order_key)


def _held(hit: Hit) -> tuple[int, int]:
    """What the order's column and the order key of a hit hold."""
    value, order_key = hit.sort
    return int(value), int(order_key)


def _facets(keys: Iterable[str], size: int) -> Json:
    return {facet(key): _terms(facet(key), size) for key in keys}


def _terms(field: str, size: int) -> Json:
    order = [{"_count": "desc"}, {"_key": "asc"}]
    return {"terms": {"field": field, "size": max(1, size), "shard_size": 10 * size + 100, "order": order}}


def _also(wanted: Wanted) -> Json:
    values: dict[str, list[str]] = {}
    for key, value in wanted.also:
        values.setdefault(key, []).append(value)
    return {
        _also_name(key): {"terms": {"field": facet(key), "size": len(each), "include": each}}
        for key, each in values.items()
    }


def _also_name(key: str) -> str:
    return f"also.{key}"


def _bars(wanted: Wanted) -> Json:
    return {unit: {"terms": {"field": unit, "size": _MOST_BARS}} for unit in wanted.units}


def _largest(key: str, found: Mapping[str, Buckets], wanted: Wanted) -> tuple[tuple[str, int], ...]:
    shown = {str(each.key): each.doc_count for each in found[facet(key)].buckets[: wanted.size]}
    counted = found.get(_also_name(key))
    also = {str(each.key): each.doc_count for each in counted.buckets} if counted else {}
    chosen = [value for each, value in wanted.also if each == key]
    return (*shown.items(), *((value, also.get(value, 0)) for value in chosen if value not in shown))


def _literal(text: str) -> str:
    return _SPECIAL.sub(lambda found: "\\" + found.group(), text)
