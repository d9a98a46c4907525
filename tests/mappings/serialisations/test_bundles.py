"""Many records in one file: each format is read back by a reader of that format, every record in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import pymarc
import pytest
import rdflib
from lxml import etree
from msgspec.structs import replace

from mappings.schema.holding import ReferenceParts
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import dat22
from mappings.serialisations.bundles import BUNDLES, Bundle
from mappings.serialisations.ric_o import RICO
from tests import factories
from tests.mappings.serialisations.judging import full

BASE = "https://exchange.example/r"
#: formats of archives
ARCHIVES = ("ead3.xml", "dat46.xml", dat22.SUFFIX, dat22.GB_SUFFIX)


def things(level: str = "item") -> list[UnifiedRecord]:
    """Three things that differ by id."""
    parts = ReferenceParts(fonds="001", file="7")
    arranged = factories.holding(reference_code="001-7", parts=parts)
    kept = factories.unified_record(factories.catalogue_record(level=level, type="Text", holding=(arranged,)))
    return [replace(kept if level != "item" else full(), id=f"c-r{number}") for number in (1, 2, 3)]


def written(form: Bundle, records: Sequence[UnifiedRecord]) -> bytes:
    """The file."""
    pieces = [form.write(each, f"{BASE}/{each.id}") for each in records]
    return form.begin + form.between.join(pieces) + form.end


def of(suffix: str) -> list[UnifiedRecord]:
    return things("file" if suffix in ARCHIVES else "item")


@pytest.mark.parametrize("suffix", [name for name in BUNDLES if name.endswith(".xml")])
def test_an_xml_format_is_one_document_with_every_record(suffix: str) -> None:
    root = etree.fromstring(written(BUNDLES[suffix], of(suffix)))
    expected = {"mods.xml": "modsCollection", "marc.xml": "collection", "edm.xml": "RDF"}.get(suffix, "records")
    assert etree.QName(root).localname == expected
    assert len(root) >= 3
    text = etree.tostring(root).decode()
    if suffix != "dat46.xml":
        assert all(f"{BASE}/c-r{number}" in text for number in (1, 2, 3))


def test_a_table_in_gb18030_says_what_the_one_in_utf_8_says() -> None:
    gb, utf = (written(BUNDLES[suffix], of(suffix)) for suffix in (dat22.GB_SUFFIX, dat22.SUFFIX))
    assert gb.decode("gb18030") == utf.decode("utf-8-sig")
    assert gb.startswith("档号,".encode("gb18030"))
    assert BUNDLES[dat22.GB_SUFFIX].content_type == "text/csv; charset=gb18030"


def test_marc_is_read_back_by_a_reader_of_marc() -> None:
    body = written(BUNDLES["mrc"], things())
    assert len([each for each in pymarc.MARCReader(body) if each is not None]) == 3
    assert len(pymarc.parse_xml_to_array(io.BytesIO(written(BUNDLES["marc.xml"], things())))) == 3


def test_a_table_has_one_heading_and_a_row_a_record() -> None:
    text = written(BUNDLES["dat22.csv"], of("dat22.csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["档号"] for row in rows] == ["001-7"] * 3
    assert tuple(rows[0]) == dat22.COLUMNS


@pytest.mark.parametrize("suffix", ["jsonld", "ric.jsonld"])
def test_json_ld_is_one_array(suffix: str) -> None:
    for many in (things(), things()[:1], []):
        assert len(json.loads(written(BUNDLES[suffix], many))) == len(many)


def test_turtle_and_json_ld_say_the_same_of_every_record() -> None:
    subjects = {rdflib.URIRef(f"{BASE}/c-r{number}") for number in (1, 2, 3)}
    turtle = rdflib.Graph().parse(data=written(BUNDLES["ttl"], things()), format="turtle")
    array = rdflib.Graph().parse(data=written(BUNDLES["ric.jsonld"], things()), format="json-ld")
    for graph in (turtle, array):
        assert subjects <= set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{RICO}Record")))
    assert len(turtle) == len(array)


def test_a_line_of_json_has_every_field_with_its_origins() -> None:
    lines = [json.loads(line) for line in written(BUNDLES["records.jsonl"], things()).splitlines()]
    assert [line["address"] for line in lines] == [f"{BASE}/c-r{number}" for number in (1, 2, 3)]
    assert lines[0]["title"]["from"]


def test_a_single_record_in_a_collection_is_the_record_alone() -> None:
    (thing,) = things()[:1]
    root = etree.fromstring(written(BUNDLES["mods.xml"], [thing]))
    assert root[0].tag == "{http://www.loc.gov/mods/v3}mods"
