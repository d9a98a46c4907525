"""Lookup tables as files: what goes out comes in again the same, and a faulty file is told with its line."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.pipeline.table_files import TABLE_FORMATS, TableFormat, read_table, write_table
from mappings.errors import DocumentRefused
from mappings.tables.rows import TableRow, table_of
from tests.mappings.tables.rows import rows

WRITERS = (
    TableRow(key="écrivain", value="aut", label_en="author", label_zh="作者", note="as Riverside writes it"),
    TableRow(key="=cmd", value="http://id.loc.gov/vocabulary/relators/ill", match="broad"),
)


@pytest.mark.parametrize("form", TABLE_FORMATS)
@given(rows=rows)
def test_what_goes_out_comes_in_again(form: TableFormat, rows: tuple[TableRow, ...]) -> None:
    assert read_table(write_table(rows, form, uri="https://x.example/t", version=1)) == rows


def test_no_cell_is_a_formula_in_a_spreadsheet() -> None:
    written = write_table(WRITERS, "csv", uri="", version=1).decode("utf-8-sig")
    assert "'=cmd" in written
    assert "\n=cmd" not in written


def test_sssom_names_its_set_and_what_its_slots_mean() -> None:
    written = write_table(WRITERS, "sssom.tsv", uri="https://x.example/t", version=3).decode()
    head = [line for line in written.splitlines() if line.startswith("#")]
    assert "#mapping_set_id: https://x.example/t" in head
    assert '#mapping_set_version: "3"' in head
    assert "skos:broadMatch\thttp://id.loc.gov/vocabulary/relators/ill" in written
    assert read_table(written.encode()) == WRITERS


def test_sssom_of_others_is_read_by_its_labels() -> None:
    columns = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label")
    cells = ("X:1", "Scribe", "skos:closeMatch", "R:scr", "scribe")
    body = "\n".join(("# any", "\t".join(columns), "\t".join(cells)))
    assert read_table(body.encode()) == (TableRow(key="Scribe", value="R:scr", label_en="scribe", match="close"),)


@pytest.mark.parametrize(
    "body",
    [
        "原词;值;中文\n作者;aut;作者".encode("gb18030"),
        "﻿Key\tValue\tzh\n作者\taut\t作者\n".encode(),
        "\n\nkey,value,label_zh\n\n作者,aut,作者\n".encode(),
    ],
)
def test_files_as_people_save_them(body: bytes) -> None:
    assert read_table(body) == (TableRow(key="作者", value="aut", label_zh="作者"),)


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        (b"", "header_missing", 1),
        (b"a,b\n1,2\n", "header_missing", 1),
        (b"key,value\n", "file_empty", 0),
        (b"key,value\nx,\n", "value_missing", 2),
        (b"key,value\n,x\n", "key_missing", 2),
        (b"key,value\nx,1\nX,2\n", "key_twice", 3),
        (b"key,value,match\nx,1,perhaps\n", "match_unknown", 2),
        (b"key,value\nx," + b"y" * 1001 + b"\n", "cell_too_long", 2),
        (b"\x00\x01\x02", "not_the_format", 0),
    ],
)
def test_a_faulty_file_is_told_with_its_line(body: bytes, code: str, line: int) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_table(body)
    assert (refused.value.code, refused.value.line) == (code, line)


def workbook(**members: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {"xl/workbook.xml": "<workbook/>", **members}.items():
            package.writestr(name, text)
    return body.getvalue()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (workbook(), "table_broken"),
        (workbook(pad="0" * (65 << 20)), "package_bomb"),
        (workbook()[:-30], "not_the_format"),
    ],
)
def test_a_workbook_that_cannot_be_opened_is_refused_as_any_other_file(body: bytes, code: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read_table(body)
    assert refused.value.code == code


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda body: workbook() + body)))
def test_any_bytes_give_a_table_or_the_named_error(body: bytes) -> None:
    with suppress(DocumentRefused):
        assert read_table(body)


def test_keys_meet_whatever_their_case_and_width() -> None:
    table = table_of("writers", 2, WRITERS)
    assert (table.get("ÉCRIVAIN"), table.label) == ("aut", "writers@2")
