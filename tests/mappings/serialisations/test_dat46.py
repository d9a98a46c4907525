"""DA/T 46 given out: what came as such a record comes back as it was, valid by its schema."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from harvester.files.mapping import map_file
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.schema.access import Access
from mappings.schema.record import CatalogueRecord
from mappings.serialisations.cover import EntryHidden, FormatUnavailable
from mappings.serialisations.dat46 import LOSSES, schema, write
from tests import factories
from tests.mappings.engine.crosswalks import CONTEXT
from tests.mappings.serialisations.judging import full
from tests.sample_data import require_data

AREAS = (
    "title",
    "titles",
    "level",
    "dates",
    "agents",
    "holding",
    "access",
    "identifiers",
    "extent",
    "subjects",
    "descriptions",
    "languages",
    "genre",
)
SOURCE = (
    "<文件实体><聚合层次>案卷</聚合层次><来源><档案馆名称>示例市档案馆</档案馆名称><档案馆代码>499001</档案馆代码></来源>"
    "<电子文件号>X1</电子文件号><电子文件号>X2</电子文件号>"
    "<档号><全宗号>X001</全宗号><年度>2003</年度><保管期限>30年</保管期限><机构或问题>办公室</机构或问题>"
    "<类别号>WS</类别号><馆编件号>0001</馆编件号></档号>"
    "<内容描述><题名>[意见 &amp; 通知]</题名><并列题名>Opinion</并列题名><副题名>初稿</副题名>"
    "<文件编号>示政发〔2003〕12号</文件编号><责任者>甲</责任者><责任者>乙</责任者><日期>20030318</日期><日期>民国元年五月</日期>"
    "<文种>意见</文种><主题词>铁路</主题词><人名>张三</人名><分类号>G27</分类号><摘要>始末</摘要></内容描述>"
    "<形式特征><页数>12</页数><件数>2</件数><语种>汉语</语种></形式特征>"
    "<权限管理><控制标识>{}</控制标识></权限管理><附注>附件1份</附注><附注>有破损</附注></文件实体>"
)


def taken_in(payload: str) -> CatalogueRecord:
    outcome = apply(compiled("base/dat46"), factories.raw_record(payload=payload), CONTEXT)
    assert isinstance(outcome, Mapped), outcome
    return outcome.units[0].record


def given_out(record: CatalogueRecord) -> str:
    return write(factories.unified_record(replace(record, id=factories.catalogue_record().id)))


def judge() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema()))


@pytest.mark.parametrize("control", ["开放", "依申请公开", "限制利用", "不开放", "延期开放", "延期开放至2040年"])
def test_what_came_comes_back_as_it_was(control: str) -> None:
    record = taken_in(SOURCE.format(control))
    text = given_out(record)
    judge().assertValid(etree.fromstring(text))
    again = taken_in(text)
    assert [getattr(again, name) for name in AREAS] == [getattr(record, name) for name in AREAS]
    assert record.title.supplied
    assert len(record.dates) == len(record.agents) == 2


@pytest.mark.data
def test_the_synthetic_records_come_back() -> None:
    path = require_data("records/da-t/synthetic_dat46.xml")
    found = [outcome.units[0].record for _, outcome in map_file(compiled("base/dat46"), path, CONTEXT)
             if isinstance(outcome, Mapped)]  # fmt: skip
    shown = [record for record in found if record.access.line != "hidden"]
    assert shown
    for record in shown:
        text = given_out(record)
        judge().assertValid(etree.fromstring(text))
        again = taken_in(text)
        assert [getattr(again, name) for name in AREAS] == [getattr(record, name) for name in AREAS]


def test_the_judge_sees_what_is_broken() -> None:
    root = etree.fromstring(given_out(taken_in(SOURCE.format("开放"))))
    root.append(etree.fromstring('<题名 xmlns="tag:archive-exchange.example,2026:dat46:1.0">again</题名>'))
    assert not judge().validate(root)


def test_a_reduced_line_shows_code_level_dates_and_holder_alone() -> None:
    record = replace(taken_in(SOURCE.format("不开放")), access=Access(status="closed", line="reduced"))
    text = given_out(record)
    assert "X001" in text
    assert "20030318" in text
    assert not [word for word in ("意见", "甲", "铁路", "始末", "附件") if word in text]
    judge().assertValid(etree.fromstring(text))


def test_what_is_hidden_is_not_written() -> None:
    record = replace(taken_in(SOURCE.format("不开放")), access=Access(status="closed", line="hidden"))
    with pytest.raises(EntryHidden):
        given_out(record)


def test_what_is_not_arranged_by_a_code_cannot_be_said() -> None:
    with pytest.raises(FormatUnavailable):
        write(full())
    assert "hierarchy" in LOSSES


WORDS = st.text(st.sampled_from("甲乙关于意见&<\"' 文1"), min_size=1, max_size=12).filter(str.strip)


@given(
    title=st.builds(str.format, st.sampled_from(["{}", "[{}]"]), WORDS),
    date=st.sampled_from(["200405", "[1952]", "民国三十八年四月", "光绪三年"]),
    control=st.sampled_from(["开放", "依申请公开", "限制利用", "延期开放", "无人知晓"]),
    code=st.sampled_from(["", "<档号>X001-WS·2003·D30-0001</档号>", "<档号>X001-甲-7</档号>"]),
    note=WORDS,
)
def test_any_record_of_da_t_comes_back_as_it_was(title: str, date: str, control: str, code: str, note: str) -> None:
    source = SOURCE.format(control).replace("<档号>", f"{code}<档号>", 1)
    for was, now in (("[意见 &amp; 通知]", title), ("附件1份", note)):
        source = source.replace(f">{was}<", f">{escape(now, quote=False)}<")
    record = taken_in(source.replace("20030318", date))
    text = given_out(record)
    judge().assertValid(etree.fromstring(text))
    assert [getattr(taken_in(text), name) for name in AREAS] == [getattr(record, name) for name in AREAS]


@pytest.mark.parametrize("gone", ["副题名", "人名", "文件编号", "机构或问题", "页数", "控制标识", "附注", "聚合层次"])
def test_the_comparison_finds_what_a_writer_leaves_out(gone: str) -> None:
    record = taken_in(SOURCE.format("开放"))
    root = etree.fromstring(given_out(record))
    for element in list(root.iter(f"{{*}}{gone}")):
        element.getparent().remove(element)
    again = taken_in(etree.tostring(root, encoding="unicode"))
    assert [getattr(again, name) for name in AREAS] != [getattr(record, name) for name in AREAS]


def test_words_that_say_less_than_the_status_open_nothing() -> None:
    access = Access(status="closed", conditions_of_access="开放")
    again = taken_in(given_out(replace(taken_in(SOURCE.format("开放")), access=access)))
    assert again.access.status == "closed"
