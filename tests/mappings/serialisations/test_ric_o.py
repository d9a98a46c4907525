"""Records in Contexts: every record is a valid graph, in JSON-LD and in Turtle, and shows no more than it may."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
import rdflib
from msgspec.structs import replace
from pyshacl import validate
from rdflib.compare import isomorphic

from mappings.schema.access import Access
from mappings.schema.hierarchy import Ancestor, Hierarchy
from mappings.schema.levels import LEVELS
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import turtle
from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.ric_o import LOSSES, RICO, write
from tests import factories
from tests.mappings.serialisations.judging import SECRET, bare, closed, full, full_record

PAGE = "https://exchange.example/r/c-1"
#: properties of the record that RiC-O says of sets in another way
OF_RECORDS = ("hasOrHadLanguage", "hasDocumentaryFormType", "hasContentOfType")


@cache
def shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(Path(__file__).parent / "shapes" / "ric_o.ttl")


def graph_of(text: str, format_: str = "json-ld") -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format=format_, publicID="https://exchange.example/")


def faults(graph: rdflib.Graph) -> str:
    conforms, _, report = validate(graph, shacl_graph=shapes())
    return "" if conforms else str(report)


def unit() -> UnifiedRecord:
    """A file of a finding aid."""
    path = (Ancestor(id="r1", level="fonds", title="Papers"), Ancestor(id="r2", level="series"))
    place = Hierarchy(root="r1", parent="r2", path=path, depth=2)
    return factories.unified_record(full_record(level="file", hierarchy=place))


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_a_valid_graph_that_says_what_is_known(level: str) -> None:
    graph = graph_of(write(factories.unified_record(full_record(level=level)), identifiers=(PAGE,)))
    assert faults(graph) == ""
    page, rico = rdflib.URIRef(PAGE), rdflib.Namespace(RICO)
    assert str(graph.value(page, rico.title)) == "紅樓夢"
    assert graph.value(page, rico.title).language == "zh"
    assert {str(graph.value(agent, rico.name)) for agent in graph.objects(page, rico.hasCreator)} == {
        "Cao, Xueqin",
        "Somebody",
    }
    assert {"1791?", "1995"} <= {str(value) for value in graph.objects(None, rico.normalizedDateValue)}
    (kept,) = graph.subjects(rico.hasOrHadHolder)
    assert str(graph.value(kept, rico.identifier)) == "RIV/1/2"
    assert {str(words) for words in graph.objects(page, rico.conditionsOfAccess)} == {"open"}


def test_a_set_says_of_its_members_what_only_records_have() -> None:
    of_set, of_record = (write(factories.unified_record(full_record(level=each))) for each in ("fonds", "item"))
    for name in OF_RECORDS:
        assert f'"rico:{name}"' in of_record
        assert f'"rico:{name}"' not in of_set
    assert "hasOrHadSomeMembersWithLanguage" in of_set
    assert "recordSetTypes#Fonds" in of_set


def test_a_unit_stands_in_the_line_of_units_above_it() -> None:
    graph = graph_of(write(unit(), identifiers=(PAGE,)))
    rico = rdflib.Namespace(RICO)
    above = [rdflib.URIRef(f"https://exchange.example/m/{each}") for each in ("r2", "r1")]
    assert list(graph.transitive_objects(rdflib.URIRef(PAGE), rico.isOrWasIncludedIn)) == [rdflib.URIRef(PAGE), *above]
    assert graph.value(above[0], rico.title) is None
    assert str(graph.value(above[1], rico.title)) == "Papers"
    assert faults(graph) == ""


def test_turtle_is_the_same_graph() -> None:
    for record in (full(), unit(), bare()):
        graph = graph_of(turtle.write(record, identifiers=(PAGE,)), "turtle")
        assert isomorphic(graph, graph_of(write(record, identifiers=(PAGE,))))


def test_an_address_that_rdf_cannot_hold_is_left_out() -> None:
    bad = 'https://x.example/a b"><script>'
    holding = replace(full_record().holding[0], url=bad)
    subject = replace(full_record().subjects[1], uri=bad)
    record = factories.unified_record(full_record(holding=(holding,), subjects=(subject,)))
    assert "<script" not in write(record, identifiers=(PAGE,))
    assert faults(graph_of(turtle.write(record, identifiers=(PAGE,)), "turtle")) == ""


def test_the_judge_sees_what_is_broken() -> None:
    said = json.loads(write(full(), identifiers=(PAGE,)))
    said["rico:hasCreationDate"] = ["1791"]
    assert "hasCreationDate" in faults(graph_of(json.dumps(said)))
    said = json.loads(write(full(), identifiers=(PAGE,)))
    said["rico:hasRecordSetType"] = [{"@type": "rico:RecordSetType", "rico:name": "fonds"}]
    assert faults(graph_of(json.dumps(said)))


def test_a_reduced_line_shows_code_dates_and_holder_alone() -> None:
    text = write(closed("reduced"), identifiers=(PAGE,))
    assert SECRET not in text
    assert "紅樓夢" not in text
    assert "closed (privacy) until 2040" in text
    assert "RIV/1/2" in text
    assert faults(graph_of(text)) == ""


def test_links_to_the_material_are_given_where_it_is_open() -> None:
    assert "full.jpg" in write(full())
    restricted = full_record(access=Access(status="restricted"))
    assert "full.jpg" not in write(factories.unified_record(restricted))


def test_what_is_hidden_is_not_written() -> None:
    for form in (write, turtle.write):
        with pytest.raises(EntryHidden):
            form(closed("hidden"))
    assert "relations" in LOSSES
