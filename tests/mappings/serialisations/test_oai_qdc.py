"""Qualified Dublin Core as it is given out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.oai_qdc import NAMESPACE, write
from tests import factories
from tests.mappings.serialisations.judging import SECRET, bare, closed, full, full_record, schema


def _values(xml: str, name: str) -> list[str | None]:
    prefix, _, local = name.partition(":")
    namespace = {"dc": "http://purl.org/dc/elements/1.1/", "dcterms": "http://purl.org/dc/terms/"}[prefix]
    return [element.text for element in etree.fromstring(xml).iter(f"{{{namespace}}}{local}")]


def test_refinements_keep_what_plain_dublin_core_loses() -> None:
    xml = write(full())
    assert _values(xml, "dcterms:alternative") == ["Dream of the red chamber", "石頭記", "Hong lou meng. English"]
    assert _values(xml, "dcterms:issued") == ["1791?"]
    assert _values(xml, "dcterms:dateCopyrighted") == ["1995"]
    assert _values(xml, "dcterms:tableOfContents") == ["Chapter 1"]
    assert _values(xml, "dcterms:isPartOf") == ["Chinese classics"]
    assert _values(xml, "dcterms:references") == ["A study"]
    assert _values(xml, "dcterms:spatial") == ["Beijing", "Nanjing"]


def test_a_reduced_line_gives_code_level_dates_holder_and_reason_only() -> None:
    xml = write(closed("reduced"))
    names = {etree.QName(element).localname for element in etree.fromstring(xml)}
    assert names == {"type", "issued", "dateCopyrighted", "created", "source", "accessRights"}
    assert _values(xml, "dcterms:accessRights") == ["closed (privacy) until 2040"]
    assert SECRET not in xml


def test_a_hidden_entry_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(closed("hidden"))


@given(st.text())
def test_any_title_is_well_formed_xml(title: str) -> None:
    record = full_record(title=factories.title(title))
    assert etree.fromstring(write(factories.unified_record(record))).tag == f"{{{NAMESPACE}}}qualifieddc"


@pytest.mark.data
def test_what_is_written_is_valid_by_the_container_of_dcmi() -> None:
    """DCMI's schema gives the container no namespace, an application's own does."""
    judge = schema("dc/qualifieddc.xsd")
    for unified in (full(), bare(), closed("reduced")):
        root = etree.fromstring(write(unified, identifiers=("https://exchange.example/r/c-1",)))
        root.tag = "qualifieddc"
        judge.assertValid(root)


@pytest.mark.data
def test_the_judge_finds_a_term_that_dcmi_does_not_know() -> None:
    root = etree.fromstring(write(full()).replace("dcterms:spatial", "dcterms:whereabouts"))
    root.tag = "qualifieddc"
    assert not schema("dc/qualifieddc.xsd").validate(root)
