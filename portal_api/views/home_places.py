"""Places as ways in: what catalogues call by several names is one place, called as the page's language calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlencode

import msgspec

from index.meanings.names import names_of_place
from index.results import FacetCount
from mappings.schema.folding import is_han

#: how a city is called in full
_FULL = ("市", " Shi")


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """A place that things are about or from."""

    #: language of a page -> name; of a place that the tables do not know as catalogues write it
    names: Mapping[str, str]
    #: of the facet
    values: tuple[str, ...]
    #: things that have any of them
    count: int

    @property
    def address(self) -> str:
        """The search for it."""
        return "/search?" + urlencode([("q", "*"), *(("place", value) for value in self.values)])


def places_of(
    counted: Sequence[FacetCount], count_of: Callable[[tuple[str, ...]], int], most: int
) -> tuple[PlaceView, ...]:
    """The places with most things, largest first.

    counted    values of the facet, largest first
    count_of   how many things have any of several values
    """
    gathered: dict[tuple[str, ...], list[FacetCount]] = {}
    for value in counted:
        gathered.setdefault(_known(value.label) or (value.label,), []).append(value)
    largest = sorted(gathered.items(), key=lambda each: -sum(value.count for value in each[1]))[:most]
    places = [_place(names, values, count_of) for names, values in largest]
    return tuple(sorted(places, key=lambda each: -each.count))


def _known(label: str) -> tuple[str, ...]:
    shorter = (label.removesuffix(ending) for ending in _FULL if label.endswith(ending))
    return next(filter(None, map(names_of_place, (label, *shorter))), ())


def _place(
    names: tuple[str, ...], values: Sequence[FacetCount], count_of: Callable[[tuple[str, ...]], int]
) -> PlaceView:
    chosen = tuple(value.value for value in values)
    count = values[0].count if len(values) == 1 else count_of(chosen)
    english, chinese = _first(names, han=False), _first(names, han=True)
    return PlaceView(names={"en": english, "zh-Hans": chinese}, values=chosen, count=count)


def _first(names: Iterable[str], *, han: bool) -> str:
    """The first name in the one script, else the first."""
    several = tuple(names)
    return next((name for name in several if is_han(name[0]) == han), several[0])
