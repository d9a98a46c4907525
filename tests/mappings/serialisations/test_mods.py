"""MODS as it is given out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.mods import LOSSES, NAMESPACE, write
from tests import factories
from tests.mappings.serialisations.judging import SECRET, bare, closed, full, full_record, schema

M = {"m": NAMESPACE}


def _found(xml: str, path: str) -> list[str]:
    found = etree.fromstring(xml).xpath(path, namespaces=M)
    return [each if isinstance(each, str) else each.text for each in found]


def test_titles_keep_their_kind_and_their_script() -> None:
    xml = write(full())
    assert _found(xml, "m:titleInfo[not(@type)]/m:title") == ["紅樓夢"]
    assert _found(xml, "m:titleInfo[@type='translated']/m:title") == ["Dream of the red chamber"]
    assert _found(xml, "m:titleInfo[@type='uniform']/m:title") == ["Hong lou meng. English"]
    assert _found(xml, "m:titleInfo[@script='Latn']/m:title") == ["Hong lou meng"]


def test_a_name_keeps_role_dates_and_authority() -> None:
    name = etree.fromstring(write(full())).find(f"{{{NAMESPACE}}}name")
    assert name.get("type") == "personal"
    assert name.get("valueURI") == "http://viaf.example/1"
    assert [part.text for part in name.iter(f"{{{NAMESPACE}}}roleTerm")] == ["aut"]
    assert [part.text for part in name.findall(f"{{{NAMESPACE}}}namePart")] == ["Cao, Xueqin", "1717-1763"]


def test_dates_say_what_they_are_dates_of() -> None:
    xml = write(full())
    assert _found(xml, "//m:dateIssued[@qualifier='questionable']") == ["1791?"]
    assert _found(xml, "//m:copyrightDate") == ["1995"]
    assert _found(xml, "//m:dateCreated[not(@encoding)]") == ["long ago"]


def test_a_reduced_line_gives_code_level_dates_holder_and_reason_only() -> None:
    xml = write(closed("reduced"))
    names = {etree.QName(element).localname for element in etree.fromstring(xml)}
    assert names == {"genre", "originInfo", "location", "accessCondition"}
    assert _found(xml, "//m:accessCondition") == ["closed (privacy) until 2040"]
    assert _found(xml, "//m:shelfLocator") == ["RIV/1/2"]
    assert SECRET not in xml
    assert "紅樓夢" not in xml


def test_links_to_the_material_are_given_only_where_it_is_open() -> None:
    assert "full.jpg" in write(full())
    assert "full.jpg" not in write(closed("full"))


def test_a_hidden_entry_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(closed("hidden"))


@given(st.text())
def test_any_title_is_well_formed_xml(title: str) -> None:
    record = full_record(title=factories.title(title))
    assert etree.fromstring(write(factories.unified_record(record))).tag == f"{{{NAMESPACE}}}mods"


def test_losses_are_published() -> None:
    assert "hierarchy" in LOSSES


@pytest.mark.data
def test_what_is_written_is_valid_by_the_schema_of_mods() -> None:
    judge = schema("mods/mods-3-8.xsd")
    for unified in (full(), bare(), closed("full"), closed("reduced")):
        judge.assertValid(etree.fromstring(write(unified, identifiers=("https://exchange.example/r/c-1",))))


@pytest.mark.data
def test_the_judge_finds_an_element_that_mods_does_not_know() -> None:
    broken = write(full()).replace("titleInfo", "titleInformation")
    assert not schema("mods/mods-3-8.xsd").validate(etree.fromstring(broken))
