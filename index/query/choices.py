"""Facets whose values are few and known: what is asked for is one of them, by its value or by a name of it."""

from __future__ import annotations

from functools import cache

from mappings.schema.access import STATUS_ORDER
from mappings.schema.folding import fold
from mappings.schema.levels import LEVELS
from mappings.schema.names import kinds_named

#: facet -> all the values that it can have
CHOICES: dict[str, tuple[str, ...]] = {"level": LEVELS, "access": STATUS_ORDER}


def chosen(field: str, text: str) -> str | None:
    """The value of a facet that `text` is or names; `text` itself where values are not known, None where it is none."""
    known = _known(field)
    value = known.get(fold(text))
    if value is None and field not in CHOICES:
        return text
    return value


@cache
def _known(field: str) -> dict[str, str]:
    """Folded values and names of single values -> value."""
    named = {
        fold(name): values
        for facet, values, names, _ in kinds_named()
        if facet == field and "," not in values
        for name in names
    }
    return named | {fold(value): value for value in CHOICES.get(field, ())}
