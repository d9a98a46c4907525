"""A finding aid without a number of its own goes by the name of its file (mapping 7)."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.files.reading import units_of
from harvester.files.units import Reading, Unit, raw_record
from mappings.engine.inputs import FORMATS
from tests.harvester.files.test_reading import names

MOMENT = datetime(2026, 1, 31, tzinfo=UTC)
FORM = {
    "ead2002": "<ead><eadheader>{}</eadheader><archdesc level='fonds'/></ead>",
    "ead3": "<ead xmlns='http://ead3.archivists.org/schema/'><control>{}</control><archdesc level='fonds'/></ead>",
}
NUMBER = {"ead2002": "<eadid>A 1</eadid>", "ead3": "<recordid>A 1</recordid>"}


def read(path: Path, format_: str, file_name: str = "") -> list[Unit]:
    found = list(units_of(path, Reading(format=FORMATS[format_], file_name=file_name)))
    return [unit for unit in found if isinstance(unit, Unit)]


@pytest.mark.parametrize("format_", FORM)
def test_a_file_of_one_finding_aid_lends_it_its_name_and_that_is_told(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "kept"
    path.write_text(FORM[format_].format(""))
    (unit,) = read(path, format_, "papers.xml")
    record = raw_record(unit, feed="k", format_=FORMATS[format_], received=MOMENT)
    assert record.identifier == "papers.xml"
    assert [(note.code, note.excerpt) for note in record.repairs] == [("id_by_file", "papers.xml")]
    assert record.quality == "strict"


@pytest.mark.parametrize("format_", FORM)
def test_its_own_number_goes_before_that(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "kept"
    path.write_text(FORM[format_].format(NUMBER[format_]))
    (unit,) = read(path, format_, "papers.xml")
    assert unit.name == "A 1"
    assert raw_record(unit, feed="k", format_=FORMATS[format_], received=MOMENT).repairs == ()


def test_files_of_a_package_lend_their_names_and_a_packed_file_that_of_the_whole(tmp_path: Path) -> None:
    package, packed = tmp_path / "package", tmp_path / "packed"
    with zipfile.ZipFile(package, "w") as archive:
        for name in ("a/papers.xml", "b/papers.xml"):
            archive.writestr(name, FORM["ead2002"].format(""))
    packed.write_bytes(gzip.compress(FORM["ead2002"].format("").encode()))
    assert names(list(read(package, "ead2002", "all.zip"))) == ["a/papers.xml", "b/papers.xml"]
    assert names(list(read(packed, "ead2002", "papers.xml"))) == ["papers.xml"]


def test_several_in_one_file_and_those_of_a_nameless_file_are_known_by_their_content(tmp_path: Path) -> None:
    path, several = tmp_path / "kept", tmp_path / "several"
    path.write_text(FORM["ead2002"].format(""))
    several.write_text(f"<all>{FORM['ead2002'].format('')}{FORM['ead2002'].format('<!-- b -->')}</all>")
    units = (*read(path, "ead2002"), *read(several, "ead2002", "papers.xml"))
    assert [unit.name[:7] for unit in units] == ["sha256:"] * 3


def test_records_over_oai_have_the_identifier_of_their_header(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    header = "<header><identifier>oai:a:1</identifier><datestamp>2026-01-01</datestamp></header>"
    path.write_text(f"<record>{header}<metadata>{FORM['ead2002'].format('')}</metadata></record>")
    assert [unit.name for unit in read(path, "ead2002", "papers.xml")] == ["oai:a:1"]
