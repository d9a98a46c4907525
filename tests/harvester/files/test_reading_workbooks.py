"""Workbooks and tables: every sheet to its end, headings and keys found, faults with sheet, row and column."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from harvester.files.reading import units_of
from harvester.files.units import Reading
from mappings.engine.tables import Table
from tests.harvester.files.test_reading import JSON, TABLE, names, read, refusal


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
