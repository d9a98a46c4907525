"""How a version would move the values of facets; pure.

Counted by catalogue record, before linkage joins them: a value that two joined records state counts twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from mappings.schema.agents import is_maker
from mappings.schema.record import CatalogueRecord

#: values told of each facet, the most moved first
MOST_VALUES = 10

Value = tuple[str, str]


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Records that come under a value of a facet, and that leave it."""

    facet: str
    value: str
    gained: int = 0
    lost: int = 0


class FacetDrift:
    """Sums over the records that differ."""

    def __init__(self) -> None:
        self._gained: Counter[Value] = Counter()
        self._lost: Counter[Value] = Counter()

    def add(self, old: CatalogueRecord | None, new: CatalogueRecord | None) -> None:
        """Counts a record that was `old` and would be `new`; None where there is none."""
        before, after = _values(old), _values(new)
        self._gained.update(after - before)
        self._lost.update(before - after)

    def join(self, later: FacetDrift) -> None:
        """Takes in the sums over other records."""
        self._gained += later._gained
        self._lost += later._lost

    def drifts(self) -> tuple[Drift, ...]:
        """The most moved values of each facet, by facet."""
        moved = (self._gained + self._lost).items()
        told: Counter[str] = Counter()
        found = []
        for facet, value in (key for key, _ in sorted(moved, key=lambda each: (each[0][0], -each[1], each[0][1]))):
            told[facet] += 1
            if told[facet] <= MOST_VALUES:
                key = (facet, value)
                found.append(Drift(facet=facet, value=value, gained=self._gained[key], lost=self._lost[key]))
        return tuple(found)


def _values(record: CatalogueRecord | None) -> frozenset[Value]:
    return frozenset(_pairs(record)) if record is not None else frozenset()


def _pairs(record: CatalogueRecord) -> Iterable[Value]:
    yield "level", record.level
    yield "access", record.access.status
    if record.type:
        yield "type", record.type
    yield from (("language", each.lang) for each in record.languages)
    yield from (("creator", each.name.value) for each in record.agents if is_maker(each))
    yield from (("subject", each.label.value) for each in record.subjects if each.is_in_words)
    yield from (("place", each.label.value) for each in record.places)
    yield from (("institution", each.institution.name) for each in record.holding)
