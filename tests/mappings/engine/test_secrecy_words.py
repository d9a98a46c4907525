"""Grades of secrecy and words of control hide an entry where they state its access, and nowhere else."""

from __future__ import annotations

import pytest

from mappings.engine.access_statements import phrase_table, read_statement
from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped
from mappings.engine.own_tests import minimal_record
from mappings.schema.access import AccessStatement, settle
from mappings.schema.record import CatalogueRecord
from tests.mappings.engine.crosswalks import CONTEXT


def read(text: str) -> AccessStatement:
    return read_statement(text, phrase_table()) or AccessStatement(unread=True)


@pytest.mark.parametrize(
    ("text", "status", "rank"),
    [
        ("绝密", "closed", 5),
        ("絕密", "closed", 5),
        ("机密", "closed", 4),
        ("机密★20年", "closed", 4),
        ("密级：机密", "closed", 4),
        ("机密级", "closed", 4),
        ("机密文件，不得外传", "closed", 4),
        ("本件属于国家秘密", "closed", 3),
        ("秘密", "closed", 3),
        ("内部", "restricted", 2),
        ("内部资料，请勿外传", "restricted", 2),
        ("仅供内部参考", "restricted", 2),
        ("開放。密級：機密", "closed", 4),
    ],
)
def test_a_grade_hides(text: str, status: str, rank: int) -> None:
    found = settle(read(text))
    assert (found.status, found.line, found.secrecy and found.secrecy.rank) == (status, "hidden", rank)


@pytest.mark.parametrize(
    "text", ["控制", "控制使用", "控制利用", "控制档案", "涉密", "保密", "未解密", "含个人信息，不对外提供"]
)
def test_words_of_control_hide_without_a_grade(text: str) -> None:
    found = settle(read(text))
    assert (found.line, found.secrecy) == ("hidden", None)
    assert found.status == "closed"


@pytest.mark.parametrize(
    ("text", "status", "line"),
    [
        ("国内", "restricted", "full"),
        ("限制", "restricted", "full"),
        ("限制利用", "restricted", "full"),
        ("仅限校园网内部使用", "restricted", "full"),
        ("不涉密", "unknown", "full"),
        ("已解密", "unknown", "full"),
        ("非机密", "unknown", "full"),
        ("取消控制", "unknown", "full"),
        ("利用者应保守国家秘密", "restricted", "full"),
        ("涉及商业秘密的部分不开放", "closed", "full"),
        ("公开", "open", "full"),
        ("开放", "open", "full"),
    ],
)
def test_what_speaks_of_secrets_otherwise_hides_nothing(text: str, status: str, line: str) -> None:
    found = settle(read(text))
    assert (found.status, found.line) == (status, line)


def record(base: str, inline: str) -> CatalogueRecord:
    program = compiled(base)
    found = apply(program, minimal_record(program.format, inline), CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0].record


@pytest.mark.parametrize(
    ("base", "inline"),
    [
        ("base/oai_dc", "<dc:title>T</dc:title><dc:rights>{}</dc:rights>"),
        ("base/qdc", "<dc:title>T</dc:title><dcterms:accessRights>{}</dcterms:accessRights>"),
        ("base/marc21", "=245  10$aT\n=506  \\\\$a{}"),
        ("base/cnmarc", "=200  1\\$aT\n=310  \\\\$a{}"),
        ("base/ead3", "<did><unittitle>T</unittitle></did><accessrestrict><p>{}</p></accessrestrict>"),
        ("base/dat22", '{{"档号": "A-1", "题名": "T", "责任者": "甲", "日期": "2004", "开放状态": "{}"}}'),
        ("base/dat22", '{{"档号": "A-1", "题名": "T", "责任者": "甲", "日期": "2004", "备注": "附件1份；{}"}}'),
        ("base/dat46", "<题名>T</题名><控制标识>{}</控制标识>"),
        ("base/dat46", "<题名>T</题名><附注>{}</附注>"),
    ],
)
@pytest.mark.parametrize("word", ["绝密", "机密", "秘密", "内部", "控制", "不予公开"])
def test_they_hide_wherever_access_is_stated(base: str, inline: str, word: str) -> None:
    assert record(base, inline.format(word)).access.line == "hidden"


@pytest.mark.parametrize("title", ["机密", "绝密文件整理办法", "内部", "控制", "秘密结社史料"])
def test_a_title_hides_nothing(title: str) -> None:
    inline = f'{{"档号": "A-1", "题名": "{title}", "责任者": "甲", "日期": "2004", "开放状态": "开放"}}'
    for base, given in (
        ("base/oai_dc", f"<dc:title>{title}</dc:title><dc:description>{title}</dc:description>"),
        ("base/dat22", inline),
    ):
        assert record(base, given).access.line == "full", base


@pytest.mark.parametrize(
    "note", ["内部装修图纸一份", "含机密电报抄件的目录", "原件有破损", "密级期限10年", "保密员签收", "控制测量成果表"]
)
def test_a_note_that_states_no_access_hides_nothing(note: str) -> None:
    inline = f'{{"档号": "A-1", "题名": "T", "责任者": "甲", "日期": "2004", "开放状态": "开放", "备注": "{note}"}}'
    found = record("base/dat22", inline)
    assert (found.access.status, found.access.line) == ("open", "full")
    assert found.descriptions[0].value == note
