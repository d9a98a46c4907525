"""Records in the wrapper of SRU, and tables of few columns whose values hold the other delimiters."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest

from harvester.files.units import Unit
from mappings.engine.inputs import Format
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from tests.harvester.files.test_reading import DC, MARC, TABLE, names, read
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


_DC = (
    '<dc:dc xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Bees &amp; bells</dc:title>'
    "<dc:identifier>{}</dc:identifier></dc:dc>"
)


@pytest.mark.parametrize(("record", "format_"), [(_MARC, MARC), (_DC, DC)], ids=["marc21", "dc"])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>\n'])
@pytest.mark.parametrize("prefix", ["", "zs:"])
def test_records_that_sru_gives_as_text_are_read(
    tmp_path: Path, record: str, format_: Format, declaration: str, prefix: str
) -> None:
    inside = "".join(
        f"<{prefix}record><{prefix}recordPacking>string</{prefix}recordPacking>"
        f"<{prefix}recordData>{escape(declaration + record.format(number))}</{prefix}recordData></{prefix}record>"
        for number in ("m1", "m2")
    )
    for wrapped in (inside, inside.replace("&lt;", "<![CDATA[<]]>")):
        body = f"<{prefix}records xmlns:zs='http://www.loc.gov/zing/srw/'>{wrapped}</{prefix}records>".encode()
        units = read(tmp_path, body, format_)
        assert names(units) == ["m1", "m2"]
        assert all(isinstance(unit, Unit) and unit.payload == record.format(unit.name) for unit in units)


def test_text_that_is_no_record_or_cannot_be_read_is_counted_alone(tmp_path: Path) -> None:
    inside = "".join(
        f"<record><recordData>{escape(said)}</recordData></record>"
        for said in (_DC.format("m1"), "<html>404</html>", "no record", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>')
    )
    found = read(tmp_path, f"<records>{inside}</records>".encode(), DC)
    assert names([unit for unit in found if isinstance(unit, Unit)]) == ["m1"]
    assert len(found) == 4


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
