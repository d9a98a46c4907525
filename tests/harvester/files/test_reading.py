"""Files of every kind become units with their own identifiers; what is wrong has a reason and a place."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import time
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
from mappings.engine.tables import Table
from tests.sample_data import require_data

DC = FORMATS["oai_dc"]
MARC = FORMATS["marc21"]
TABLE, JSON = FORMATS["table"], FORMATS["json"]
_DC_NS = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def read(folder: Path, body: bytes, format_: Format, key: str = "") -> list[Found]:
    path = folder / "file"
    path.write_bytes(body)
    return list(units_of(path, Reading(format=format_, keys=((key,),) if key else ())))


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


@pytest.mark.parametrize("heading", ["备注#2,备注,备注,备注", "备注,备注,备注#2,备注#2", ",#1,,"])
def test_no_two_columns_have_one_name(tmp_path: Path, heading: str) -> None:
    (unit,) = read(tmp_path, f"档号,{heading}\nA-1,a,b,c,d\n".encode(), TABLE)
    assert isinstance(unit, Unit)
    assert sorted(json.loads(unit.payload)["cells"].values()) == ["A-1", "a", "b", "c", "d"]


def test_a_guarded_cell_loses_its_guard_alone(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, "档号,题名,备注\nA-1,''=x,＝y\n".encode(), TABLE)
    assert isinstance(unit, Unit)
    assert json.loads(unit.payload)["cells"] == {"档号": "A-1", "题名": "'=x", "备注": "＝y"}


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


@pytest.mark.parametrize("opened", [b"<!--", b"<![CDATA[", b"<oai_dc:dc ", b'<oai_dc:dc a="', b"<oai_dc:dc a=\"'"])
def test_what_is_opened_again_and_again_and_never_closed_is_read_past_at_once(tmp_path: Path, opened: bytes) -> None:
    """It took a minute where each was looked for to the end of the file."""
    begun = time.process_time()
    found = read(tmp_path, f"<all {_DC_NS}>{dc(1)}".encode() + opened * 40_000, DC)
    assert time.process_time() - begun < 10
    assert [unit.identifier for unit in found if isinstance(unit, Unit)] == ["n1"]


def test_tags_in_comments_and_values_are_none(tmp_path: Path) -> None:
    held = "<dc:identifier>n1</dc:identifier><!-- </oai_dc:dc> --><dc:title><![CDATA[</oai_dc:dc>]]></dc:title>"
    body = f"""<all {_DC_NS}><!-- <oai_dc:dc> --><oai_dc:dc a='1 > 0' b="/>">{held}</oai_dc:dc></all>"""
    assert names(read(tmp_path, body.encode(), DC)) == ["n1"]


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


def test_commas_in_a_title_do_not_part_a_table_of_two_columns_by_tabs(tmp_path: Path) -> None:
    found = read(tmp_path, b"identifier\ttitle\n1\tOne, two, three\n2\tX\n", TABLE, "identifier")
    assert names(found) == ["1", "2"]


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
    assert payload == {"cells": {"档号": "A-1", "题名": "关于修建铁路的请示", "备注": "甲", "备注#2": "乙"}}


def test_rows_that_do_not_fit_are_faults_with_their_line(tmp_path: Path) -> None:
    body = b'id,title\n1,"two\nlines"\n2,a,b\n,no id\n3\n4,last\n'
    assert names(read(tmp_path, body, TABLE)) == ["1", "!row_width@4", "!identifier_empty@5", "!row_width@6", "4"]


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
    assert names(read(tmp_path, body, JSON)) == ["1", "b"]


def test_a_json_line_that_is_no_utf8_is_read_in_its_own_character_set(tmp_path: Path) -> None:
    body = b'{"id":"1"}\n{"id":"2","t":"caf\xe9"}\n{"id":"3"}\n'
    assert names(read(tmp_path, body, JSON)) == ["1", "2", "3"]
    assert names(read(tmp_path, '{"id":"1","t":"中文"}\n'.encode("gb18030"), JSON)) == ["1"]


def test_a_quote_that_is_never_closed_swallows_no_row(tmp_path: Path) -> None:
    body = b'identifier,title\n1,"a\n2,b\n3,"c, d"\n4,"two\nlines"\n5,x "y\n6,z\n'
    assert names(read(tmp_path, body, TABLE)) == ["1", "2", "3", "4", "5", "6"]
    titles = [unit.payload for unit in read(tmp_path, body, TABLE) if isinstance(unit, Unit)]
    assert '"a' in titles[0].replace("\\", "")
    assert "two\\nlines" in titles[3]


def test_an_object_with_an_identifier_is_no_wrapper_of_its_parts(tmp_path: Path) -> None:
    assert names(read(tmp_path, b'{"id":"1","parts":[{"id":"p1"}]}\n', JSON)) == ["1"]
    assert names(read(tmp_path, b'{"no":"1","parts":[{"no":"p1"}]}\n', JSON, "no")) == ["1"]


def test_a_collection_with_an_address_of_its_own_is_its_members(tmp_path: Path) -> None:
    collection = b'{"@id":"https://x.example/all","member":[{"id":"1"},{"id":"2"}]}'
    assert names(read(tmp_path, collection, JSON)) == ["1", "2"]


def test_a_long_first_json_line_is_read_as_the_others(tmp_path: Path) -> None:
    body = b'{"id":"1","parts":[{"id":"p1"}],"t":"%s"}\n{"id":"2"}\n' % (b"x" * 70_000)
    assert names(read(tmp_path, body, JSON)) == ["1", "2"]


LONG = "x" * 70_000


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{{"id": 1, "parts": [{{"id": "p1"}}], "t": "{LONG}"}}\n{{"id": 2}}\n', ["1", "2"]),
        (f'{{"id": 1, "parts": ["p1"], "t": "{LONG}"}}\n{{"id": 2}}\n', ["1", "2"]),
        ('{"id": 1, "parts": [{"id": "p1"}]}\n', ["1"]),
        ('{\n "parts": [\n  {"id": "p1"}\n ],\n "id": 1\n}\n', ["1"]),
        ('{\n "id": 1,\n "title": "t"\n}', ["1"]),
        ('{"facets": [{"id": "f1"}, {"id": "f2"}], "records": [{"id": 1}]}', ["1"]),
        ('{"errors": [], "found": [{"id": 1}, {"id": 2}], "facets": [{"id": "f1"}]}', ["1", "2"]),
        ('{"response": {"start": 0, "docs": [{"id": 1}, {"id": 2}]}}', ["1", "2"]),
        ('{"id": 1}{"id": 2}', ["1", "2"]),
        ('{\n "id": 1\n}\n{\n "id": 2\n}\n', ["1", "2"]),
        ('{\n "id": 1\n}\n{\n "id": 2\n', ["1", "!json_broken@13"]),
        ('{"id": 1,\n{"id": 2}\n{"id": 3}\n', ["!json_broken@0", "2", "3"]),
        ('[{"id": 1}]\n[{"id": 2}]\n', ["1", "!not_the_format@12"]),
        ('\ufeff[{"id": 1}]', ["1"]),
    ],
)
def test_objects_are_told_from_their_parts_and_from_what_wraps_them(
    tmp_path: Path, body: str, expected: list[str]
) -> None:
    assert names(read(tmp_path, body.encode(), JSON)) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "gb18030", "big5"])
@pytest.mark.parametrize("form", ["[%s,\n%s]", "%s\n%s\n"])
def test_json_is_read_in_its_character_set(tmp_path: Path, encoding: str, form: str) -> None:
    objects = [json.dumps({"id": name, "title": "關於修建鐵路的請示功" * 5}, ensure_ascii=False) for name in "ab"]
    found = read(tmp_path, (form % tuple(objects)).encode(encoding), JSON)
    assert names(found) == ["a", "b"]
    assert "關於修建鐵路的請示功" in found[1].payload  # type: ignore[union-attr]


def test_a_line_in_another_character_set_is_read_in_that(tmp_path: Path) -> None:
    body = '{"id": 1, "t": "題名é"}\n'.encode() + b'{"id": 2, "t": "caf\xe9"}\n' + b'{"id": 3}\n'
    found = read(tmp_path, body, JSON)
    assert names(found) == ["1", "2", "3"]
    assert ["題名é" in found[0].payload, "café" in found[1].payload] == [True, True]  # type: ignore[union-attr]


def test_strings_that_never_end_are_read_past_at_once(tmp_path: Path) -> None:
    begun = time.process_time()
    assert names(read(tmp_path, b'{"id": 1}{"id": "' + b'\\"' * 200_000, JSON))[:1] == ["1"]
    assert time.process_time() - begun < 5.0


def test_a_bad_json_line_is_a_fault_at_its_byte(tmp_path: Path) -> None:
    body = b'{"id": 1}\n{"id": 2,\n{"x": 3}\n'
    assert names(read(tmp_path, body, JSON)) == ["1", "!json_broken@10", "!identifier_empty@20"]


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


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_elements_with_chinese_names_are_found_in_any_character_set(tmp_path: Path, encoding: str) -> None:
    parts = {"全宗号": "X1", "类别号": "WS", "年度": "2003", "保管期限": "永久", "馆编件号": "7"}
    code = "<档号>" + "".join(f"<{name}>{text}</{name}>" for name, text in parts.items()) + "</档号>"
    body = f"<文件实体><电子文件号>E1</电子文件号><题名>请示</题名></文件实体><文件实体>{code}</文件实体>"
    text = f'<?xml version="1.0" encoding="{encoding}"?><文件元数据集 xmlns="urn:x">{body}</文件元数据集>'
    found = read(tmp_path, text.encode(encoding), FORMATS["dat46"])
    assert names(found) == ["E1", "X1-WS·2003-Y-7"]
    assert "请示" in found[0].payload  # type: ignore[union-attr]


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_part(body: bytes, name: str, old: str, new: str) -> bytes:
    """A workbook with other text in one of its parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as before, zipfile.ZipFile(kept, "w") as after:
        for member in before.namelist():
            part = before.read(member)
            if member == name:
                assert re.search(old.encode(), part)
                part = re.sub(old.encode(), new.encode(), part)
            after.writestr(member, part)
    return kept.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("stated", ["A1", "A1:B3", "A1:XFD1048576"])
def test_a_sheet_is_read_to_its_end_whatever_size_it_states(tmp_path: Path, stated: str) -> None:
    body = workbook(a=[["id", "title"], *([f"r{number}", "t"] for number in range(5))])
    body = with_part(body, SHEET, 'dimension ref="[^"]*"', f'dimension ref="{stated}"')
    assert names(read(tmp_path, body, TABLE)) == ["r0", "r1", "r2", "r3", "r4"]


def test_rows_behind_many_blank_ones_are_read(tmp_path: Path) -> None:
    body = workbook(a=[["id", "title"], ["1", "a"], *([[]] * 3_000), ["2", "b"]])
    assert names(read(tmp_path, body, TABLE)) == ["1", "2"]


def test_rows_behind_the_last_of_a_sheet_are_a_fault(tmp_path: Path) -> None:
    body = with_part(workbook(a=[["id", "title"], ["1", "a"], ["2", "b"]]), SHEET, 'row r="3"', 'row r="99999999999"')
    assert names(read(tmp_path, body, TABLE)) == ["1", "!table_broken@0"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("</sheetData>", ""), ('row r="3"', 'row r="x"'), ('c r="A3"', 'c r="!!"'), ('(c r="A3") t="n"', r'\1 t="s"')],
)
def test_a_sheet_that_breaks_off_is_a_fault_behind_its_rows(tmp_path: Path, old: str, new: str) -> None:
    body = with_part(workbook(a=[["id", "title"], ["1", "a"], [2, "b"]]), SHEET, old, new)
    assert names(read(tmp_path, body, TABLE))[-1] == "!table_broken@0"


def test_the_heading_is_the_first_row_that_holds_the_key(tmp_path: Path) -> None:
    body = workbook(
        件=[["归档文件目录"], [], ["2003年", None, "永久"], ["档 号", "题名", "日期"], ["A-1", "请示", "20030318"]],
        说明=[["一份说明"], ["没有目录"]],
    )
    found = read(tmp_path, body, TABLE)
    assert names(found) == ["A-1", "!header_missing@0"]
    assert found[1].where == "sheet 说明"  # type: ignore[union-attr]
    payload = json.loads(found[0].payload)  # type: ignore[union-attr]
    assert payload == {"cells": {"档 号": "A-1", "题名": "请示", "日期": "20030318"}, "sheet": "件"}


def test_a_heading_that_stands_again_on_the_next_page_is_no_row(tmp_path: Path) -> None:
    assert names(read(tmp_path, b"id,title\n1,a\nid,title\n2,b\n", TABLE)) == ["1", "2"]


def test_a_table_without_any_heading_is_refused_by_name(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"1,2003,3\n2,2004,4\n", TABLE).reason == "header_missing"


def test_a_fault_of_a_workbook_names_sheet_and_row(tmp_path: Path) -> None:
    rows: list[list[object]] = [["档号", "题名"], ["A-1", "a"], ["A-2", "b", "c"], [None, "d"]]
    found = read(tmp_path, workbook(案卷=rows), TABLE)
    assert names(found) == ["A-1", "!row_width@3", "!identifier_empty@4"]
    assert found[1].where == "sheet 案卷, row 3"  # type: ignore[union-attr]
    assert found[2].body == "sheet 案卷, row 4\n\td".encode()  # type: ignore[union-attr]


def test_a_cell_whose_formula_failed_is_left_out_and_named_by_sheet_row_and_column(tmp_path: Path) -> None:
    rows: list[list[object]] = [["档号", "题名", "页数"], ["A-1", "a", "#REF!"], ["#N/A", "b", 3]]
    found = read(tmp_path, workbook(案卷=rows), TABLE)
    assert names(found) == ["A-1", "!identifier_empty@3"]
    assert [(note.code, note.excerpt) for note in found[0].notes] == [  # type: ignore[union-attr]
        ("cell_error", "sheet 案卷, row 2, column 页数: #REF!")
    ]
    assert json.loads(found[0].payload)["cells"] == {"档号": "A-1", "题名": "a"}  # type: ignore[union-attr]


def test_cells_that_cannot_be_read_are_counted_and_a_row_of_them_is_a_fault(tmp_path: Path) -> None:
    good = ("档号,题名\nA-1," + "中华人民共和国" * 20).encode("gb18030")
    found = read(tmp_path, good + b"\xff\nA-2,\xff\xff\xff\n", TABLE)
    assert names(found) == ["A-1", "!bytes_undecodable@3"]
    assert [note.code for note in found[0].notes] == ["bytes_undecodable"]  # type: ignore[union-attr]


def test_a_key_may_be_several_columns_and_merged_cells_say_what_stands_above(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("全宗号,案卷号,件号,题名\nX1,1,1,a\n,,2,b\n,2,1,c\n".encode())
    reading = Reading(format=TABLE, keys=(("档号",), ("全宗号", "案卷号", "件号")), fill_down=("全宗号", "案卷号"))
    assert names(list(units_of(path, reading))) == ["X1-1-1", "X1-1-2", "X1-2-1"]


def test_a_column_is_found_by_another_name_of_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"TM,DH\na,A-1\n")
    columns = Table(name="columns", version=1, rows={"dh": "档号", "tm": "题名"})
    reading = Reading(format=TABLE, keys=(("档号",),), columns=columns)
    assert names(list(units_of(path, reading))) == ["A-1"]


def test_an_object_is_identified_by_a_path(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'[{"a": {"n": [{"v": 7}]}, "b": "x"}, {"a": 1}]')
    reading = Reading(format=JSON, keys=(("/a/n/*/v", "b"),))
    assert names(list(units_of(path, reading))) == ["7-x", "!identifier_empty@37"]


def test_a_workbook_of_old_excel_is_refused_by_name(tmp_path: Path) -> None:
    assert "kind xls" in str(refusal(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), TABLE))


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
    kind=st.sampled_from([DC, MARC, TABLE, JSON]),
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


@pytest.mark.parametrize("format_", ["ead2002", "ead3", "mods"])
def test_what_a_description_of_a_person_quotes_is_no_record_of_the_file(tmp_path: Path, format_: str) -> None:
    quoted = "<ead><archdesc level='fonds'/></ead><mods><titleInfo/></mods>"
    relation = f"<relations><resourceRelation><objectXMLWrap>{quoted}</objectXMLWrap></resourceRelation></relations>"
    body = f'<?xml version="1.0"?>\n<!-- EAC --><eac-cpf xmlns="urn:isbn:1-933666-21-7">{relation}</eac-cpf>'.encode()
    assert refusal(tmp_path, body, FORMATS[format_]).reason == "not_the_format"
    wrapped = body.replace(b"<eac-cpf", b"<export><eac-cpf") + b"%s</export>"
    assert refusal(tmp_path, wrapped % b"", FORMATS[format_]).reason == "not_the_format"
    assert len(read(tmp_path, wrapped % quoted.encode(), FORMATS[format_])) == 1
