"""RDF/XML of one record: flat and nested forms are read in one way, and no document makes it grow without end."""

from __future__ import annotations

import pytest
from lxml import etree

from mappings.formats.rdf import COPIED, gather

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TOP = frozenset({"Thing", "Aggregation"})
AGENT = "<Agent r:about='#a'><name>Lu</name></Agent>"


def gathered(content: str) -> etree._Element:
    root = etree.fromstring(f"<r:RDF xmlns:r='{RDF}'>{content}</r:RDF>")
    gather(root, TOP)
    return root


@pytest.mark.parametrize(
    "content",
    [
        f"<Thing><creator r:resource='#a'/></Thing>{AGENT}",
        f"<Thing><creator>{AGENT}</creator></Thing>",
        "<Thing><creator r:resource='#a'/></Thing><Agent r:ID='a'><name>Lu</name></Agent>",
        f"<Aggregation><of><Thing r:about='#t'><creator r:resource='#a'/></Thing></of></Aggregation>{AGENT}",
        f"<Thing><other>{AGENT}</other><creator r:resource='#a'/></Thing>",
    ],
)
def test_what_a_property_refers_to_stands_inside_of_it(content: str) -> None:
    assert gathered(content).findtext("Thing/creator/Agent/name") == "Lu"


def test_a_node_that_is_lifted_is_referred_to_where_it_stood() -> None:
    of = gathered("<Aggregation><of><Thing r:about='#t'/></of></Aggregation>").find("Aggregation/of")
    assert of is not None
    assert (of.get(f"{{{RDF}}}resource"), len(of)) == ("#t", 0)


def test_a_reference_to_what_is_not_described_here_stays_as_it_is() -> None:
    creator = gathered("<Thing><creator r:resource='https://a.example/1'/></Thing>").find("Thing/creator")
    assert creator is not None
    assert len(creator) == 0


@pytest.mark.parametrize("first", [True, False])
def test_what_is_referred_to_is_the_same_wherever_it_stands(*, first: bool) -> None:
    thing = "<Thing><creator r:resource='#a'/></Thing>"
    others = "<Agent r:about='#a'><born r:resource='#b'/></Agent><Place r:about='#b'><name>Basel</name></Place>"
    root = gathered(others + thing if first else thing + others)
    assert root.find("Thing/creator/Agent/born") is not None
    assert root.find("Thing/creator/Agent/born/Place") is None
    assert root.find("Agent/born/Place") is None


def test_circles_end() -> None:
    circle = "<Agent r:about='#a'><knows r:resource='#b'/></Agent><Agent r:about='#b'><knows r:resource='#a'/></Agent>"
    root = gathered(f"<Thing r:about='#t'><creator r:resource='#a'/><self r:resource='#t'/></Thing>{circle}")
    assert sum(1 for _ in root.iter("*")) < 20


def test_copies_end_at_their_bound_and_what_is_left_is_counted() -> None:
    names = "<name/>" * (COPIED // 4)
    references = "<creator r:resource='#a'/>" * 10
    content = f"<Thing>{references}</Thing><Agent r:about='#a'>{names}</Agent>"
    root = etree.fromstring(f"<r:RDF xmlns:r='{RDF}'>{content}</r:RDF>")
    assert gather(root, TOP) == 7
    assert sum(1 for _ in root.iter("*")) <= 2 * COPIED
