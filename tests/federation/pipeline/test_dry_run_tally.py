"""A dry run's sums over a large finding aid read what stands of it a few times a unit, not once a pair of units."""

from __future__ import annotations

import json
from typing import ClassVar

import msgspec

from federation.pipeline.dry_run_tally import Tally
from federation.pipeline.remapping import Before
from federation.storage.catalogue_records import Standing
from federation.storage.raw_records import StoredRaw
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, MappedUnit
from mappings.schema.raw import RawRecord
from mappings.schema.record import CatalogueRecord
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.engine.test_split import finding_aid


class Counted(Standing, frozen=True, kw_only=True):
    """What stands, which counts how often it is read."""

    reads: ClassVar[list[str]] = []

    def decoded(self) -> CatalogueRecord:
        """The record itself."""
        self.reads.append(self.id)
        return super().decoded()


def aid(units: int, feed: str) -> tuple[RawRecord, Mapped]:
    components = "".join(f"<c><did><unittitle>Letter {number}</unittitle></did></c>" for number in range(units))
    raw = msgspec.structs.replace(finding_aid(components), feed=feed)
    outcome = apply(compiled("base/ead3"), raw, CONTEXT)
    assert isinstance(outcome, Mapped)
    return raw, outcome


def standing(unit: MappedUnit, native_id: str) -> Standing:
    record = json.dumps(msgspec.to_builtins(unit.record))
    return Counted(id=unit.record.id, rid=1, native_id=native_id, output_hash="", crosswalk="x@1", record=record)


def reads_of(units: int) -> tuple[Tally, int]:
    """The sums where every unit is called otherwise, and how often what stands was read."""
    _, before = aid(units, "a")
    raw, after = aid(units, "b")
    stands = Before(
        records={raw.identifier: [standing(unit, raw.identifier) for unit in before.units]},
        refused={},
        gone={},
        places_hold=True,
    )
    Counted.reads.clear()
    tally = Tally("peer")
    tally.add(StoredRaw(rid=1, seq=1, run=1, raw=raw), stands, after)
    return tally, len(Counted.reads)


def test_what_stands_is_read_so_many_times_a_unit_whatever_their_number() -> None:
    (_, few), (tally, many) = reads_of(20), reads_of(200)
    assert many <= few * 201 / 21 + 1
    assert tally.ids_changed == 201
    assert tally.fates == {"changed": 1}
    assert tally.moves["title"] == {"same": 201}
