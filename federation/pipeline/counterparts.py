"""Units of a record's new reading beside what stood of them, whose terms of access they must not loosen; pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from federation.pipeline.lapsed_units import paired
from federation.storage.catalogue_records import Standing
from mappings.engine.outcome import MappedUnit
from mappings.schema.record import CatalogueRecord


class Counterparts(msgspec.Struct, frozen=True, kw_only=True):
    """What stood of the units of one raw record."""

    #: id of a unit -> what it was
    known: dict[str, Standing]
    #: what stood and is found in no unit: any unit that is not known may be it
    heirless: tuple[CatalogueRecord, ...] = ()


def counterparts(standing: Sequence[Standing], units: Sequence[MappedUnit], *, places_hold: bool) -> Counterparts:
    """What each unit was: what has its id; else what stood at its place, or what it is alike (`lapsed_units`).

    places_hold   the units are read from the same document as what stands: what is at one place of it is one thing
    """
    former = {row.id: row for row in standing}
    known = {unit.record.id: former[unit.record.id] for unit in units if unit.record.id in former}
    fresh = [unit for unit in units if unit.record.id not in former]
    if fresh and places_hold:
        places = by_place(standing)
        found = {unit.record.id: places.get(unit.record.source.unit_path) for unit in fresh}
        known |= {name: row for name, row in found.items() if row is not None}
    return _with_heirs(former, known, [unit.record for unit in fresh if unit.record.id not in known])


def by_place(standing: Sequence[Standing]) -> dict[str | None, Standing]:
    """Path in its document -> the first that stands there, whatever it is called."""
    return {row.decoded().source.unit_path: row for row in reversed(standing)}


def _with_heirs(
    former: dict[str, Standing], known: dict[str, Standing], fresh: Sequence[CatalogueRecord]
) -> Counterparts:
    taken = {row.id for row in known.values()}
    lapsed = [row.decoded() for name, row in former.items() if name not in taken] if fresh else []
    heirs = paired(lapsed, fresh)
    heirless = tuple(record for record in lapsed if record.id not in heirs)
    return Counterparts(known=known | {new: former[old] for old, new in heirs.items()}, heirless=heirless)
