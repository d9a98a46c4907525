"""Every other real file brought as a feed: the units that its source counts, the sums exact, each refusal named."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest

from federation.storage import catalogue_records, outcomes, uploads
from federation.storage.engine import Store
from federation.storage.uploads import FaultLine
from harvester.files.mapping import base_for
from tests.federation.pipeline.test_map import accounts
from tests.federation.pipeline.test_uploaded_samples import EXPECTED, OWN, brought
from tests.sample_data import require_data

#: file -> (records that are told apart, units that come again, units that cannot be read, mapped, deleted)
FORMATS = {
    "ead2002/archivesspace_ead_eac_fixtures.zip": (10, 0, 12, 10, 0),
    "ead2002/loc_findingaids.zip": (130, 0, 0, 130, 0),
    "edm/amsab_europeana_edm.xml.gz": (1506, 0, 0, 1506, 0),
    "lido/lido_extended_example.xml.gz": (3, 0, 0, 3, 0),
    "lido/romania_inp_science_technology.xml.gz": (486, 0, 0, 486, 0),
    "marc21/gpo_marc8.mrc.gz": (457, 132, 0, 457, 0),
    "marc21/loc_hathi_overlap.mrc.gz": (402, 0, 0, 402, 0),
    "marcxml/gpo_nist.xml.gz": (359, 0, 0, 359, 0),
    "marcxml/hbz_alma.xml.gz": (226, 0, 0, 226, 0),
    "marcxml/temple.xml.gz": (509, 13, 0, 485, 0),
    "marcxml/trln_duke.xml.gz": (58, 8, 0, 51, 0),
    "marcxml/trln_nccu.xml.gz": (6, 4, 0, 6, 0),
    "marcxml/trln_ncsu.xml.gz": (32, 17, 0, 32, 0),
    "marcxml/trln_unc.xml.gz": (70, 5, 0, 70, 0),
    "mets/loc_findingaid_mets.zip": (29, 0, 1, 29, 0),
    "mods/Memphis_Public__p16108coll12.oai.mods.xml.gz": (463, 0, 0, 454, 9),
    "mods/Memphis_Public__p16108coll14.oai.mods.xml.gz": (295, 0, 0, 295, 0),
    "mods/State_Library__jimkey.oai.mods.xml.gz": (64, 0, 0, 25, 39),
    "mods/State_Library__p15138coll1.oai.mods.xml.gz": (61, 0, 0, 61, 0),
    "mods/State_Library__p15138coll20.oai.mods.xml.gz": (13, 0, 0, 12, 1),
    "oai_dc/Knoxville_Public__p265301coll9.oai.xml.gz": (918, 0, 0, 913, 5),
    "oai_dc/Memphis_Public__p15342coll4.oai.xml.gz": (1017, 0, 0, 1013, 4),
    "oai_dc/Memphis_Public__p16108coll12.oai.dc.xml.gz": (463, 0, 0, 454, 9),
    "oai_dc/Memphis_Public__p16108coll14.oai.dc.xml.gz": (295, 0, 0, 295, 0),
    "oai_dc/OakRidgePublic__p15388cdi.xml.gz": (1048, 0, 0, 1043, 5),
    "oai_dc/Rhodes__Farnsworth.xml.gz": (98, 0, 0, 98, 0),
    "oai_dc/Rhodes__com_10267_4752.oai.xml.gz": (314, 0, 0, 314, 0),
    "oai_dc/State_Library__mitchener.oai.dc.xml.gz": (159, 0, 0, 79, 80),
    "oai_dc/State_Library__p15138coll1.oai.dc.xml.gz": (61, 0, 0, 61, 0),
    "oai_dc/State_Library__p15138coll19.oai.dc.xml.gz": (314, 0, 0, 264, 50),
    "oai_dc/State_Library__p15138coll9.oai.dc.xml.gz": (179, 0, 0, 179, 0),
    "oai_dc/UTC__UTC.oai.dc.xml.gz": (3916, 0, 0, 1758, 2158),
    "qdc/Country__countryqdc.xml.gz": (500, 0, 0, 500, 0),
    "xoai/Crossroads_xoai_default__gaiety.xml.gz": (15, 0, 0, 15, 0),
    "xoai/Crossroads_xoai_default__maps.xml.gz": (23, 0, 0, 23, 0),
    "xoai/Crossroads_xoai_default__memphis_world.xml.gz": (100, 0, 0, 100, 0),
    "xoai/Crossroads_xoai_default__sanitation.xml.gz": (100, 0, 0, 100, 0),
}
#: those that take a minute or more
LARGE = {
    "ead3/saa_ead3_samples.zip": (44, 4, 0, 44, 0),
    "marc21/gpo_utf8.mrc.gz": (2787, 9, 0, 2787, 0),
    "marc21/loc_books_sample.mrc.gz": (6000, 0, 0, 6000, 0),
    "marc21/loc_chinese.mrc.gz": (8030, 0, 0, 8030, 0),
}


def is_as_counted(store: Store, name: str, sums: tuple[int, int, int, int, int]) -> None:
    """What is rejected lacks a title, as records that were made to test one field do."""
    records, repeated, faulty, mapped, deleted = sums
    path = require_data(f"records/{name}")
    assert brought(store, path, base_for(path)) == (records, repeated, faulty, mapped, 0)
    found = accounts(store)
    assert (found.deleted, found.rejected) == (deleted, records - mapped - deleted)
    with store.reading() as connection:
        codes = Counter(each.code for each in outcomes.refusals(connection, "k", "rejected"))
    assert set(codes) <= {"title_missing"}


def faults(store: Store) -> tuple[FaultLine, ...]:
    with store.reading() as connection:
        found = uploads.of_feed(connection, "k")[0].report
    assert found is not None
    return found.faults


@pytest.mark.data
@pytest.mark.parametrize(("name", "sums"), FORMATS.items())
def test_every_unit_is_accounted_for_as_its_source_counts(
    embedded: Store, name: str, sums: tuple[int, int, int, int, int]
) -> None:
    is_as_counted(embedded, name, sums)


@pytest.mark.data
@pytest.mark.long
@pytest.mark.parametrize(("name", "sums"), LARGE.items())
def test_and_so_is_every_unit_of_the_large_ones(
    embedded: Store, name: str, sums: tuple[int, int, int, int, int]
) -> None:
    is_as_counted(embedded, name, sums)


@pytest.mark.data
def test_no_file_is_left_out() -> None:
    folder = require_data("records")
    told = {str(each.relative_to(folder)) for each in folder.glob("*/*") if each.parent.name != "overlap"}
    assert told == {*EXPECTED, *OWN, *FORMATS, *LARGE}


@pytest.mark.data
def test_marc_8_is_read_to_the_last_character(embedded: Store) -> None:
    path = require_data("records/marc21/gpo_marc8.mrc.gz")
    brought(embedded, path, base_for(path))
    with embedded.reading() as connection:
        names = catalogue_records.ids_of_feed(connection, "k")
        records = [each.record for each in catalogue_records.get_many(connection, names[:400]).values()]
    assert len(records) == 400
    assert "\ufffd" not in msgspec.json.encode(records).decode()


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "where", "reason"),
    [
        ("mets/loc_findingaid_mets.zip", "eadrbc", "not_the_format"),
        ("ead2002/archivesspace_ead_eac_fixtures.zip", "eac__", "not_a_record_format"),
    ],
)
def test_a_page_of_the_web_and_descriptions_of_people_are_told_by_their_files(
    embedded: Store, name: str, where: str, reason: str
) -> None:
    path: Path = require_data(f"records/{name}")
    brought(embedded, path, base_for(path))
    found = faults(embedded)
    assert {each.reason for each in found} == {reason}
    assert all(each.where.startswith(where) for each in found)
