"""Chinese archival tables (DA/T 22, DA/T 18) and DA/T 46: one material in three forms, and what contradicts itself."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from harvester.files.mapping import base_for, map_file
from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, MappedUnit
from mappings.engine.own_tests import minimal_record
from mappings.schema.record import CatalogueRecord
from mappings.schema.reference_codes import reference_parts
from mappings.schema.unified import UnifiedRecord
from tests.mappings.engine.crosswalks import CONTEXT
from tests.sample_data import require_data


def row(**cells: str) -> MappedUnit:
    stated = {"档号": "A-1", "题名": "请示", "责任者": "甲", "日期": "2003"} | cells
    inline = msgspec.json.encode({name: text for name, text in stated.items() if text}).decode()
    found = apply(compiled("base/dat22"), minimal_record(FORMATS["table"], inline), CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0]


def test_columns_go_before_the_code_and_what_contradicts_them_is_told() -> None:
    unit = row(档号="X001-WS·2003-Y-0001", 年度="2004", 保管期限="永久", 件号="1")
    parts = unit.record.holding[0].parts
    assert parts is not None
    assert (parts.fonds, parts.year, parts.retention, parts.item) == ("X001", "2004", "永久", "1")
    assert [(found.code, found.field) for found in unit.issues] == [
        ("reference_parts_disagree", "holding[0].parts.year")
    ]


def test_a_row_without_a_code_has_it_composed_of_its_columns() -> None:
    unit = row(档号="", 全宗号="X1", 目录号="2", 案卷号="15", 件号="3")
    assert unit.record.holding[0].reference_code == "X1-2-15-3"
    assert unit.rules["/holding/0/reference_code"] == (("reference_parts", "header:identifier"),)


@pytest.mark.parametrize(
    ("grade", "opening", "status", "line"),
    [
        ("", "开放", "open", "full"),
        ("公开", "开放", "open", "full"),
        ("公开", "", "unknown", "full"),
        ("", "", "unknown", "full"),
        ("国内", "开放", "restricted", "full"),
        ("内部", "开放", "restricted", "hidden"),
        ("秘密★10年", "开放", "closed", "hidden"),
        ("绝密", "", "closed", "hidden"),
        ("", "控制", "closed", "hidden"),
        ("", "不予公开", "closed", "hidden"),
        ("", "依申请公开", "restricted", "full"),
        ("", "延期开放", "closed", "full"),
        ("", "也许", "unknown", "full"),
        ("某级", "开放", "closed", "hidden"),
        ("机 密", "开放", "closed", "hidden"),
    ],
)
def test_the_stricter_of_grade_and_opening_holds(grade: str, opening: str, status: str, line: str) -> None:
    access = row(密级=grade, 开放状态=opening).record.access
    assert (access.status, access.line) == (status, line)


@pytest.mark.parametrize(
    ("cells", "level", "inferred"),
    [
        ({"案卷号": "3"}, "file", True),
        ({"案卷号": "3", "件号": "1"}, "item", True),
        ({}, "item", True),
        ({"著录层级": "全宗"}, "fonds", False),
        ({"著录层级": "案卷级", "件号": "1"}, "file", False),
        ({"著录层级": "别的"}, "item", True),
    ],
)
def test_the_level_is_stated_or_inferred(cells: dict[str, str], level: str, inferred: bool) -> None:
    record = row(**cells).record
    assert (record.level, record.level_inferred) == (level, inferred)


_HEADING = "全宗号,年度,保管期限,机构（问题）,件号,题名,责任者,日期\n"


@pytest.mark.parametrize("category", ["", "WS"])
def test_items_of_two_offices_that_count_alike_are_two_records(tmp_path: Path, category: str) -> None:
    table = tmp_path / "table.csv"
    rows = ("X1,2003,永久,办公室,1,请示,甲,2003", "X1,2003,永久,财务科,1,决算,甲,2003", "X1,2003,永久,,1,批复,甲,2003")
    lines = [f"{category},{line}" for line in rows]
    table.write_text(f"类别号,{_HEADING}" + "\n".join(lines), encoding="utf-8")
    assert [record.title.value for record in records(table)] == ["请示", "决算", "批复"]


def test_files_of_two_offices_in_xml_are_two_records(tmp_path: Path) -> None:
    def file(office: str) -> str:
        parts = {"全宗号": "X1", "年度": "2003", "保管期限": "永久", "机构或问题": office, "类别号": "WS", "件号": "1"}
        code = "".join(f"<{name}>{text}</{name}>" for name, text in parts.items())
        return f"<文件实体><档号>{code}</档号><题名>{office}</题名></文件实体>"

    path = tmp_path / "files.xml"
    path.write_text(f"<文件元数据集>{file('办公室')}{file('财务科')}</文件元数据集>", encoding="utf-8")
    assert [record.title.value for record in records(path)] == ["办公室", "财务科"]


def records(path: Path) -> list[CatalogueRecord]:
    name = base_for(path)
    found = [outcome for _, outcome in map_file(compiled(name), path, CONTEXT)]
    return [outcome.units[0].record for outcome in found if isinstance(outcome, Mapped)]


@pytest.mark.data
def test_one_material_in_three_forms_is_the_same_record() -> None:
    folder = require_data("records/da-t")
    table, gb18030, xml = (
        records(folder / name)
        for name in (
            "synthetic_guidang_wenjian_mulu.csv",
            "synthetic_guidang_wenjian_mulu.gb18030.csv",
            "synthetic_dat46.xml",
        )
    )
    assert len(table) == len(gb18030) == len(xml) == 10
    assert table == gb18030
    for one, other in zip(table, xml, strict=True):
        assert (one.title, one.dates, one.level, one.extent) == (other.title, other.dates, other.level, other.extent)
        assert set(one.agents) <= set(other.agents)
        assert one.access == other.access
        assert one.holding[0].parts == other.holding[0].parts
        composed = reference_parts(other.holding[0].reference_code or "")
        assert composed is not None
        # the table's own codes leave the office out, a composed one names it
        assert replace(composed, department=None) == reference_parts(one.holding[0].reference_code or "")
        numbers = {each.normalised for each in other.identifiers}
        assert {each.normalised for each in one.identifiers} <= numbers


def test_columns_that_no_rule_reads_are_kept_by_their_names_for_the_institution_alone() -> None:
    unit = row(全宗名称="示例全宗", 主送="各科室", 题名="报告", QZH="X1")
    kept = [(each.scheme, each.name, each.value) for each in unit.record.extra]
    assert kept == [("dat22", "全宗名称", "示例全宗"), ("dat22", "主送", "各科室")]
    assert unit.rules["/extra/0/value"] == (("other_columns", "col:全宗名称"),)
    assert "extra" not in UnifiedRecord.__struct_fields__, "what is published has no such field"
