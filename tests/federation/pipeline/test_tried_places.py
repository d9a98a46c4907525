"""What moves in the hierarchy, and what only looks like it."""

from __future__ import annotations

import msgspec
import pytest

from federation.pipeline.tried_places import is_moved, way_to
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.levels import Level
from mappings.schema.record import CatalogueRecord
from tests import factories


def unit(*above: Ancestor, level: Level = "item", name: str = "r1", children: int = 0) -> CatalogueRecord:
    path = Hierarchy(root=above[0].id if above else name, parent=above[-1].id if above else None, path=above)
    place = msgspec.structs.replace(path, depth=len(above), child_count=children)
    return msgspec.structs.replace(factories.catalogue_record(), id=name, level=level, hierarchy=place)


FONDS, SERIES = Ancestor(id="f", level="fonds", title="Papers"), Ancestor(id="s", level="series", title="Letters")


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        (unit(FONDS, SERIES), unit(FONDS, SERIES), False),
        (unit(FONDS, SERIES), unit(FONDS), True),
        (unit(FONDS), unit(), True),
        (unit(), unit(FONDS), True),
        (unit(FONDS), unit(FONDS, level="file"), True),
        (unit(FONDS), unit(msgspec.structs.replace(FONDS, level="collection")), True),
        (unit(FONDS), unit(msgspec.structs.replace(FONDS, title="Maps")), False),
        (unit(FONDS), unit(FONDS, children=3), False),
        # another level of what stands alone places it nowhere else
        (unit(), unit(level="file"), False),
        (unit(children=2), unit(level="file", children=2), True),
        # new identifiers alone are a rekey's business
        (unit(FONDS), unit(msgspec.structs.replace(FONDS, id="g"), name="r2"), False),
        (unit(FONDS), unit(FONDS, SERIES, name="r2"), True),
    ],
)
def test_a_unit_moves_with_its_parents_and_levels(old: CatalogueRecord, new: CatalogueRecord, moved: bool) -> None:
    assert is_moved(old, new) is moved


def test_the_way_to_a_unit_is_read_from_above() -> None:
    hidden = msgspec.structs.replace(SERIES, title=None)
    title = factories.catalogue_record().title.value
    assert way_to(unit(FONDS, hidden)) == f"[fonds] Papers / [series] s / [item] {title}"
