"""Which sets a record stands in: only what its access line shows makes one."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from federation.linkage.survivorship import unify
from federation.pipeline.item_sets import part_of, sets_of
from mappings.schema.access import PUBLIC
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.record import CatalogueRecord
from tests.federation.linkage.records import catalogue_record, member


def specs(*records: CatalogueRecord) -> dict[str, str]:
    """setSpec -> name of the sets of a cluster."""
    unified = unify([member(each) for each in records], cluster_id="c-1", audience=PUBLIC, version=1)
    return {each.spec: each.name for each in sets_of(unified)}


LETTER = catalogue_record(1, "A letter", feed="riverside", institution="Riverside Library", level="item")


def test_institution_level_and_type_each_with_the_set_above() -> None:
    assert specs(LETTER) == {
        "level": "Levels of description",
        "level:item": "Level: item",
        "type": "Types",
        "type:text": "Type: Text",
        "institution": "Institutions",
        "institution:riverside": "Riverside Library",
    }


def test_every_holder_is_a_set_and_its_departments_are_sets_below() -> None:
    maps = replace(LETTER, holding=(replace(LETTER.holding[0], department="Maps & Plans"),))
    other = catalogue_record(2, "A letter", feed="hill", institution="Hill Archive")
    found = specs(maps, other)
    assert found["institution:riverside:maps-plans"] == "Riverside Library: Maps & Plans"
    assert {"institution:riverside", "institution:hill"} <= set(found)


def test_a_unit_stands_in_the_collection_of_its_root() -> None:
    path = (Ancestor(id="rROOT", level="fonds", title="Papers of Ann"), Ancestor(id="rS", level="series"))
    unit = replace(LETTER, hierarchy=Hierarchy(root="rROOT", parent="rS", path=path, depth=2))
    assert specs(unit)["collection:rROOT"] == "Papers of Ann"
    root = replace(LETTER, id="rROOT", hierarchy=Hierarchy(root="rROOT", child_count=1))
    assert specs(root)["collection:rROOT"] == "A letter"


def test_a_root_whose_title_is_withheld_goes_by_its_id() -> None:
    hierarchy = Hierarchy(root="rROOT", parent="rROOT", path=(Ancestor(id="rROOT", level="fonds"),), depth=1)
    assert specs(replace(LETTER, hierarchy=hierarchy))["collection:rROOT"] == "collection:rROOT"


def test_a_reduced_line_tells_neither_type_nor_collection() -> None:
    path = (Ancestor(id="rROOT", level="fonds", title="Papers of Ann"),)
    unit = replace(LETTER, hierarchy=Hierarchy(root="rROOT", parent="rROOT", path=path, depth=1))
    reduced = replace(unit, access=replace(unit.access, line="reduced", status="closed"))
    assert set(specs(reduced)) == {"level", "level:item", "institution", "institution:riverside"}


@given(st.text(min_size=1))
def test_any_words_make_a_part_of_a_set_spec(words: str) -> None:
    part = part_of(words)
    assert re.fullmatch(r"[a-z0-9-]{1,49}", part)
    assert part_of(words) == part


def test_words_that_lose_letters_share_no_set() -> None:
    assert part_of("档案部") != part_of("古籍部")
    assert part_of("Rare Books") == part_of("rare  books") == "rare-books"
    assert part_of("Éditions") == "editions"
    assert part_of("Rare 书") != part_of("Rare 本")
