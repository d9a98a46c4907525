"""Facets whose values are few and known: what is asked for is one of them, by its value or by a name of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from mappings.schema.access import STATUS_ORDER
from mappings.schema.folding import fold
from mappings.schema.languages import language, languages
from mappings.schema.levels import LEVELS
from mappings.schema.names import kinds_named

#: DCMI Type Vocabulary
_TYPES = (
    "Text", "Image", "StillImage", "MovingImage", "Sound", "PhysicalObject", "Collection", "Dataset", "Software",
    "Event", "Service", "InteractiveResource",
)  # fmt: skip
#: facet -> all the values that it can have
CHOICES: dict[str, tuple[str, ...]] = {
    "level": LEVELS,
    "access": STATUS_ORDER,
    "type": _TYPES,
    "digital": ("online", "image"),
}
#: codes of ISO 639-3 and its like are taken as they are
_LANGUAGE_CODE = re.compile("[a-z]{3}")
#: values that are offered for one that is none
MOST_NEAR = 3
_LIKE = 0.8


def chosen(field: str, text: str) -> str | None:
    """The value of a facet that `text` is or names; `text` itself where values are not known, None where it is none."""
    if field == "language":
        return language(text) or (text.lower() if _LANGUAGE_CODE.fullmatch(text.lower()) else None)
    known = _known(field)
    value = known.get(fold(text))
    if value is None and field not in CHOICES:
        return text
    return value


def near_values(field: str, text: str) -> tuple[str, ...]:
    """Values of a facet that `text` may have meant: they, or names of them, are spelt much the same."""
    named = _named(field)
    found = (value for key in get_close_matches(fold(text), named, n=MOST_NEAR, cutoff=_LIKE) for value in named[key])
    return tuple(dict.fromkeys(found))[:MOST_NEAR]


def said_of(field: str) -> str:
    """In words, what a value of a facet is."""
    return f"one of {', '.join(CHOICES[field])}" if field in CHOICES else f"a {field}"


@cache
def _known(field: str) -> dict[str, str]:
    """Folded values and names of single values -> value."""
    return {key: values[0] for key, values in _named(field).items() if len(values) == 1}


@cache
def _named(field: str) -> dict[str, tuple[str, ...]]:
    """Folded values and names -> the values that they stand for."""
    if field == "language":
        return {
            key: (row.code,) for row in languages().values() for key in _names((row.english, row.chinese, row.code))
        }
    named = {
        fold(name): tuple(values.split(","))
        for facet, values, names, _ in kinds_named()
        if facet == field
        for name in names
    }
    return named | {fold(value): (value,) for value in CHOICES.get(field, ())}


def _names(names: Iterable[str]) -> Iterable[str]:
    return (fold(part.strip()) for name in names for part in name.split(";") if part.strip())
