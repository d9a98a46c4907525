"""Real tables and JSON brought as feeds: every row and object is mapped, set aside or refused, the sums exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.storage import feeds, institutions, raw_records, runs, uploads
from federation.storage.engine import Store
from harvester.files.mapping import base_for
from tests.federation.pipeline.test_map import accounts, map_all
from tests.mappings.crosswalks.golden import SAMPLES
from tests.sample_data import require_data

#: file -> (records that are told apart, units that come again, units that cannot be read, mapped, skipped)
EXPECTED = {
    "csv/hathitrust_fiction_volumes.tsv.gz": (9026, 0, 0, 9024, 0),
    "csv/nypl_collections.csv.gz": (932, 0, 0, 932, 0),
    "da-t/synthetic_dat46.xml": (10, 0, 0, 10, 0),
    "da-t/synthetic_guidang_wenjian_mulu.csv": (10, 0, 0, 10, 0),
    "da-t/synthetic_guidang_wenjian_mulu.gb18030.csv": (10, 0, 0, 10, 0),
    "json/carnegie_museum_of_art.jsonl.gz": (5249, 0, 0, 5232, 0),
    "json/tate_artworks.jsonl.gz": (2843, 0, 0, 2843, 0),
    "zh/cbeta_textref.csv.gz": (5614, 0, 0, 5614, 0),
    "zh/cbeta_works.jsonl.gz": (5630, 0, 0, 5630, 0),
    "zh/poem_titles.jsonl.gz": (19_008, 0, 0, 19_007, 0),
    "zh/poets_tang_song.jsonl.gz": (14_138, 34, 0, 0, 14_138),
}
#: lists that number their rows in a way of their own; some groups of them stand on two pages
OWN = {
    "csv/umelb_archives_list.csv.gz": (766, 148, 15, 766, 0),
    "xlsx/64463_australian_foremen_stevedores_association.xlsx": (766, 148, 15, 766, 0),
    "xlsx/64463_australian_foremen_stevedores_association_formatted.xlsx": (766, 148, 15, 766, 0),
}
MELBOURNE = (SAMPLES / "table/melbourne.yaml").read_text(encoding="utf-8")


def brought(store: Store, path: Path, crosswalk: str, text: str = "") -> tuple[int, int, int, int, int]:
    """What a file comes to, from the file to the catalogue; every sum on the way is exact."""
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        wanted = feeds.StoredFeed(
            key="k", name="Lists", institution="town", source="upload", crosswalk=crosswalk, crosswalk_text=text
        )
        feeds.add(tx, wanted)
    received = uploads.receive(store, "k", "town", path.name, "add", [path.read_bytes()], actor="operator")
    checked = pipeline.check(store, received.id)
    report = checked.report
    assert report is not None, checked.detail
    assert report.units == report.records + report.repeated + report.faulty
    assert (report.new, report.changed, report.unchanged) == (report.records - report.deleted, 0, 0)
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=False)
    upload_run.load(store, checked.id)
    with store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    assert (run.counts.new, run.counts.deleted) == (report.new, report.deleted)
    assert run.counts.quarantined == report.faulty
    map_all(store, limit=500)
    found = accounts(store)
    assert found.exact
    assert found.harvested == report.records
    return report.records, report.repeated, report.faulty, found.mapped, found.skipped


def test_a_finding_aid_without_a_number_is_stored_by_the_name_of_the_file_that_was_brought(
    embedded: Store, tmp_path: Path
) -> None:
    path = tmp_path / "papers.xml"
    path.write_text(
        "<ead><eadheader/><archdesc level='fonds'><did><unittitle>Papers</unittitle></did></archdesc></ead>"
    )
    assert brought(embedded, path, "base/ead2002") == (1, 0, 0, 1, 0)
    with embedded.reading() as connection:
        (held,) = raw_records.of_feed(connection, "k", 0, 10)
    assert (held.raw.identifier, [note.code for note in held.raw.repairs]) == ("papers.xml", ["id_by_file"])


@pytest.mark.data
@pytest.mark.parametrize(("name", "sums"), EXPECTED.items())
def test_every_unit_of_a_real_file_is_accounted_for(
    embedded: Store, name: str, sums: tuple[int, int, int, int, int]
) -> None:
    path = require_data(f"records/{name}")
    assert brought(embedded, path, base_for(path)) == sums


@pytest.mark.data
@pytest.mark.parametrize(("name", "sums"), OWN.items())
def test_a_list_of_its_own_kind_is_read_by_a_crosswalk_of_its_own(
    embedded: Store, name: str, sums: tuple[int, int, int, int, int]
) -> None:
    assert brought(embedded, require_data(f"records/{name}"), "melbourne", MELBOURNE) == sums
