"""Chinese archival tables given out: what came as a table comes back as it was, and what is hidden never does."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from msgspec.structs import replace

from harvester.files.mapping import base_for, map_file
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.schema.access import Access
from mappings.schema.holding import Holding, Institution, ReferenceParts
from mappings.schema.record import CatalogueRecord, Title
from mappings.serialisations.cover import EntryHidden, FormatUnavailable
from mappings.serialisations.dat22 import COLUMNS, LOSSES, encoded, row, table, write
from tests import factories
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.serialisations.judging import full
from tests.sample_data import require_data

_HEADING = (
    "档号,全宗号,目录号,年度,保管期限,案卷号,件号,责任者,文号,题名,日期,开放状态,"
    "页数,语种,主题词,摘要,备注,著录层级,档案馆名称,档案馆代码,盒号"
)
TABLE = f"""{_HEADING}
J001-1-2,J001,1,,永久,2,,商会,,修建铁路集股案,民国元年至民国六年,开放,150,中文,铁路；集股,始末,,案卷,示例市档案馆,499001,7
J001-1-2-1,J001,1,,永久,2,1,商会；路局,,[修建铁路的请示],民国元年五月,依申请公开,6,中文,,,有破损,文件,示例市档案馆,499001,7
J001-1-2-2,J001,1,2003,30年,2,2,市政府,示政发〔2003〕12号,=意见,20030318,不开放,12,,,,,文件,示例市档案馆,499001,7
"""


def taken_in(folder: Path, body: bytes) -> list[CatalogueRecord]:
    path = folder / "table.csv"
    path.write_bytes(body)
    found = [outcome for _, outcome in map_file(compiled(base_for(path)), path, CONTEXT)]
    return [outcome.units[0].record for outcome in found if isinstance(outcome, Mapped)]


def given_out(records: list[CatalogueRecord]) -> str:
    own = factories.catalogue_record().id
    return table([row(factories.unified_record(replace(record, id=own))) for record in records])


@pytest.mark.parametrize("charset", ["utf-8-sig", "gb18030"])
def test_what_came_as_a_table_comes_back_as_it_was(tmp_path: Path, charset: str) -> None:
    records = taken_in(tmp_path, TABLE.encode("utf-8-sig"))
    assert len(records) == 3
    text = given_out(records)
    came = list(csv.DictReader(io.StringIO(TABLE)))
    went = list(csv.DictReader(io.StringIO(text)))
    assert [{name: cells.get(name, "").lstrip("'") for name in came[0]} for cells in went] == came
    again = taken_in(tmp_path, text.encode(charset))
    areas = "title level dates agents holding access identifiers extent subjects descriptions languages"
    for before, after in zip(records, again, strict=True):
        assert [getattr(after, name) for name in areas.split()] == [getattr(before, name) for name in areas.split()]


def test_a_cell_that_looks_like_a_formula_is_guarded(tmp_path: Path) -> None:
    assert ",'=意见," in given_out(taken_in(tmp_path, TABLE.encode()))


LISTS = {
    "档号": "A-1",
    "题名": "请示",
    "并列题名": "Request；Demande",
    "副题名": "初稿；附表",
    "责任者": "甲；乙",
    "文号": "示政发〔2003〕12号；示财发〔2003〕7号",
    "人名": "张三；李四",
    "分类号": "G27；K29",
    "备注": "附件1份；有破损",
    "文种": "请示；报告",
    "载体类型": "纸质；缩微胶片",
    "盒号": "7；8",
    "电子文件号": "E1；E2",
    "语种": "中文；英语",
    "主题词": "铁路；集股",
}


def test_what_is_joined_on_the_way_out_is_parted_on_the_way_in(tmp_path: Path) -> None:
    text = f"{','.join(LISTS)}\n{','.join(LISTS.values())}\n"
    (record,) = taken_in(tmp_path, text.encode())
    areas = (record.titles, record.identifiers, record.genre, record.medium, record.descriptions)
    assert [len(area) for area in areas] == [4, 4, 2, 2, 2]
    assert [each.label.value for each in record.subjects if each.kind == "person"] == ["张三", "李四"]
    assert [each.notation for each in record.subjects if each.kind == "classification"] == ["G27", "K29"]
    assert [box.number for box in record.holding[0].containers] == ["7", "8"]
    assert (record.agents[1].name.value, len(record.languages)) == ("乙", 2)
    (again,) = csv.DictReader(io.StringIO(given_out([record])))
    assert {name: again[name] for name in LISTS} == LISTS


def test_columns_that_nothing_fills_are_left_out() -> None:
    record = factories.catalogue_record(holding=(_HOLDING,), agents=())
    heading, _ = list(csv.reader(io.StringIO(write(factories.unified_record(record)))))
    assert heading[:2] == ["档号", "全宗号"]
    assert {"题名", "责任者", "日期"} <= set(heading) < set(COLUMNS)


_HOLDING = Holding(
    institution=Institution(name="示例市档案馆"), reference_code="J1-2-3", parts=ReferenceParts(fonds="J1", file="3")
)
_SECRET = "quillwortmarker"


def kept_back(line: str) -> CatalogueRecord:
    access = Access(status="closed", line=line, reason="privacy")  # type: ignore[arg-type]
    return factories.catalogue_record(holding=(_HOLDING,), title=Title(value=_SECRET), access=access)


def test_a_reduced_line_shows_code_level_dates_and_holder_alone() -> None:
    text = write(factories.unified_record(kept_back("reduced")))
    assert "J1-2-3" in text
    assert "不开放" in text
    assert _SECRET not in text


def test_what_is_hidden_is_not_written() -> None:
    with pytest.raises(EntryHidden):
        write(factories.unified_record(kept_back("hidden")))


def test_what_is_not_arranged_by_a_code_cannot_be_said() -> None:
    with pytest.raises(FormatUnavailable):
        write(full())
    assert "agents.roles" in LOSSES


@pytest.mark.data
def test_the_synthetic_table_comes_back(tmp_path: Path) -> None:
    path = require_data("records/da-t/synthetic_guidang_wenjian_mulu.csv")
    records = [record for record in taken_in(tmp_path, path.read_bytes()) if record.access.line != "hidden"]
    again = taken_in(tmp_path, encoded(given_out(records)))
    assert [(record.title, record.dates, record.agents, record.holding) for record in again] == [
        (record.title, record.dates, record.agents, record.holding) for record in records
    ]
    assert [record.access.status for record in again] == [record.access.status for record in records]
