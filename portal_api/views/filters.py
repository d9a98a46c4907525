"""What narrows a search beside its words, as an address states it: choices of facets, exclusions, identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

import msgspec

from index.facets import COUNTED
from index.meanings.claims import Holders
from index.request import FacetFilter
from index.valued import value_of

T = TypeVar("T", bound=msgspec.Struct)

#: facets of the results page, in its order
SHOWN_FACETS = ("institution", "type", "level", "language", "creator", "subject", "place", "digital", "access")
#: facets that programs may have counted besides; `century` is the histogram's for people
MORE_FACETS = ("department", "rights", "fonds", "century")
API_FACETS = SHOWN_FACETS + MORE_FACETS
#: every facet that an address may choose from; a work is opened from its row
CHOSEN_FACETS = tuple(facet for facet in (*API_FACETS, "work") if facet in COUNTED)
#: filter -> the field of the parameters that holds it, where they are not called alike
_FIELDS = {"identifier": "ids", "ancestors": "in_"}


class Narrowed(Protocol):
    """Parameters that narrow a search; their other fields are named by `field_of`."""

    @property
    def online(self) -> bool | None:
        """Only what can be seen online, or only what cannot."""


def field_of(facet: str, *, excluded: bool = False) -> str:
    """The field of the parameters that holds what is chosen, or excluded, of a facet."""
    return f"not_{facet}" if excluded else _FIELDS.get(facet, facet)


def parameter_of(facet: str, *, excluded: bool = False) -> str:
    """The name of that field in an address."""
    return f"not.{facet}" if excluded else field_of(facet).removesuffix("_")


def filters_of(parameters: Narrowed) -> tuple[FacetFilter, ...]:
    """The filters of the question to the index; what is chosen of a facet is alternatives."""
    return tuple(_filters(parameters))


def _filters(parameters: Narrowed) -> Iterator[FacetFilter]:
    for facet in CHOSEN_FACETS:
        if values := _values(parameters, field_of(facet)):
            yield FacetFilter(facet=facet, values=values)
        if values := _values(parameters, field_of(facet, excluded=True)):
            yield FacetFilter(facet=facet, values=values, mode="none")
    if parameters.online is not None:
        yield FacetFilter(facet="digital", values=("online",), mode="any" if parameters.online else "none")
    if above := _values(parameters, "in_"):
        yield FacetFilter(facet="ancestors", values=above)
    if named := identifiers(_values(parameters, "ids")):
        yield FacetFilter(facet="identifier", values=named)


def _values(parameters: Narrowed, field: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(getattr(parameters, field)))


def identifiers(stated: tuple[str, ...]) -> tuple[str, ...]:
    """Identifiers, each by itself or several parted by commas."""
    parted = (part.strip() for each in stated for part in each.split(","))
    return tuple(dict.fromkeys(part for part in parted if part))


def by_value(parameters: T, holders: Holders) -> T:
    """The parameters with what they choose as the index has it: holders by any of their names."""
    changed = {}
    for facet in CHOSEN_FACETS:
        for field in (field_of(facet), field_of(facet, excluded=True)):
            stated = getattr(parameters, field)
            values = tuple(dict.fromkeys(value_of(facet, value, holders) or value for value in stated))
            if values != stated:
                changed[field] = values
    return msgspec.structs.replace(parameters, **changed) if changed else parameters


def chosen_facets(parameters: Narrowed) -> tuple[str, ...]:
    """Facets of which something is chosen or excluded."""
    named = ((facet, field_of(facet, excluded=excluded)) for facet in CHOSEN_FACETS for excluded in (False, True))
    return tuple(dict.fromkeys(facet for facet, field in named if getattr(parameters, field)))


def without(facet: str) -> dict[str, object]:
    """Changes of the parameters that take everything off that narrows by a facet."""
    if facet in _FIELDS:
        return {_FIELDS[facet]: ()}
    off: dict[str, object] = {facet: (), field_of(facet, excluded=True): ()}
    return off | {"online": None} if facet == "digital" else off
