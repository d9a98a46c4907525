"""What a backend's engine does: it puts hits in order and counts. Everything else is the same above all engines.

Queries come as primitives that hold the reader's visibility already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from index.orders import SortBy, Way
from index.query.primitives import Primitive
from index.results import HistogramUnit
from index.spelling import KnownSpellings


class Top(msgspec.Struct, frozen=True, kw_only=True):
    """Hits in order, and how many there are in all."""

    total: int
    #: `index.display` of each
    displays: tuple[bytes, ...]
    #: of the last one what the order's column holds, where that is a whole number, and its order key
    last: tuple[int, int] | None = None
    #: the same of the first one
    first: tuple[int, int] | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be counted over one query."""

    facets: tuple[str, ...] = ()
    #: values of each facet, largest first, ties by key
    size: int = 20
    #: values that are counted whatever their rank: (facet, value)
    also: tuple[tuple[str, str], ...] = ()
    #: bars of these units
    units: tuple[HistogramUnit, ...] = ()


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted."""

    #: facet -> (value, count), largest first; those of `also` behind
    facets: dict[str, tuple[tuple[str, int], ...]] = {}
    #: unit -> number of the bar -> count
    units: dict[HistogramUnit, dict[int, int]] = {}


class Listing(Protocol):
    """Every hit of a query at one moment, in the order of the order key; holds that moment until it is closed."""

    #: hits in all
    total: int

    def page(self) -> Sequence[bytes]:
        """`index.display` of the next hits, some thousand at most; empty behind the last."""

    def close(self) -> None:
        """Lets the moment go."""


class Engine(Protocol):
    """One moment of an index: several calls see the same documents."""

    @property
    def commit(self) -> str:
        """Name of that moment."""

    @property
    def is_whole(self) -> bool:
        """Whether all that was asked of it so far came from every part of the index, in time."""

    def take_parts(self) -> None:
        """From now on an answer of some parts of the index is taken; before, it is BackendUnavailable."""

    def top(self, query: Primitive, sort: SortBy, offset: int, limit: int, way: Way = "on") -> Top:
        """`limit` hits from `offset` on, in an order that is total and the same as long as the moment.

        way   `back` counts from the end of an order that is walked; the hits stand in its order all the same
        """

    def scan(self, query: Primitive) -> Listing:
        """Every hit, for lists that are taken away."""

    def count(self, query: Primitive) -> int:
        """How many documents match."""

    def counts(self, query: Primitive, wanted: Wanted) -> Counts:
        """Values and bars of what matches."""

    def kept_counts(self, query: Primitive, wanted: Wanted) -> Counts:
        """The same as `counts`, a minute old at most."""

    def common_words(self) -> KnownSpellings:
        """Folded words of titles, names, subjects and places, commonest first; they prove nothing by themselves."""

    def other_names(self) -> Mapping[str, tuple[str, ...]]:
        """Value of an institution -> what it is called besides the name that its records bear."""

    def begun(self, field: str, text: str) -> Primitive:
        """What finds the field's words that begin so; of very many an engine may leave out the rarest."""

    def labels(self, facet: str, values: Sequence[str]) -> dict[str, str]:
        """The label of each value that has one."""

    def label_counts(self, query: Primitive, facet: str) -> Mapping[str, int]:
        """What `index.fields.with_label` wrote of the values of what matches, counted; the commonest of very many."""

    def values_labelled(self, query: Primitive, facet: str, folded: str, limit: int) -> Sequence[str]:
        """Values of what matches whose folded label holds `folded`."""
