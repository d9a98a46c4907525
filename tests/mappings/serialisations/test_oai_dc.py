"""oai_dc as it is given out."""

from __future__ import annotations

import os
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from mappings.schema.access import Access
from mappings.schema.record import CatalogueRecord, Digital, OtherTitle, Place
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.oai_dc import LOSSES, write
from tests import factories
from tests.sample_data import require_data

DC = "{http://purl.org/dc/elements/1.1/}"


def _values(xml: str, name: str) -> list[str | None]:
    return [element.text for element in etree.fromstring(xml).iter(f"{DC}{name}")]


def _full_record(**fields: object) -> CatalogueRecord:
    made = factories.catalogue_record(
        titles=(OtherTitle(value="堂區登記冊", kind="parallel", lang="zho"),),
        agents=(
            factories.agent(),
            factories.agent("Riverside Press", kind="corporate", roles=("pbl",)),
            factories.agent("Lee, Ann", roles=("edt",)),
        ),
        places=(Place(label=factories.text("Riverside")),),
        digital=(
            Digital(url="https://x.example/1?a=1&b=2"),
            Digital(url="https://x.example/1/full.jpg", role="file"),
        ),
    )
    return replace(made, **fields)


def _closed(line: str) -> UnifiedRecord:
    closed = Access(status="closed", line=line, reason="privacy", until="2040")  # type: ignore[arg-type]
    return factories.unified_record(_full_record(access=closed))


def test_every_area_finds_its_element() -> None:
    xml = write(factories.unified_record(_full_record()), identifiers=("https://exchange.example/r/c-1",))
    assert _values(xml, "title") == ["Parish register", "堂區登記冊"]
    assert _values(xml, "creator") == ["Smith, Jane"]
    assert _values(xml, "publisher") == ["Riverside Press"]
    assert _values(xml, "contributor") == ["Lee, Ann"]
    assert _values(xml, "identifier")[:2] == ["https://exchange.example/r/c-1", factories.NATIVE_ID]
    assert "https://x.example/1/full.jpg" in _values(xml, "identifier")
    assert _values(xml, "date") == ["1813"]
    assert _values(xml, "source") == ["Riverside Library, RIV/1/2"]
    assert _values(xml, "language") == ["en"]
    assert 'xml:lang="zh"' in xml


def test_a_reduced_line_gives_code_level_dates_holder_and_reason_only() -> None:
    xml = write(_closed("reduced"))
    names = {etree.QName(element).localname for element in etree.fromstring(xml)}
    assert names == {"type", "date", "source", "rights"}
    assert _values(xml, "type") == ["item"]
    assert _values(xml, "rights") == ["access: closed (privacy) until 2040"]
    assert "Parish" not in xml
    assert "Baptism" not in xml


def test_links_to_the_material_are_given_only_where_it_is_open() -> None:
    xml = write(_closed("full"))
    assert "https://x.example/1?a=1&b=2" in _values(xml, "identifier")
    assert "full.jpg" not in xml


def test_a_hidden_entry_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(_closed("hidden"))


def test_no_value_of_a_hidden_member_is_written_beside_a_shown_one() -> None:
    shown = factories.unified_record()
    secret = replace(factories.origin(), record="r-hidden")
    hidden = factories.member(access=Access(line="hidden"))
    unified = replace(
        shown,
        members=(*shown.members, replace(hidden, record="r-hidden")),
        subjects=(factories.sourced(shown.subjects[0].value, origins=(secret,)),),
    )
    assert _values(write(unified), "subject") == []


@given(st.text())
def test_any_title_is_well_formed_xml(title: str) -> None:
    record = factories.catalogue_record(title=factories.title(title), descriptions=())
    root = etree.fromstring(write(factories.unified_record(record)))
    assert root.tag.endswith("}dc")


def test_losses_are_published() -> None:
    assert "hierarchy" in LOSSES


@cache
def _schema() -> etree.XMLSchema:
    require_data("schemas/catalog.xml")
    os.environ["XML_CATALOG_FILES"] = str(require_data("schemas/catalog.xml"))
    return etree.XMLSchema(etree.parse(str(require_data("schemas/oai/oai_dc.xsd"))))


@pytest.mark.data
@pytest.mark.parametrize("line", ["full", "reduced"])
def test_what_is_written_is_valid_by_the_schema_of_oai(line: str) -> None:
    schema = _schema()
    schema.assertValid(etree.fromstring(write(_closed(line))))
    schema.assertValid(etree.fromstring(write(factories.unified_record(_full_record()))))
