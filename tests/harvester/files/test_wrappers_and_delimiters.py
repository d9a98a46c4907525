"""Records in the wrapper of SRU, and tables of few columns whose values hold the other delimiters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harvester.files.units import Unit
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from tests.harvester.files.test_reading import MARC, TABLE, names, read
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.files import map_file

_MARC = (
    '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
    '<controlfield tag="001">{}</controlfield><datafield tag="245" ind1=" " ind2=" ">'
    '<subfield code="a">A title</subfield></datafield></record>'
)


@pytest.mark.parametrize("prefix", ["", "zs:"])
def test_marc_in_answers_of_sru_is_what_they_hold(tmp_path: Path, prefix: str) -> None:
    inside = "".join(
        f"<{prefix}record><{prefix}recordSchema>marcxml</{prefix}recordSchema>"
        f"<{prefix}recordData>{_MARC.format(number)}</{prefix}recordData></{prefix}record>"
        for number in ("m1", "m2")
    )
    body = f"<{prefix}records xmlns:zs='http://www.loc.gov/zing/srw/'>{inside}</{prefix}records>".encode()
    assert names(read(tmp_path, body, MARC)) == ["m1", "m2"]
    outcomes = [outcome for _, outcome in map_file(compiled("base/marc21"), body, CONTEXT)]
    assert all(isinstance(outcome, Mapped) for outcome in outcomes)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("identifier;title\n1;One, two, three\n2;X, y, z\n", "One, two, three"),
        ("identifier,title\n1,One; two; three\n2,X; y; z\n", "One; two; three"),
        ("identifier|title\n1|One, two; three, four\n", "One, two; three, four"),
        ("List of maps, plans, views; all of them\nidentifier;title\n1;One, two\n", "One, two"),
        ('"identifier";"title"\n1;"One, ""two"", three"\n', 'One, "two", three'),
    ],
)
def test_a_table_is_parted_by_what_parts_its_heading(tmp_path: Path, body: str, title: str) -> None:
    first = read(tmp_path, body.encode(), TABLE)[0]
    assert isinstance(first, Unit)
    assert json.loads(first.payload)["cells"] == {"identifier": "1", "title": title}
