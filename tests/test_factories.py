"""The factories make what the schema takes."""

from __future__ import annotations

import msgspec

from mappings.schema.record import CatalogueRecord
from mappings.schema.unified import UnifiedRecord
from tests import factories


def test_what_the_factories_make_survives_its_own_codec() -> None:
    record, unified = factories.catalogue_record(), factories.unified_record()
    assert msgspec.json.decode(msgspec.json.encode(record), type=CatalogueRecord) == record
    assert msgspec.json.decode(msgspec.json.encode(unified), type=UnifiedRecord) == unified


def test_a_field_is_given_by_its_name() -> None:
    assert factories.catalogue_record(level="fonds", native_id="oai:x:2").source.native_id == "oai:x:2"
    assert factories.raw_record(identifier="oai:x:3").payload.count("oai:x:3") == 1
    assert factories.raw_record(deleted=True, payload="").payload == ""
