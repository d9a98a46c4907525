"""The institutions that words and values of a query may name: those of what the reader may see, by their names.

Beside the name that its records bear, an institution is known by what it is called besides, such as its ISIL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from index.engine import Engine, Wanted
from index.meanings.claims import Holders, key_of
from index.query import primitives as p
from index.query.choices import MOST_NEAR
from index.query.compile import narrowing
from index.request import SearchRequest
from mappings.schema.access import Visibility

_MOST = 1_000
#: value of the facet -> what the institution is called besides the name that its records bear
OtherNames = Callable[[], Mapping[str, tuple[str, ...]]]


def no_other_names() -> Mapping[str, tuple[str, ...]]:
    """Of an exchange whose institutions have their names alone."""
    return {}


def holders_of(engine: Engine, visibility: Visibility) -> Holders:
    """Folded name -> value of the facet; of two with one name the larger."""
    everything = p.Bool(must=narrowing(SearchRequest(visibility=visibility)))
    counts = engine.kept_counts(everything, Wanted(facets=("institution",), size=_MOST)).facets["institution"]
    values = [value for value, _ in counts]
    labels, besides = engine.labels("institution", values), engine.other_names()
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(key_of(labels.get(value, value)), value)
    for value in values:
        for name in besides.get(value, ()):
            found.setdefault(key_of(name), value)
    return found


def holder_named(text: str, holders: Holders) -> str | None:
    """The institution whose value, name, ISIL or other name a text is; None where it is none that is known."""
    typed = text.strip()
    values = dict.fromkeys(holders.values())
    return next((value for value in (typed, typed.lower()) if value in values), None) or holders.get(key_of(typed))


def holders_near(text: str, holders: Holders) -> tuple[str, ...]:
    """Values of institutions that are spelt, or called, much the same."""
    spelt = {value: value for value in holders.values()} | dict(holders)
    found = (spelt[each] for each in get_close_matches(key_of(text) or text, spelt, n=MOST_NEAR))
    return tuple(dict.fromkeys(found))
