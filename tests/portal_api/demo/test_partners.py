"""What the demonstration ships: enough records, of enough institutions, in little room, and readable."""

from __future__ import annotations

from collections import Counter, defaultdict
from importlib.resources import files

import pytest

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Deleted, Mapped
from mappings.formats.xml import read_xml
from mappings.schema.folding import fold
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from mappings.schema.record import CatalogueRecord
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


def test_five_formats_and_deletions_are_shown() -> None:
    """Dublin Core, qualified Dublin Core, MARC, LIDO and EAD3; some partners have tombstones."""
    assert {partner.metadata_prefix for partner in partners()} == {"oai_dc", "oai_qdc", "marc21", "lido", "ead3"}
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


def mapped(partner: DemoPartner) -> list[CatalogueRecord]:
    """The partner's records as a harvest and its crosswalk give them; none is refused."""
    program = compiled(partner.crosswalk_text or partner.crosswalk)
    context = Context(feed=partner.feed_key, institution=Institution(name=partner.name, slug=partner.slug))
    found: list[CatalogueRecord] = []
    for record in partner.records():
        raw = RawRecord(
            feed=partner.feed_key,
            identifier=record.identifier,
            datestamp=record.datestamp,
            deleted=record.deleted,
            payload_sha256="",
            payload="" if record.deleted else f"<record><metadata>{record.metadata}</metadata></record>",
            format=program.format.name,
        )
        outcome = apply(program, raw, context)
        assert isinstance(outcome, Deleted if record.deleted else Mapped), outcome
        found += [unit.record for unit in outcome.units] if isinstance(outcome, Mapped) else []
    return found


def test_every_record_maps_one_is_restricted_one_hidden_and_chinese_is_held_by_several() -> None:
    """Through rules of their feed's crosswalk."""
    records = {partner.slug: mapped(partner) for partner in partners()}
    access = Counter((record.access.status, record.access.line) for each in records.values() for record in each)
    assert access["restricted", "reduced"] == 1
    assert sum(count for (_, line), count in access.items() if line == "hidden") == 1
    chinese = {
        slug
        for slug, each in records.items()
        if sum(any("\u4e00" <= letter <= "\u9fff" for letter in record.title.value) for record in each) > 100
    }
    assert chinese >= {"loc", "reading-room", "poetry"}


def test_museums_show_events_as_makers_dates_and_places_and_each_holds_its_own() -> None:
    """One partner gives the records of several museums."""
    records = mapped(next(partner for partner in partners() if partner.slug == "romania"))
    assert len({record.holding[0].institution.name for record in records}) > 5
    assert all(record.holding[0].reference_code for record in records)
    dated = [record for record in records if any(date.edtf for date in record.dates)]
    assert len(dated) > len(records) / 2
    assert sum(bool(record.places) for record in records) > len(records) * 0.9


@pytest.mark.parametrize(("slug", "deepest"), [("minnesota", 3), ("ncsu", 5)])
def test_finding_aids_show_hierarchy_and_access_that_comes_down(slug: str, deepest: int) -> None:
    """Each component is a record with its way up; who states nothing of access has it from above; one holder alone."""
    records = mapped(next(partner for partner in partners() if partner.slug == slug))
    assert len(records) > 400
    assert {record.level for record in records} >= {"collection", "series", "subseries", "file"}
    assert max(record.hierarchy.depth for record in records if record.hierarchy) == deepest
    inherited = [record for record in records if record.access.inherited_from]
    assert len({record.access.status for record in inherited}) > 1
    assert {record.holding[0].institution.slug for record in records} == {slug}
    assert all(record.holding[0].department for record in records)


def test_works_are_held_by_several_institutions() -> None:
    """The same title, author and year in two or more catalogues."""
    holders: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for partner in partners():
        for record in mapped(partner):
            if record.agents and record.dates:
                key = (fold(record.title.value), fold(record.agents[0].name.value), record.dates[0].edtf or "")
                holders[key].add(partner.slug)
    assert sum(len(slugs) > 1 for slugs in holders.values()) > 300
