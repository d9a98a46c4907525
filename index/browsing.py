"""The values of a facet in the order of their labels, from a word on: for SRU's scan and lists from A to Z."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from index.engine import Engine, Wanted
from index.fields import LABEL_MARK
from index.query import primitives as p
from index.query.compile import narrowing
from index.request import SearchRequest
from mappings.schema.access import Visibility
from mappings.schema.folding import words

#: values of a facet that are put in order: the commonest
MOST_VALUES = 65_000


class BrowsedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a facet."""

    value: str
    label: str
    #: things that have it, as the reader may see them
    count: int


class Browsed(msgspec.Struct, frozen=True, kw_only=True):
    """Values side by side."""

    values: tuple[BrowsedValue, ...]
    #: nothing stands before, or behind
    is_first: bool
    is_last: bool
    #: False where a part of the index did not answer: there may be more values, and counts may be too low
    is_whole: bool = True


def browse(engine: Engine, visibility: Visibility, facet: str, start: str, *, before: int, limit: int) -> Browsed:
    """`limit` values from `start` on, a text, with `before` of them standing before it."""
    engine.take_parts()
    ordered = _ordered(engine, visibility, facet)
    place = bisect_left(ordered, (" ".join(words(start)), ""), key=lambda each: each[:2]) - before
    shown = ordered[max(place, 0) : max(place + limit, 0)]
    values = tuple(BrowsedValue(value=value, label=label, count=count) for _, value, label, count in shown)
    return Browsed(values=values, is_first=place <= 0, is_last=place + limit >= len(ordered), is_whole=engine.is_whole)


def _ordered(engine: Engine, visibility: Visibility, facet: str) -> list[tuple[str, str, str, int]]:
    """Folded label, value, label and count of every value; of several labels the commonest."""
    visible = p.Bool(must=narrowing(SearchRequest(visibility=visibility)))
    counts = dict(engine.kept_counts(visible, Wanted(facets=(facet,), size=MOST_VALUES)).facets[facet])
    spelt: dict[str, tuple[int, str]] = {}
    for term, count in sorted(engine.label_counts(visible, facet).items()):
        value, _, rest = term.partition(LABEL_MARK)
        spelt[value] = max(spelt.get(value, (0, "")), (count, rest.rpartition(LABEL_MARK)[2]), key=lambda each: each[0])
    labels = {value: spelt[value][1] if value in spelt else value for value in counts}
    return sorted((" ".join(words(labels[value])), value, labels[value], count) for value, count in counts.items())
