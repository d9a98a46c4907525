"""Canonical JSON, the hash of a record's content and the published JSON Schema."""

from __future__ import annotations

import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mappings.schema.hierarchy import Hierarchy
from mappings.schema.published import DIALECT, SCHEMA_ID, canonical, json_schema, output_hash, record_of
from mappings.schema.record import CatalogueRecord, Record
from tests import factories


def test_canonical_json_stands_in_schema_order() -> None:
    names = list(json.loads(canonical(factories.catalogue_record())))
    assert names == [name for name in CatalogueRecord.__struct_fields__ if name in names]
    assert {"id", "source", "level", "title", "holding", "access"} <= set(names)


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_any_text_comes_back_composed(text: str) -> None:
    record = factories.catalogue_record(title=factories.title(text))
    assert record_of(canonical(record)).title.value == unicodedata.normalize("NFC", text)


def test_a_mark_behind_a_line_break_does_not_break_the_json() -> None:
    record = factories.catalogue_record(title=factories.title("a\n\u0303b\u0301"))
    assert record_of(canonical(record)).title.value == "a\n\u0303b\u0301"


def test_the_hash_is_of_the_json_without_the_source() -> None:
    record = factories.catalogue_record(title=factories.title("檔案"))
    content = {name: value for name, value in json.loads(canonical(record)).items() if name != "source"}
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    assert output_hash(record) == hashlib.sha256(written).hexdigest()


def test_source_order_and_number_of_children_do_not_change_the_hash() -> None:
    record = factories.catalogue_record(hierarchy=Hierarchy(root="r1", parent="r1", depth=1, order=3))
    moved = replace(
        record,
        source=replace(record.source, crosswalk="base/oai_dc@2", datestamp="2027-01-01"),
        hierarchy=Hierarchy(root="r1", parent="r1", depth=1, order=9, child_count=2),
    )
    assert output_hash(moved) == output_hash(record)


@pytest.mark.parametrize("change", [{"level": "file"}, {"access": factories.access(status="closed")}])
def test_what_the_record_says_changes_the_hash(change: dict[str, Record]) -> None:
    record = factories.catalogue_record()
    assert output_hash(replace(record, **change)) != output_hash(record)


def test_the_schema_names_itself_and_what_is_mandatory() -> None:
    schema = json.loads(json_schema())
    assert (schema["$schema"], schema["$id"]) == (DIALECT, SCHEMA_ID)
    assert set(schema["required"]) == {"id", "source", "level", "title", "holding", "access"}
    assert set(schema["properties"]) == set(CatalogueRecord.__struct_fields__)
    assert "Holding" in schema["$defs"]
