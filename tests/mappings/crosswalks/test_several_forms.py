"""One thing in several forms is the same record: 810 items that their repository gives as Dublin Core and as MODS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from harvester.files.mapping import map_file
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.schema.record import CatalogueRecord
from tests.mappings.crosswalks.golden import CONTEXT
from tests.sample_data import require_data

LIST = "records/overlap/dltn_same_item_dc_and_mods.txt"
#: file of the repository -> its ending in each form
FILES = ("Memphis_Public__p16108coll12", "Memphis_Public__p16108coll14", "State_Library__p15138coll1")
ENDINGS = {"oai_dc": "oai.dc.xml.gz", "mods": "oai.mods.xml.gz"}
#: of 100; what differs is told by the tests
BAR = 98


@cache
def wanted() -> frozenset[str]:
    return frozenset(require_data(LIST).read_text(encoding="utf-8").split())


@cache
def records(form: str) -> dict[str, CatalogueRecord]:
    """OAI identifier -> what the base of the form makes of the item."""
    return dict(_records(form))


def _records(form: str) -> Iterator[tuple[str, CatalogueRecord]]:
    for name in FILES:
        path = require_data(f"records/{form}/{name}.{ENDINGS[form]}")
        for raw, outcome in map_file(compiled(f"base/{form}"), path, CONTEXT):
            if raw.identifier in wanted() and isinstance(outcome, Mapped):
                yield raw.identifier, outcome.units[0].record


def titles(record: CatalogueRecord) -> object:
    return record.title.value


def dates(record: CatalogueRecord) -> object:
    """Of the thing: what it is about is a subject in MODS, for which Dublin Core has no place of its own."""
    return {(date.edtf, date.start, date.end, date.kind) for date in record.dates if date.kind != "covered"}


def identifiers(record: CatalogueRecord) -> object:
    return {(each.scheme, each.normalised or each.value) for each in record.identifiers}


@pytest.mark.data
@pytest.mark.parametrize("area", [titles, dates, identifiers], ids=lambda area: area.__name__)
def test_items_of_two_forms_are_equal(area: object) -> None:
    assert callable(area)
    one, other = records("oai_dc"), records("mods")
    assert set(one) == set(other) == wanted()
    assert len(one) == 810
    equal = sum(area(one[name]) == area(other[name]) for name in one)
    assert equal * 100 >= BAR * len(one), f"{equal} of {len(one)}"
