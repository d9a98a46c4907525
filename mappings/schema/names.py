"""Names of one thing: what a place is and was called, and what archives call one and the same kind of thing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

#: names of one thing, today's or the commonest first
Names = tuple[str, ...]


def _lines(table: str) -> Iterator[str]:
    text = (files("mappings.vocabularies") / table).read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def former_place_names() -> tuple[Names, ...]:
    """Places that have or had several names, written by hand."""
    return tuple(tuple(line.split("|")) for line in _lines("historical_places.tsv"))


@cache
def place_names() -> tuple[Names, ...]:
    """Countries and larger cities with their English and Chinese names (GeoNames, CC BY 4.0; Unicode CLDR)."""
    parted = (line.split("\t") for line in _lines("places.tsv"))
    return tuple((name, *others.split("|")) for name, others in parted)


@cache
def concept_names() -> tuple[Names, ...]:
    """What archives hold and describe, each row in English and Chinese."""
    return tuple(tuple(line.split("|")) for line in _lines("concepts.tsv"))


@cache
def kinds_named() -> tuple[tuple[str, str, Names, bool], ...]:
    """Names of types and levels: the facet, its values parted by commas, the names, and whether a name says no more.

    A name that says more, or is mostly a plain word, may be offered and is no reason to look for all of its kind.
    """
    parted = (line.split("\t") for line in _lines("kind_names.tsv"))
    return tuple((facet, values, tuple(names.split("|")), plain == "=") for facet, values, plain, names in parted)
