"""What a source says of how it counts: Julian days become ours, years of the Republic need no name of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mappings.dates import edtf, julian
from mappings.dates.calendars import is_known
from mappings.dates.read import read
from mappings.schema.dates import Dated, Unread

#: text -> EDTF, first and last day
JULIAN = {
    "3 March 1700": ("1700-03-14", "1700-03-14", "1700-03-14"),
    "28 February 1700": ("1700-03-10", "1700-03-10", "1700-03-10"),
    "1700-02-03": ("1700-02-13", "1700-02-13", "1700-02-13"),
    "March 1700": ("1700-03-12/1700-04-11", "1700-03-12", "1700-04-11"),
    "February 1700": ("1700-02-11/1700-03-11", "1700-02-11", "1700-03-11"),
    "1700": ("1700", "1700-01-11", "1701-01-11"),
    "1650-1700": ("1650/1700", "1650-01-11", "1701-01-11"),
    "25 October 1917 - 3 March 1918": ("1917-11-07/1918-03-16", "1917-11-07", "1918-03-16"),
    "ca. 4 October 1582": ("1582-10-14~", "1582-10-14", "1582-10-14"),
    "before 1700": ("[..1699]", None, "1700-01-10"),
    "民国三十八年四月": ("1949-04", "1949-04-01", "1949-04-30"),
}
MINGUO = {
    "三十八年": "1949", "三十八年四月": "1949-04", "38年4月5日": "1949-04-05", "38": "1949", "38.4.5": "1949-04-05",
    "38-4-5": "1949-04-05", "100年": "2011", "三十八年至四十年": "1949/1951",
    "20-25年": "1931/1936", "三十八年四月至五月": "1949-04/1949-05", "民国三十八年": "1949", "1949年4月": "1949-04",
    "1949": "1949", "一九四九年": "1949", "光绪二十九年": "1903", "[38]": "1949", "Min guo 87": "1998",
}  # fmt: skip


def dated(text: str, hint: str) -> Dated:
    found = read(text, hint=hint)
    assert isinstance(found, Dated), text
    return found


@pytest.mark.parametrize("text", JULIAN)
def test_days_that_count_julian_become_ours(text: str) -> None:
    found = dated(text, "julian")
    assert (found.edtf, found.start, found.end) == JULIAN[text]
    assert found.calendar == ("minguo" if text.startswith("民国") else "julian")
    assert edtf.bounds(found.edtf) is not None


def test_without_the_word_nothing_is_converted() -> None:
    for hint in (None, "gregorian", "minguo"):
        found = read("3 March 1700", hint=hint)
        assert isinstance(found, Dated)
        assert (found.edtf, found.calendar) == ("1700-03-03", "gregorian")


def test_julian_days_follow_each_other_without_a_gap() -> None:
    """4 October 1582 was the day before our 15 October; every fourth year has a 29 February, 1700 too."""
    at, ours = (1582, 10, 5), date(1582, 10, 15)
    while at[0] < 1910:
        assert julian.day(*at) == ours.isoformat()
        year, month, day = at
        length = 29 if month == 2 and year % 4 == 0 else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
        at = (year, month, day + 1) if day < length else (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)
        ours += timedelta(1)
    assert julian.day(-43, 3, 15) == "-0043-03-13"


@pytest.mark.parametrize("text", MINGUO)
def test_years_of_the_republic_need_no_name_of_it(text: str) -> None:
    assert dated(text, "minguo").edtf == MINGUO[text]
    assert isinstance(read("三十八年"), Unread)


def test_calendars_dynasties_and_reigns_are_known() -> None:
    assert all(map(is_known, ("gregorian", "julian", "minguo", "清", "清代", "光绪", "民国")))
    assert not any(map(is_known, ("nonsense", "Julian", "")))
