"""`upload` as an operator types it: from a file to something that is found."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from portal_api.commands.entry import app

DC = "http://purl.org/dc/elements/1.1/"


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--data", str(folder)])
    if isinstance(result.exception, RequestRefused):
        return 1, result.exception.reason
    return result.exit_code, result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert run(folder, "institution", "add", "town", "--name", "Town")[0] == 0
    assert run(folder, "feed", "add", "Letters", "--source", "upload", "--institution", "town")[0] == 0
    return folder


def dc(folder: Path, *titles: str) -> str:
    file = folder.parent / "letters.xml"
    records = (
        f"<dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>{title}</dc:title></dc:dc>"
        for number, title in enumerate(titles)
    )
    file.write_text(f'<all xmlns:dc="{DC}">{"".join(records)}</all>', encoding="utf-8")
    return str(file)


def test_a_file_is_checked_applied_and_found(folder: Path) -> None:
    code, told = run(folder, "upload", "Letters", dc(folder, "Beekeeping in Ockham", "Bells"), "--replace")
    assert (code, told.splitlines()[-1]) == (
        0,
        "complete (counted); 2 new, 0 changed, 0 unchanged, 0 deleted, 0 quarantined",
    )
    assert run(folder, "work", "--until-idle")[0] == 0
    assert "Beekeeping" in run(folder, "search", "ockham")[1]


def test_a_check_alone_changes_nothing(folder: Path) -> None:
    assert "1 new" in run(folder, "upload", "Letters", dc(folder, "One"), "--check")[1]
    assert '"runs":[]' in run(folder, "feed", "show", "Letters")[1]


def test_a_file_of_another_kind_is_refused_with_its_place(folder: Path) -> None:
    file = folder.parent / "page.xml"
    file.write_text("<html/>", encoding="utf-8")
    assert run(folder, "upload", "Letters", str(file)) == (
        1,
        "refused: expected oai_dc records, found '<html/>', byte 0 [not_the_format]\n",
    )


def test_many_deletions_need_their_own_word(folder: Path) -> None:
    assert run(folder, "upload", "Letters", dc(folder, *map(str, range(100))))[0] == 0
    few = dc(folder, *map(str, range(20)))
    assert run(folder, "upload", "Letters", few, "--replace") == (1, "brake")
    code, told = run(folder, "upload", "Letters", few, "--replace", "--release")
    assert code == 0
    assert "80 deleted" in told


def test_a_feed_of_a_repository_takes_no_files(folder: Path) -> None:
    added = run(folder, "feed", "add", "Peer", "--url", "http://127.0.0.1:9/oai", "--institution", "town")
    assert added[0] == 0
    assert run(folder, "upload", "Peer", dc(folder, "One")) == (1, "no_file_feed")
    assert run(folder, "feed", "add", "None", "--institution", "town") == (1, "source_invalid")


ROWS: list[list[object]] = [
    ["归档文件目录"],
    ["档号", "题名", "责任者", "日期", "密级", "开放状态"],
    ["X001-WS·2003-Y-0001", "关于修建铁路的请示", "示例市铁路局", "民国三十八年四月", None, "开放"],
    ["X001-WS·2003-Y-0002", "关于任免的通知", "示例市铁路局", 20040109, "秘密", "控制"],
    [None, "无档号的一行"],
]


def catalogue(folder: Path, *rows: list[object]) -> str:
    """A workbook in a ZIP file, as an archive would send it."""
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(kept)
    path = folder.parent / "catalogue.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("2003/mulu.xlsx", kept.getvalue())
    return str(path)


def test_a_workbook_of_an_archive_is_brought_mapped_and_found(folder: Path) -> None:
    added = ("feed", "add", "Railway", "--source", "upload", "--institution", "town", "--crosswalk", "base/dat22")
    assert run(folder, *added)[0] == 0
    code, told = run(folder, "upload", "Railway", catalogue(folder, *ROWS), "--replace")
    assert code == 1
    assert "3 units: 2 records, 0 repeated, 1 faulty" in told
    assert "identifier_empty at sheet Sheet, row 5" in told
    assert run(folder, "work", "--until-idle")[0] == 0
    assert "关于修建铁路的请示" in run(folder, "search", "修建铁路")[1]
    assert "关于修建铁路的请示" in run(folder, "search", "date:1949")[1]
    assert "0 found" in run(folder, "search", "任免通知")[1]
    code, told = run(folder, "upload", "Railway", catalogue(folder, *ROWS[:2], ROWS[3]), "--replace")
    assert (code, told.splitlines()[-1]) == (
        0,
        "complete (counted); 0 new, 0 changed, 1 unchanged, 1 deleted, 0 quarantined",
    )
    assert run(folder, "work", "--until-idle")[0] == 0
    assert "关于修建铁路的请示" not in run(folder, "search", "修建铁路")[1]


def test_an_export_in_json_is_brought_mapped_and_found(folder: Path) -> None:
    added = ("feed", "add", "Museum", "--source", "upload", "--institution", "town", "--crosswalk", "base/json")
    assert run(folder, *added)[0] == 0
    path = folder.parent / "works.jsonl.gz"
    path.write_bytes(
        gzip.compress(b'{"id": 1, "title": "Quillwort", "creator": [{"name": "Ada"}]}\n{"id": 2, "name": "Ada"}\n')
    )
    assert run(folder, "upload", "Museum", str(path))[0] == 0
    assert run(folder, "work", "--until-idle")[0] == 0
    assert "Quillwort" in run(folder, "search", "quillwort")[1]
