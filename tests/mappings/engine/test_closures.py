"""Periods of closure: kept as years, counted from the record's date, without end where they are not understood."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.apply import apply
from mappings.engine.inputs import FORMATS
from mappings.engine.library import compiled
from mappings.engine.outcome import Mapped, MappedUnit
from mappings.engine.own_tests import minimal_record
from mappings.schema.access import Access
from tests.mappings.engine.crosswalks import CONTEXT

HEAD = "crosswalk: t\ninput: {format: table}\nrules:\n  - {id: title, from: 'col:t', to: title}\n"
DATED = "  - {id: dates, from: 'col:d', do: [edtf: {order: ymd}], to: 'dates[]'}\n"
CLOSURE = "  - {{id: closed, from: 'col:p', do: [closure{}], to: access}}\n"


def unit(arguments: str = "", **cells: str) -> MappedUnit:
    raw = minimal_record(FORMATS["table"], msgspec.json.encode({"t": "Minutes"} | cells).decode())
    found = apply(compiled(HEAD + DATED + CLOSURE.format(arguments)), raw, CONTEXT)
    assert isinstance(found, Mapped), found
    return found.units[0]


def access(period: str, day: str = "1990-05-20", arguments: str = "") -> Access:
    return unit(arguments, p=period, d=day).record.access


@pytest.mark.parametrize(
    ("period", "years", "until"),
    [
        ("30年", 30, "2020-05-20"),
        ("30", 30, "2020-05-20"),
        ("三十年", 30, "2020-05-20"),
        ("６个月", 1, "1991-05-20"),
        ("十八个月", 2, "1992-05-20"),
        ("10 years", 10, "2000-05-20"),
        ("长期", None, None),
        ("永久", None, None),
        ("至2031年", None, "2031-12-31"),
        ("2031年6月30日前", None, "2031-06-30"),
        ("20010101-20310101", None, "2031-01-01"),
        ("公布前", None, None),
        ("视情况", None, None),
    ],
)
def test_a_period_closes_for_its_years_or_to_its_day(period: str, years: int | None, until: str | None) -> None:
    found = access(period)
    assert (found.status, found.closure_years, found.until) == ("closed", years, until)


@pytest.mark.parametrize("period", ["无", "0", "不保密"])
def test_no_period_says_nothing_and_opens_nothing(period: str) -> None:
    assert access(period) == Access()


def test_what_is_not_understood_is_told() -> None:
    assert [found.code for found in unit(p="视情况", d="1990").issues] == ["access_unread"]


def test_without_a_date_a_closure_has_no_end_and_says_so() -> None:
    found = unit(p="30年")
    assert (found.record.access.until, found.record.access.closure_years) == (None, 30)
    assert [each.code for each in found.issues] == ["closure_end_unknown"]


@pytest.mark.parametrize(("day", "until"), [("1992-02-29", "2022-02-28"), ("1990", "2020-12-31"), ("8990", None)])
def test_years_are_counted_from_the_last_day_of_the_record(day: str, until: str | None) -> None:
    assert access("30年", day).until == (until if day < "2100" else None)


def test_a_closure_may_be_counted_from_a_date_of_its_own() -> None:
    found = access("19800101", arguments=": {years: 30, from: text, reason: privacy}")
    assert (found.until, found.reason, found.line) == ("2010-01-01", "privacy", "reduced")
    assert access("soon", arguments=": {years: 30, from: text}").until is None


def test_the_years_may_stand_in_the_rule() -> None:
    assert access("personnel file", arguments=": 75").until == "2065-05-20"


@given(st.text(max_size=20))
def test_no_text_opens_anything(text: str) -> None:
    assert access(text or "x").status in ("closed", "unknown")


@pytest.mark.parametrize(
    ("grade", "period", "until"),
    [
        ("秘密", "10年", "2014-12-31"),
        ("秘密★10年", "", "2014-12-31"),
        ("秘密★", "", None),
        ("秘密", "", None),
        ("秘密", "无", None),
        ("秘密", "长期", None),
        ("秘密★5年", "10年", "2014-12-31"),
        ("", "10年", "2014-12-31"),
    ],
)
def test_a_grade_of_secrecy_lasts_as_long_as_its_period_and_hides_the_entry(
    grade: str, period: str, until: str | None
) -> None:
    stated = {"档号": "A-1", "题名": "请示", "责任者": "甲", "日期": "2004", "开放状态": "开放"}
    cells = stated | {"密级": grade, "保密期限": period}
    raw = minimal_record(FORMATS["table"], msgspec.json.encode({k: v for k, v in cells.items() if v}).decode())
    found = apply(compiled("base/dat22"), raw, CONTEXT)
    assert isinstance(found, Mapped)
    record = found.units[0].record
    assert (record.access.status, record.access.line, record.access.until) == ("closed", "hidden", until)
