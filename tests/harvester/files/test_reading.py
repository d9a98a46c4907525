"""Files of every kind become units with their own identifiers; what is wrong has a reason and a place."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.files.packages import PackageLimits, members
from harvester.files.reading import units_of
from harvester.files.units import FaultyUnit, FileRefused, Found, Reading, Unit
from mappings.engine.inputs import FORMATS, Format
from tests.sample_data import require_data

DC = FORMATS["oai_dc"]
MARC = FORMATS["marc21"]
TABLE = Format(name="table", walk="table", prefixes={}, roots=frozenset())  # type: ignore[arg-type]
_DC_NS = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def read(folder: Path, body: bytes, format_: Format, key: str = "") -> list[Found]:
    path = folder / "file"
    path.write_bytes(body)
    return list(units_of(path, Reading(format=format_, key=key)))


def names(found: list[Found]) -> list[str]:
    return [unit.name if isinstance(unit, Unit) else f"!{unit.reason}@{unit.position}" for unit in found]


def refusal(folder: Path, body: bytes, format_: Format, key: str = "") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(folder, body, format_, key)
    return caught.value


def dc(number: int, title: str = "A title") -> str:
    return f"<oai_dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>{title}</dc:title></oai_dc:dc>"


def marc(number: str) -> bytes:
    field = number.encode() + b"\x1e"
    directory = b"001" + b"%04d" % len(field) + b"00000" + b"\x1e"
    base = 24 + len(directory)
    length = base + len(field) + 1
    return b"%05dnam a22%05d a 4500" % (length, base) + directory + field + b"\x1d"


def test_dublin_core_stands_in_any_wrapper(tmp_path: Path) -> None:
    inside = f"<all {_DC_NS}><!-- <oai_dc:dc> --><part><item>{dc(1)}</item></part>{dc(2)}</all>"
    found = read(tmp_path, inside.encode(), DC)
    assert names(found) == ["n1", "n2"]
    assert found[0].namespaces["dc"] == "http://purl.org/dc/elements/1.1/"  # type: ignore[union-attr]


def test_oai_records_keep_their_header_and_their_tombstones(tmp_path: Path) -> None:
    live = (
        f"<record><header><identifier>oai:x:1</identifier><datestamp>2020-01-01</datestamp><setSpec>a</setSpec></header>"
        f"<metadata>{dc(1)}</metadata></record>"
    )
    gone = "<record><header status='deleted'><identifier>oai:x:2</identifier></header></record>"
    body = f"<w xmlns='http://www.openarchives.org/OAI/2.0/' {_DC_NS}>{live}{gone}</w>"
    found = read(tmp_path, body.encode(), DC)
    assert names(found) == ["oai:x:1", "oai:x:2"]
    assert [unit.deleted for unit in found if isinstance(unit, Unit)] == [False, True]
    assert found[0].datestamp == "2020-01-01"  # type: ignore[union-attr]


def test_a_broken_record_is_a_fault_with_its_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    broken = "<oai_dc:dc><dc:title>lost"
    body = f"<all {_DC_NS}>{dc(1)}{broken}{dc(2)}{dc(3, 'Fish & chips')}</all>"
    found = read(tmp_path, body.encode(), DC)
    assert names(found)[0] == "n1"
    assert names(found)[-2:] == ["n2", "n3"]
    assert [unit for unit in found if isinstance(unit, FaultyUnit)]
    assert "&amp; chips" in found[-1].payload  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html><body>404</body></html>", "not_the_format"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a><oai_dc:dc/></a>', "doctype_refused"),
        (b"", "file_empty"),
        (b"a,b\n1,2\n", "not_the_format"),
        (marc("1"), "not_the_format"),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_name(tmp_path: Path, body: bytes, reason: str) -> None:
    assert refusal(tmp_path, body, DC).reason == reason


def test_utf16_and_declared_character_sets_are_read(tmp_path: Path) -> None:
    text = f"<all {_DC_NS}>{dc(1, 'Zoë')}</all>"
    for body in (
        f"<?xml version='1.0' encoding='UTF-16'?>{text}".encode("utf-16"),
        f"<?xml version='1.0' encoding='ISO-8859-1'?>{text}".encode("latin-1"),
        f"<?xml version='1.0' encoding='GB18030'?>{text}".encode("gb18030"),
    ):
        assert "Zoë" in read(tmp_path, body, DC)[0].payload  # type: ignore[union-attr]


def test_marc_records_end_where_they_end(tmp_path: Path) -> None:
    wrong = b"99999" + marc("2")[5:]
    found = read(tmp_path, marc("1") + wrong + marc("3")[:-1], MARC)
    assert names(found)[:2] == ["1", "2"]
    assert [note.code for note in found[1].notes] == ["record_cleaned"]  # type: ignore[union-attr]
    assert names(found)[2] == f"!truncated@{2 * len(marc('1'))}"


def test_marcxml_collections_are_split(tmp_path: Path) -> None:
    record = '<record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">{}</controlfield></record>'
    body = '<collection xmlns="http://www.loc.gov/MARC21/slim">' + "".join(map(record.format, "ab")) + "</collection>"
    assert names(read(tmp_path, body.encode(), MARC)) == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_tables_are_read_in_their_encoding_and_with_their_delimiter(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [("档号", "题名", "备注", "备注"), ("A-1", "关于修建铁路的请示", "甲", "乙"), ("A-2", "批复", "", "")]
    body = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    found = read(tmp_path, body, TABLE)
    assert names(found) == ["A-1", "A-2"]
    payload = json.loads(found[0].payload)  # type: ignore[union-attr]
    assert payload == {"档号": "A-1", "题名": "关于修建铁路的请示", "备注": "甲", "备注#2": "乙"}


def test_rows_that_do_not_fit_are_faults_with_their_line(tmp_path: Path) -> None:
    body = b'id,title\n1,"two\nlines"\n2,a,b\n,no id\n3\n4,last\n'
    assert names(read(tmp_path, body, TABLE)) == ["1", "!row_ragged@4", "!identifier_empty@5", "!row_ragged@6", "4"]


def test_a_table_without_a_key_names_its_columns(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b"title,year\na,1\n", TABLE)
    assert refused.reason == "no_key_column"
    assert "title, year" in str(refused)
    assert names(read(tmp_path, b"title,year\na,1\n", TABLE, "Year")) == ["1"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 1, "t": "a"}\n\n{"id": "b", "t": "}{"}\n',
        b'[{"id": 1, "t": [{"x": 1}]}, {"id": "b"}]',
        b'{"count": 2, "records": [{"id": 1}, {"id": "b"}]}',
        b'{\n "records": [\n  {"id": 1},\n  {"id": "b"}\n ]\n}',
    ],
)
def test_json_is_read_as_lines_and_as_arrays(tmp_path: Path, body: bytes) -> None:
    assert names(read(tmp_path, body, TABLE)) == ["1", "b"]


def test_a_bad_json_line_is_a_fault_at_its_byte(tmp_path: Path) -> None:
    body = b'{"id": 1}\n{"id": 2,\n{"x": 3}\n'
    assert names(read(tmp_path, body, TABLE)) == ["1", "!json_broken@10", "!identifier_empty@20"]


def test_every_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["档号", "年度", "日期"])
    book.active.append(["B-1", 1949, None])
    book.create_sheet("second").append(["id"])
    book["second"].append([7.0])
    book.create_sheet("empty")
    kept = io.BytesIO()
    book.save(kept)
    assert names(read(tmp_path, kept.getvalue(), TABLE)) == ["B-1", "7"]


def zipped(files: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in files.items():
            package.writestr(name, body)
    return kept.getvalue()


def tarred(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as package:
        for entry, body in entries:
            entry.size = len(body)
            package.addfile(entry, io.BytesIO(body))
    return kept.getvalue()


def test_packages_are_read_one_level_deep(tmp_path: Path) -> None:
    tar = tarred((tarfile.TarInfo("a.mrc"), marc("1")), (tarfile.TarInfo("b.mrc"), marc("2")))
    for body in (zipped({"a.mrc": marc("1"), "sub/b.mrc": marc("2")}), tar, gzip.compress(tar)):
        assert names(read(tmp_path, body, MARC)) == ["1", "2"]
    assert names(read(tmp_path, gzip.compress(marc("1") + marc("2")), MARC)) == ["1", "2"]
    mixed = zipped({"a.mrc": marc("1"), "inner.zip": zipped({"x.mrc": marc("2")}), "read me.txt": b"hello"})
    assert names(read(tmp_path, mixed, MARC)) == ["1", "!package_nested@0", "!not_the_format@0"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../../up", "a/../../b", "C:\\windows", "..\\up"])
def test_a_name_that_leads_out_refuses_the_package(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, zipped({"a.mrc": marc("1"), name: marc("2")}), MARC).reason == "package_name"
    assert refusal(tmp_path, tarred((tarfile.TarInfo(name), marc("1"))), MARC).reason == "package_name"


def test_a_link_refuses_the_package(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    assert refusal(tmp_path, tarred((link, b"")), MARC).reason == "package_link"


def test_bombs_are_met_while_they_are_unpacked(tmp_path: Path) -> None:
    bomb = b"\0" * (32 << 20)
    for body in (gzip.compress(bomb), zipped({"a": bomb})):
        assert refusal(tmp_path, body, MARC).reason == "package_bomb"
    many = tmp_path / "many"
    many.write_bytes(zipped({str(number): b"x" for number in range(20)}))
    with pytest.raises(FileRefused, match="package_bomb"):
        list(members(many, PackageLimits(entries=19)))


def test_a_cut_package_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, gzip.compress(marc("1"))[:-4], MARC).reason == "package_broken"
    assert refusal(tmp_path, zipped({"a.mrc": marc("1")})[:-30], MARC).reason == "package_broken"


@settings(max_examples=150, deadline=None)
@given(
    body=st.binary(max_size=400),
    kind=st.sampled_from([DC, MARC, TABLE]),
    start=st.sampled_from(["", "<a>", "[{", "id,b\n"]),
)
def test_any_bytes_give_units_or_a_named_refusal(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, kind: Format, start: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start.encode() + body)
    reasons = []
    try:
        reasons += [
            unit.name if isinstance(unit, Unit) else unit.reason for unit in units_of(path, Reading(format=kind))
        ]
    except FileRefused as refused:
        reasons.append(refused.reason)
    assert all(reasons)


@pytest.mark.data
@pytest.mark.parametrize(("folder", "kind"), [("marc21", MARC), ("marcxml", MARC), ("oai_dc", DC)])
def test_every_sample_file_is_split_and_identified(folder: str, kind: Format) -> None:
    for path in sorted(require_data(f"records/{folder}").iterdir()):
        if path.suffix in (".md", ".txt"):
            continue
        found = list(units_of(path, Reading(format=kind)))
        assert found, path.name
        assert not [unit for unit in found if isinstance(unit, FaultyUnit)], path.name
