"""What the demonstration ships: enough records, of enough institutions, in little room, and readable."""

from __future__ import annotations

from importlib.resources import files

import pytest

from mappings.formats.xml import read_xml
from portal_api.demo.partners import DemoPartner, partners


def test_the_demonstration_is_large_enough_and_small_to_ship() -> None:
    """Six institutions and 4,000 records at least, 4 MB at most."""
    folder = files("portal_api.demo").joinpath("data")
    size = sum(len(entry.read_bytes()) for entry in folder.iterdir() if entry.name.endswith(".gz"))
    assert len(partners()) >= 6
    assert sum(len(partner.records()) for partner in partners()) >= 4_000
    assert size <= 4 * 1024 * 1024


def test_feed_keys_and_slugs_are_distinct_and_fixed() -> None:
    """Addresses are the same on every machine."""
    assert len({partner.feed_key for partner in partners()}) == len(partners())
    assert {partner.feed_key for partner in partners()} == {f"demo-{partner.slug}" for partner in partners()}


def test_three_formats_and_deletions_are_shown() -> None:
    """Dublin Core, qualified Dublin Core and MARC; some partners have tombstones."""
    assert {partner.metadata_prefix for partner in partners()} == {"oai_dc", "oai_qdc", "marc21"}
    assert sum(record.deleted for partner in partners() for record in partner.records()) >= 20


@pytest.mark.parametrize("partner", partners(), ids=lambda partner: partner.slug)
def test_every_record_is_one_well_formed_element_under_its_own_identifier(partner: DemoPartner) -> None:
    """No identifier is given twice, and the house's own reader takes every payload."""
    records = partner.records()
    assert len({record.identifier for record in records}) == len(records)
    for record in records:
        assert record.identifier.startswith(f"oai:{partner.authority}:")
        if not record.deleted:
            read_xml(record.metadata)


def test_sources_and_licences_lie_beside_the_data() -> None:
    """Each file is named in SOURCES.md."""
    notice = files("portal_api.demo").joinpath("data", "SOURCES.md").read_text(encoding="utf-8")
    assert all(f"`{partner.data_file}`" in notice for partner in partners())
