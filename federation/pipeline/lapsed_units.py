"""Units of a finding aid that its new reading calls otherwise: where it is sure what one is now, its id leads there.

A unit without a code of its own is called by its title and dates and by those of the units above it. Where they change
its id lapses, and another one is given. Nothing is paired by its place alone: what was deleted beside something new
leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from mappings.schema.record import CatalogueRecord

#: characters of a description that two different units do not share by chance
_TELLING = 20

#: what two readings of one unit have in common; None where it tells nothing
Key = Callable[[CatalogueRecord], Hashable]


def paired(lapsed: Sequence[CatalogueRecord], fresh: Sequence[CatalogueRecord]) -> dict[str, str]:
    """Old id -> new id, of units that are one; a unit that two others are like is paired with neither.

    lapsed  units of the former reading whose ids the new one lacks
    fresh   units of the new reading that the former one lacked
    """
    pairing = _Pairing(lapsed, fresh)
    pairing.below_one_parent()
    pairing.anywhere()
    pairing.below_one_parent()
    return pairing.found


class _Pairing:
    """Units that are not paired yet, and pairs."""

    def __init__(self, lapsed: Sequence[CatalogueRecord], fresh: Sequence[CatalogueRecord]) -> None:
        self._lapsed = {record.id: record for record in lapsed}
        self._fresh = {record.id: record for record in fresh}
        self.found: dict[str, str] = {}

    def below_one_parent(self) -> None:
        """Pairs what stands below the same unit, or below a pair, until nothing more is found."""
        paired = -1
        while paired != len(self.found):
            paired = len(self.found)
            for alike in (_the_same, _titled, _described):
                self._pair(lambda record, alike=alike: _below(self._parent(record), alike(record)))  # type: ignore[misc]

    def anywhere(self) -> None:
        """Pairs what moved and is the same in all else."""
        self._pair(lambda record: _the_same(record) if _tells(record) else None)

    def _parent(self, record: CatalogueRecord) -> str:
        parent = (record.hierarchy.parent if record.hierarchy else None) or ""
        return self.found.get(parent, parent)

    def _pair(self, key: Key) -> None:
        old, new = _single(self._lapsed.values(), key), _single(self._fresh.values(), key)
        for said in old.keys() & new.keys():
            self.found[old[said]] = new[said]
            del self._lapsed[old[said]], self._fresh[new[said]]


def _single(records: Iterable[CatalogueRecord], key: Key) -> dict[Hashable, str]:
    """Key -> id, of keys that one record alone has."""
    found: dict[Hashable, str] = {}
    twice: set[Hashable] = set()
    for record in records:
        said = key(record)
        if said is not None and found.setdefault(said, record.id) != record.id:
            twice.add(said)
    return {said: name for said, name in found.items() if said not in twice}


def _below(parent: str, said: Hashable) -> Hashable:
    return None if said is None else (parent, said)


def _the_same(record: CatalogueRecord) -> Hashable:
    return record.title.value, _material(record)


def _titled(record: CatalogueRecord) -> Hashable:
    """By what it is called, where a code or a box changed."""
    return record.title.value, _level(record), tuple(date.text for date in record.dates)


def _described(record: CatalogueRecord) -> Hashable:
    """By all but what it is called, where that says enough."""
    return _material(record) if _tells(record) else None


def _level(record: CatalogueRecord) -> str | None:
    """As its source states it; what is inferred rests on where the unit stands."""
    return None if record.level_inferred else record.level


def _material(record: CatalogueRecord) -> Hashable:
    """What is said of the material, whatever it is called and wherever it stands."""
    return (
        _level(record),
        tuple(date.text for date in record.dates),
        tuple(extent.text for extent in record.extent),
        tuple(each.value for each in record.descriptions),
        tuple(each.value for each in record.identifiers),
        tuple((each.reference_code, each.containers) for each in record.holding),
        tuple(each.url for each in record.digital),
        tuple(agent.name.value for agent in record.agents),
    )


def _tells(record: CatalogueRecord) -> bool:
    """Whether that is more than many units may have in common; a box is filled with something else in time."""
    coded = any(each.reference_code for each in record.holding)
    described = any(len(each.value) >= _TELLING for each in record.descriptions)
    return coded or described or bool(record.identifiers) or bool(record.digital)
