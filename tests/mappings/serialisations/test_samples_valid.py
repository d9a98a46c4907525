"""Up to two hundred real records of a format, given out in every format: each is valid by its judge, or told apart."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice

import pymarc
import pytest
from lxml import etree
from msgspec.structs import replace

from harvester.files.mapping import base_for, map_file
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.schema.record import CatalogueRecord
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import iso2709, ric_o, schema_org
from mappings.serialisations.catalogue import SERIALISATIONS, Serialisation
from mappings.serialisations.cover import EntryHidden, FormatUnavailable, cover_of
from tests import factories
from tests.mappings.crosswalks.golden import CONTEXT
from tests.mappings.serialisations.judging import schema
from tests.mappings.serialisations.test_dat46 import judge as judge_of_dat46
from tests.mappings.serialisations.test_ric_o import faults, graph_of
from tests.sample_data import require_data

PAGE = "https://exchange.example/r/c-1"
RECORDS = 200
#: format -> files of the sample data
FORMATS: dict[str, tuple[str, ...]] = {
    "oai_dc": ("oai_dc/UTC__UTC.oai.dc.xml.gz", "oai_dc/Rhodes__Farnsworth.xml.gz"),
    "qdc": ("qdc/Country__countryqdc.xml.gz",),
    "marc21": ("marc21/loc_chinese.mrc.gz", "marc21/gpo_marc8.mrc.gz"),
    "marcxml": ("marcxml/hbz_alma.xml.gz", "marcxml/temple.xml.gz"),
    "mods": ("mods/State_Library__p15138coll1.oai.mods.xml.gz", "mods/Memphis_Public__p16108coll12.oai.mods.xml.gz"),
    "lido": ("lido/romania_inp_science_technology.xml.gz",),
    "edm": ("edm/amsab_europeana_edm.xml.gz",),
    "mets": ("mets/loc_findingaid_mets.zip",),
    "ead2002": ("ead2002/archivesspace_ead_eac_fixtures.zip",),
    "ead3": ("ead3/saa_ead3_samples.zip",),
    "xoai": ("xoai/Crossroads_xoai_default__maps.xml.gz", "xoai/Crossroads_xoai_default__gaiety.xml.gz"),
    "json": ("json/carnegie_museum_of_art.jsonl.gz", "json/tate_artworks.jsonl.gz"),
    "table": ("csv/nypl_collections.csv.gz",),
    "dat22": ("da-t/synthetic_guidang_wenjian_mulu.csv",),
    "dat46": ("da-t/synthetic_dat46.xml",),
}
JUDGES = {
    "oai_dc": "oai/oai_dc.xsd",
    "mods": "mods/mods-3-8.xsd",
    "edm": "edm/EDM.xsd",
    "marc21": "marc/MARC21slim.xsd",
    "ead3": "ead3/ead3.xsd",
}
#: output -> formats of which it expresses some records; the others it expresses of every format
WRITTEN: dict[str, frozenset[str]] = {
    "edm": frozenset({"edm"}),
    "dat46": frozenset({"dat22", "dat46"}),
    "ead3": frozenset({"mets", "ead2002", "ead3", "lido", "edm"}),
    "marc21": frozenset(FORMATS) - {"mets", "ead2002", "ead3"},
}


def _units(file: str) -> Iterator[UnifiedRecord]:
    path = require_data(f"records/{file}")
    for _, outcome in map_file(compiled(base_for(path)), path, CONTEXT):
        if isinstance(outcome, Mapped):
            # of one finding aid no more than show what it is like
            yield from (_alone(unit.record) for unit in outcome.units[:40])


def _alone(record: CatalogueRecord) -> UnifiedRecord:
    """A thing of one record; its values name the record of the factory."""
    return factories.unified_record(replace(record, id=factories.catalogue_record().id))


@cache
def units(format_: str) -> tuple[UnifiedRecord, ...]:
    """Up to two hundred records of a format, from each of its files as many."""
    files = FORMATS[format_]
    return tuple(unit for file in files for unit in islice(_units(file), RECORDS // len(files)))


def _valid(serialisation: Serialisation, xml: str) -> None:
    root = etree.fromstring(xml)
    if serialisation.prefix == "oai_qdc":
        # DCMI's schema gives the container no namespace, an application's own does
        root.tag = "qualifieddc"
    _judge(serialisation.prefix).assertValid(root)


def _judge(prefix: str) -> etree.XMLSchema:
    if prefix == "oai_qdc":
        return schema("dc/qualifieddc.xsd")
    return judge_of_dat46() if "dat46" in prefix else schema(JUDGES[prefix])


def _sums(found: tuple[UnifiedRecord, ...], write: Callable[[UnifiedRecord], None]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for unified in found:
        try:
            write(unified)
            sums["written"] += 1
        except FormatUnavailable:
            sums["inexpressible"] += 1
        except EntryHidden:
            sums["hidden"] += 1
    return sums


@pytest.mark.data
@pytest.mark.parametrize("serialisation", SERIALISATIONS, ids=lambda each: each.prefix)
@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_written_of_real_records_is_valid(format_: str, serialisation: Serialisation) -> None:
    sums = _sums(
        units(format_), lambda unified: _valid(serialisation, serialisation.write(unified, identifiers=(PAGE,)))
    )
    assert bool(sums["written"]) == (format_ in WRITTEN.get(serialisation.prefix, FORMATS)), sums
    if serialisation.prefix not in WRITTEN:
        assert sums["inexpressible"] == 0


@pytest.mark.data
@pytest.mark.parametrize("format_", FORMATS)
def test_pymarc_reads_what_is_written_in_iso_2709(format_: str) -> None:
    def write(unified: UnifiedRecord) -> None:
        (record,) = pymarc.MARCReader(iso2709.write(unified, identifiers=(PAGE,)), to_unicode=True, permissive=False)
        assert record is not None
        assert record["245"]["a"]

    assert bool(_sums(units(format_), write)["written"]) == (format_ in WRITTEN["marc21"])


@pytest.mark.data
@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_written_for_machines_that_read_pages_names_what_it_is(format_: str) -> None:
    def write(unified: UnifiedRecord) -> None:
        said = json.loads(schema_org.write(unified, "https://exchange.example"))
        assert said["@type"]
        assert ("name" in said) == bool(tuple(cover_of(unified).described((unified.title,))))

    sums = _sums(units(format_), write)
    assert sums["written"]
    assert sums["inexpressible"] == 0


@pytest.mark.data
@pytest.mark.parametrize("format_", FORMATS)
def test_graphs_of_real_records_have_their_shape(format_: str) -> None:
    """The judge of shapes takes a tenth of a second a record: every tenth is judged."""
    sums = _sums(units(format_)[::10], lambda unified: _has_shape(ric_o.write(unified, identifiers=(PAGE,))))
    assert sums["written"]


def _has_shape(text: str) -> None:
    assert faults(graph_of(text)) == ""
