"""One moment of the embedded index: its searchers, asked together (`index.engine.Engine`).

The public's moment holds the open index alone; an institution's holds the open and the closed one, whose hits are
merged by score and whose counts are added.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import merge, nsmallest
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

from tantivy import DocAddress, Order, Query, Searcher

from index.embedded.dialect import spoken
from index.embedded.known_words import KnownWords
from index.embedded.listing import HeldListing
from index.embedded.reader import guarded
from index.embedded.schema import schema
from index.engine import Counts, Listing, Top, Wanted
from index.fields import LABEL_MARK, facet, label
from index.orders import COLUMNS, Direction, SortBy, Way, is_walked, turned
from index.query.budget import count
from index.query.primitives import Nothing, Prefix, Primitive, Terms
from index.spelling import KnownSpellings

#: scored hits are over-fetched to this many, so that most ties are decided in one go; columns have few
_AT_LEAST, _BEYOND = 100, 4
#: values that each part of an index hands up: fewer would count wrongly
SEGMENT_SIZE = 65_000
_KEPT, _KEPT_PRIMITIVES = 1_000, 250
#: words that a beginning stands for
_BEGUN = 24
_PART = f"[^{LABEL_MARK}]*"
#: values fetched beyond those shown, so that equals at the cut are seen
_SPARE = 80
_WAYS: dict[Direction, Order] = {"asc": Order.Asc, "desc": Order.Desc}


class _Hit(NamedTuple):
    #: sorts
    key: tuple[float | int | str, int]
    searcher: int
    address: DocAddress


class Moment:
    """Searchers over one commit."""

    def __init__(
        self,
        commit: str,
        searchers: Sequence[Searcher],
        spelling: KnownWords,
        names: Callable[[], Mapping[str, tuple[str, ...]]] = dict,
    ) -> None:
        self._commit, self._names = commit, names
        self._searchers = tuple(searchers)
        self._lock = Lock()
        self._counted: dict[tuple[Primitive, Wanted], Counts] = {}
        self._spelling = spelling
        self._labels: dict[tuple[str, str], str] = {}

    @property
    def commit(self) -> str:
        """Name of the generation and its commit."""
        return self._commit

    @property
    def is_whole(self) -> bool:
        """Always: all of it lies in this process."""
        return True

    def take_parts(self) -> None:
        """Nothing changes: there are no parts that could be away."""

    def top(self, query: Primitive, sort: SortBy, offset: int, limit: int, way: Way = "on") -> Top:
        """Hits in a total order: by score to five digits or by the sort's column, then by order key."""
        asked = spoken(query)
        found = [guarded(self._ranked, n, asked, sort, offset + limit, way) for n in range(len(self._searchers))]
        hits = merge(*(each for _, each in found), key=lambda hit: hit.key)
        shown = list(islice(hits, offset, offset + limit))
        shown = shown[::-1] if way == "back" else shown
        displays = tuple(guarded(self._display, hit) for hit in shown)
        first, last = (_held(shown[n].key, sort, way) if shown and is_walked(sort) else None for n in (0, -1))
        return Top(total=sum(each for each, _ in found), displays=displays, last=last, first=first)

    def _display(self, hit: _Hit) -> bytes:
        display: bytes = self._searchers[hit.searcher].doc(hit.address).get_first("display") or b""
        return display

    def _ranked(self, number: int, query: Query, sort: SortBy, wanted: int, way: Way) -> tuple[int, list[_Hit]]:
        """The first `wanted` hits of one index; more are fetched while equals stand on both sides of the edge."""
        searcher = self._searchers[number]
        limit = max(wanted, _AT_LEAST) if sort == "relevance" else wanted + _BEYOND

        def rank(hit: tuple[float | int | str, DocAddress]) -> float | int | str:
            return _rank(hit[0], sort, way)

        while True:
            found = _searched(searcher, query, sort, limit, way)
            # made anew each time that it is asked for
            hits = found.hits
            first = hits[:wanted]
            if len(hits) < limit or not first or rank(hits[-1]) != rank(first[-1]):
                break
            limit *= 4
        if not first:
            return int(found.count or 0), []
        edge = rank(first[-1])
        ahead, behind = bisect_left(first, edge, key=rank), bisect_right(hits, edge, key=rank)
        addresses = [address for _, address in hits[:behind]]
        sign = -1 if way == "back" else 1
        keys = [sign * int(key or 0) for key in searcher.fast_field_values("order_key", addresses)]
        # of thousands of equals those few are chosen without an object for each
        equals = nsmallest(wanted - ahead, range(ahead, behind), key=keys.__getitem__)
        chosen = [_Hit((rank(hits[n]), keys[n]), number, addresses[n]) for n in (*range(ahead), *equals)]
        return int(found.count or 0), sorted(chosen, key=lambda hit: hit.key)

    def scan(self, query: Primitive) -> Listing:
        """Every hit in the order of the order key."""
        return HeldListing(self, query)

    def count(self, query: Primitive) -> int:
        """How many documents match."""
        asked = spoken(query)
        return sum(guarded(_count, each, asked) for each in self._searchers)

    def counts(self, query: Primitive, wanted: Wanted) -> Counts:
        """Values and bars of what matches; kept as long as the moment."""
        if (query, wanted) in self._counted:
            return self._counted[query, wanted]
        counts = _Counting(self._searchers, spoken(query), wanted).counts()
        if count(query) > _KEPT_PRIMITIVES:
            return counts
        with self._lock:
            if len(self._counted) >= _KEPT:
                self._counted.clear()
            self._counted[query, wanted] = counts
        return counts

    def kept_counts(self, query: Primitive, wanted: Wanted) -> Counts:
        """The same: what was counted is kept already."""
        return self.counts(query, wanted)

    def common_words(self) -> KnownSpellings:
        """Words that stand in documents, commonest first; some minutes old at most."""
        return self._spelling.words(self._searchers)

    def other_names(self) -> Mapping[str, tuple[str, ...]]:
        """What institutions are called besides."""
        return self._names()

    def begun(self, field: str, text: str) -> Primitive:
        """The commonest words that begin so, looked up in the dictionary of terms: an automaton costs milliseconds.

        Whoever may see some of what is closed gets every word, so that others' closed words crowd none out.
        """
        if len(self._searchers) > 1:
            return Prefix(field, text)
        found: Counter[str] = Counter()
        for searcher in self._searchers:
            found.update(dict(guarded(searcher.terms_with_prefix, field, text, limit=_BEGUN)))
        return Terms(field, tuple(word for word, _ in found.most_common(_BEGUN))) if found else Nothing()

    def labels(self, facet: str, values: Sequence[str]) -> dict[str, str]:
        """The commonest label of each value in living documents, of equals the first by spelling."""
        found = {value: self._label(facet, value) for value in values}
        return {value: spelt for value, spelt in found.items() if spelt}

    def _label(self, key: str, value: str) -> str:
        if (key, value) not in self._labels:
            start = value + LABEL_MARK
            spelt: Counter[str] = Counter()
            for searcher in self._searchers:
                for term, count in guarded(_living_terms, searcher, label(key), start):
                    spelt[term.rpartition(LABEL_MARK)[2]] += count
            self._labels[key, value] = min(spelt, key=lambda each: (-spelt[each], each), default="")
        return self._labels[key, value]

    def label_counts(self, query: Primitive, facet: str) -> Mapping[str, int]:
        """Labels of the values of what matches."""
        asked, request = spoken(query), {"found": _terms(label(facet), SEGMENT_SIZE)}
        found: Counter[str] = Counter()
        for searcher in self._searchers:
            for bucket in guarded(searcher.aggregate, asked, request)["found"]["buckets"]:
                found[str(bucket["key"])] += bucket["doc_count"]
        return found

    def values_labelled(self, query: Primitive, facet: str, folded: str, limit: int) -> Sequence[str]:
        """Values of what matches whose folded label holds `folded`."""
        asked = spoken(query)
        terms = {
            "field": label(facet),
            "size": limit,
            "include": f"{_PART}{LABEL_MARK}{_PART}{re.escape(folded)}{_PART}{LABEL_MARK}.*",
        }
        found = [guarded(each.aggregate, asked, {"found": {"terms": terms}}) for each in self._searchers]
        keys = [str(bucket["key"]).partition(LABEL_MARK)[0] for each in found for bucket in each["found"]["buckets"]]
        return list(dict.fromkeys(keys))


def _count(searcher: Searcher, query: Query) -> int:
    # the type stub lacks `count`
    found: Any = searcher.search(query, 1)
    return int(found.count or 0)


def _living_terms(searcher: Searcher, field: str, start: str) -> list[tuple[str, int]]:
    return [
        (term, count)
        for term, _ in searcher.terms_with_prefix(field, start)
        if (count := _count(searcher, Query.term_query(schema(), field, term, "basic")))
    ]


def _searched(searcher: Searcher, query: Query, sort: SortBy, limit: int, way: Way) -> Any:
    if sort == "relevance":
        return searcher.search(query, limit, weight_by_field="static")
    column, direction = COLUMNS[sort]
    return searcher.search(query, limit, order_by_field=column, order=_WAYS[turned(direction, way)])


def _rank(value: float | int | str, sort: SortBy, way: Way) -> float | int | str:
    """What sorts ascending: a score to five digits and latest days turned round."""
    if sort == "relevance":
        return -float(f"{value:.5g}")
    return -int(value) if turned(COLUMNS[sort][1], way) == "desc" else value


def _held(key: tuple[float | int | str, int], sort: SortBy, way: Way) -> tuple[int, int]:
    """What the column and the order key of a hit hold, from what sorted it."""
    value, order_key = int(key[0]), key[1]
    return (-value if turned(COLUMNS[sort][1], way) == "desc" else value), abs(order_key)


class _Counting:
    """One round of counting over every searcher."""

    def __init__(self, searchers: Sequence[Searcher], query: Query, wanted: Wanted) -> None:
        self._searchers, self._query, self._wanted = searchers, query, wanted

    def counts(self) -> Counts:
        wanted = self._wanted
        size = wanted.size + _SPARE if len(self._searchers) == 1 else SEGMENT_SIZE
        found = self._asked(self._request(wanted.facets, size) | self._also() | self._units())
        short = [key for key in wanted.facets if _cut_among_equals(found[facet(key)], wanted.size, size)]
        if short:
            found |= self._asked(self._request(short, SEGMENT_SIZE))
        return Counts(
            facets={key: self._largest(key, found) for key in wanted.facets},
            units={unit: {int(bar): count for bar, count in found[unit].items()} for unit in wanted.units},
        )

    def _request(self, facets: Iterable[str], size: int) -> dict[str, object]:
        return {facet(key): _terms(facet(key), size) for key in facets}

    def _also(self) -> dict[str, object]:
        values: dict[str, list[str]] = {}
        for key, value in self._wanted.also:
            values.setdefault(key, []).append(value)
        return {_also_name(key): _terms(facet(key), len(each), each) for key, each in values.items()}

    def _units(self) -> dict[str, object]:
        return {unit: _terms(unit, SEGMENT_SIZE) for unit in self._wanted.units}

    def _asked(self, request: dict[str, object]) -> dict[str, Counter[str | int]]:
        totals: dict[str, Counter[str | int]] = {name: Counter() for name in request}
        for searcher in self._searchers if request else ():
            answer = guarded(searcher.aggregate, self._query, request)
            for name, each in answer.items():
                for bucket in each["buckets"]:
                    totals[name][bucket["key"]] += bucket["doc_count"]
        return totals

    def _largest(self, key: str, found: dict[str, Counter[str | int]]) -> tuple[tuple[str, int], ...]:
        ordered = sorted(found[facet(key)].items(), key=lambda each: (-each[1], each[0]))
        shown = {str(value): count for value, count in ordered[: self._wanted.size]}
        also: Mapping[str | int, int] = found.get(_also_name(key), {})
        wanted = [value for each, value in self._wanted.also if each == key]
        return (*shown.items(), *((value, also.get(value, 0)) for value in wanted if value not in shown))


def _also_name(key: str) -> str:
    return f"also.{key}"


def _terms(field: str, size: int, include: list[str] | None = None) -> dict[str, object]:
    terms: dict[str, object] = {"field": field, "size": size, "segment_size": max(size, SEGMENT_SIZE)}
    return {"terms": terms | ({"include": include} if include else {})}


def _cut_among_equals(buckets: Counter[str | int], wanted: int, size: int) -> bool:
    """Whether values with the same count may stand on both sides of the cut."""
    if len(buckets) < size or size >= SEGMENT_SIZE:
        return False
    counts = sorted(buckets.values(), reverse=True)
    return counts[-1] == counts[wanted - 1]
