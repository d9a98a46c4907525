"""RDF of several things: each has a record of its own, with its aggregation and what either refers to."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from lxml import etree

from harvester.files import rdf_records
from harvester.files.units import FaultyUnit, Unit
from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from tests.factories import raw_record
from tests.harvester.files.test_reading import names, read
from tests.mappings.engine.crosswalks import CONTEXT

EDM = FORMATS["edm"]
_NS = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:edm="http://www.europeana.eu/schemas/edm/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:ore="http://www.openarchives.org/ore/terms/" xmlns:skos="http://www.w3.org/2004/02/skos/core#"'
)


def rdf(*nodes: str) -> bytes:
    return f"<?xml version='1.0'?><rdf:RDF {_NS}>{''.join(nodes)}</rdf:RDF>".encode()


def thing(number: int, inside: str = "") -> str:
    about = f"http://example.org/?a=1&amp;n={number}"
    return f'<edm:ProvidedCHO rdf:about="{about}"><dc:title>Thing {number}</dc:title>{inside}</edm:ProvidedCHO>'


def aggregation(number: int, inside: str = "") -> str:
    held = f'<edm:aggregatedCHO rdf:resource="http://example.org/?a=1&amp;n={number}"/>'
    return f'<ore:Aggregation rdf:about="#a{number}">{held}{inside}</ore:Aggregation>'


def agent(name: str) -> str:
    return f'<edm:Agent rdf:about="#{name}"><skos:prefLabel>{name}</skos:prefLabel></edm:Agent>'


def made_by(name: str) -> str:
    return f'<dc:creator rdf:resource="#{name}"/>'


def payloads(folder: Path, body: bytes) -> list[str]:
    found = read(folder, body, EDM)
    assert all(isinstance(unit, Unit) for unit in found)
    return [unit.payload for unit in found if isinstance(unit, Unit)]


def abouts(payload: str) -> list[str]:
    return [node.get(f"{{{EDM.prefixes['rdf']}}}about") or "" for node in etree.fromstring(payload)]


def test_each_thing_is_a_record_with_what_belongs_to_it(tmp_path: Path) -> None:
    body = rdf(
        aggregation(1, '<edm:isShownBy rdf:resource="#image"/>'), thing(1, made_by("Anna")), thing(2, made_by("Ben")),
        agent("Anna"), agent("Ben"), agent("Nobody"), aggregation(2), '<edm:WebResource rdf:about="#image"/>',
    )  # fmt: skip
    first, second = payloads(tmp_path, body)
    assert abouts(first) == ["http://example.org/?a=1&n=1", "#a1", "#Anna", "#image"]
    assert abouts(second) == ["http://example.org/?a=1&n=2", "#Ben", "#a2"]


def test_each_is_mapped_by_itself(tmp_path: Path) -> None:
    body = rdf(thing(1, made_by("Anna")), thing(2), thing(3, made_by("Anna")), agent("Anna"))
    assert names(read(tmp_path, body, EDM)) == [f"http://example.org/?a=1&n={number}" for number in (1, 2, 3)]
    mapped = []
    for payload in payloads(tmp_path, body):
        outcome = apply(compiled("base/edm"), raw_record(payload=payload, format="edm"), CONTEXT)
        assert isinstance(outcome, Mapped)
        mapped.append(outcome.units[0].record)
    assert [record.title.value for record in mapped] == ["Thing 1", "Thing 2", "Thing 3"]
    assert [[each.name.value for each in record.agents] for record in mapped] == [["Anna"], [], ["Anna"]]


def test_a_part_does_not_draw_in_the_whole_that_it_names(tmp_path: Path) -> None:
    part_of = '<dcterms:isPartOf rdf:resource="http://example.org/?a=1&amp;n=1"/>'
    proxy = (
        '<ore:Proxy rdf:about="#p2"><ore:proxyFor rdf:resource="http://example.org/?a=1&amp;n=2"/>'
        f"{part_of}</ore:Proxy>"
    )
    first, second = payloads(tmp_path, rdf(thing(1), thing(2, part_of), proxy))
    assert abouts(first) == ["http://example.org/?a=1&n=1"]
    assert abouts(second) == ["http://example.org/?a=1&n=2", "#p2"]


def test_a_thing_within_its_aggregation_is_a_record(tmp_path: Path) -> None:
    nested = [f"<ore:Aggregation><edm:aggregatedCHO>{thing(n)}</edm:aggregatedCHO></ore:Aggregation>" for n in (1, 2)]
    assert names(read(tmp_path, rdf(*nested), EDM)) == ["http://example.org/?a=1&n=1", "http://example.org/?a=1&n=2"]


def test_one_thing_is_the_record_that_its_source_wrote(tmp_path: Path) -> None:
    body = rdf(thing(1), agent("Nobody"))
    (payload,) = payloads(tmp_path, body)
    assert payload.encode() == body[body.index(b"<rdf:RDF") :]


def test_an_aggregation_of_what_is_not_there_is_a_fault(tmp_path: Path) -> None:
    found = read(tmp_path, rdf(thing(1), thing(2), aggregation(3)), EDM)
    assert [unit.reason for unit in found if isinstance(unit, FaultyUnit)] == ["not_the_format"]
    assert len(found) == 3


def test_a_broken_thing_is_mended_or_a_fault_and_the_others_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, rdf(thing(1), thing(2, "<dc:title>Fish & chips</dc:title>"), thing(3)), EDM)
    assert names(found) == [f"http://example.org/?a=1&n={number}" for number in (1, 2, 3)]


def test_what_everything_refers_to_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf_records, "MOST_GROWTH", 5)
    large = f'<edm:Agent rdf:about="#Anna"><skos:note>{"x" * 100_000}</skos:note></edm:Agent>'
    begun = time.process_time()
    found = read(tmp_path, rdf(*[thing(number, made_by("Anna")) for number in range(500)], large), EDM)
    assert time.process_time() - begun < 10
    assert len(found) == 500
    assert {unit.reason for unit in found if isinstance(unit, FaultyUnit)} == {"too_large"}


def test_a_record_over_oai_is_one_thing_and_those_beside_it_are_named() -> None:
    data = "<edm:dataProvider>Museum {}</edm:dataProvider>"
    nodes = (thing(1), thing(2), aggregation(1, data.format(1)), aggregation(2, data.format(2)), thing(3))
    graph = rdf(*nodes).decode().partition("?>")[2]
    header = "<header><identifier>oai:a:1</identifier><datestamp>2026-01-01</datestamp></header>"
    raw = raw_record(payload=f"<record>{header}<metadata>{graph}</metadata></record>", format="edm")
    found = apply(compiled("base/edm"), raw, CONTEXT)
    assert isinstance(found, Mapped)
    (unit,) = found.units
    assert (unit.record.title.value, unit.record.titles) == ("Thing 1", ())
    assert [(each.code, each.excerpt) for each in unit.issues if each.code == "records_passed_over"] == [
        ("records_passed_over", "2 more in RDF")
    ]
    assert "Museum 2" not in repr(unit.record)
