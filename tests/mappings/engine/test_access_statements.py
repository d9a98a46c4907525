"""Statements of access: negations first, the strictest sentence wins, never open by ignorance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.access_statements import phrase_table, read_statement
from mappings.schema.access import Access, inherit, settle


@pytest.mark.parametrize(
    ("text", "until", "years"),
    [
        ("Finding aid available in 1999, records closed until 2060", "2060", None),
        ("Closed (available online in 1998, until 2060)", "2060", None),
        ("Closed until 2001, restricted until 2050", "2050", None),
        ("Finding aid available from 1999, records closed for 100 years", None, 100),
        ("1999年后形成的档案限制利用至2060年", "2060", None),
        ("封闭100年，2001年起计", None, 100),
        ("2030年起开放", "2030", None),
    ],
)
def test_of_several_ends_the_last_counts(text: str, until: str | None, years: int | None) -> None:
    read = read_statement(text, phrase_table())
    assert read is not None
    assert (read.until, read.closure_years) == (until, years)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Open for research.", "open"),
        ("The collection is open to all researchers", "open"),
        ("Unrestricted", "open"),
        ("There are no restrictions on access.", "open"),
        ("Not restricted", "open"),
        ("info:eu-repo/semantics/openAccess", "open"),
        ("公开", "open"),
        ("已开放", "open"),
        ("not open to the public", "closed"),
        ("Closed.", "closed"),
        ("Open for research; series 3 is closed.", "closed"),
        ("不开放", "closed"),
        ("延期开放", "closed"),
        ("尚未向社会开放", "closed"),
        ("未向社会开放", "closed"),
        ("不向社会开放", "closed"),
        ("暂不向社会开放", "closed"),
        ("不能向社会开放", "closed"),
        ("不宜开放利用", "closed"),
        ("未全部开放", "closed"),
        ("不得查阅", "closed"),
        ("向社会开放", "open"),
        ("不限制利用", "open"),
        ("无限制", "open"),
        ("已开放，不涉密", "unknown"),
        ("Access restricted", "restricted"),
        ("By appointment only", "restricted"),
        ("Access limited to authenticated users", "restricted"),
        ("限制利用", "restricted"),
        ("依申请公开", "restricted"),
        ("Contains medical records", "restricted"),
        ("Unrestricted, except for series 5.", "unknown"),
        ("部分开放", "unknown"),
        ("Access: see Mabel", "unknown"),
    ],
)
def test_a_statement_comes_to_a_status(text: str, status: str) -> None:
    read = read_statement(text, phrase_table())
    assert read is not None
    assert settle(read).status == status


@pytest.mark.parametrize(
    "text",
    [
        "In the public domain and may be used without copyright restriction.",
        "Permission to publish must be obtained from the library.",
        "All rights reserved",
        "Gift of the author",
        "",
    ],
)
def test_words_about_copying_are_no_statement_of_access(text: str) -> None:
    assert read_statement(text, phrase_table()) is None


def test_a_closure_tells_its_end_its_years_or_that_it_has_none() -> None:
    table = phrase_table()
    until = read_statement("Closed until January 1, 2040.", table)
    years = read_statement("Closed for 20 years from creation.", table)
    never = read_statement("Closed.", table)
    assert until is not None
    assert years is not None
    assert never is not None
    assert (until.until, until.endless) == ("2040-01-01", False)
    assert (years.closure_years, years.endless) == (20, False)
    assert never.endless


def test_conditions_and_reasons_are_read() -> None:
    read = read_statement("By appointment; written permission of the donor required.", phrase_table())
    assert read is not None
    assert set(read.conditions) >= {"appointment"}
    assert read.reason == "donor"


@pytest.mark.parametrize("text", ["Stored off-site; 48 hours advance notice.", "须提前通知", "Please use photocopies."])
def test_a_notice_or_a_use_copy_leaves_the_status_to_the_unit_above(text: str) -> None:
    read = read_statement(text, phrase_table())
    assert read is not None
    assert (read.status, settle(read).status) == (None, "unknown")
    statuses = [inherit(Access(status=status), read).status for status in ("open", "restricted", "closed")]
    assert statuses == ["open", "restricted", "closed"]


@pytest.mark.parametrize(
    "text",
    [
        "Open to the public in 2040.",
        "Will be open for research in January 2040.",
        "2040年1月1日起向社会开放",
        "2040年后公开",
    ],
)
def test_what_is_to_be_opened_is_closed_until_then(text: str) -> None:
    read = read_statement(text, phrase_table())
    assert read is not None
    assert (settle(read).status, (settle(read).until or "")[:4]) == ("closed", "2040")


@given(st.text(max_size=120))
def test_any_text_is_read_or_not(text: str) -> None:
    read_statement(text, phrase_table())


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("保管期限至2030年6月1日，期满前不开放", "2030-06-01"),
        ("封闭至2031年3月15日", "2031-03-15"),
        ("封闭至2031年3月", "2031-03"),
        ("封闭至2040年", "2040"),
        ("2031年3月15日前不开放", "2031-03-15"),
        ("延期开放至2030-06-01", "2030-06-01"),
        ("2040年5月1日起开放", "2040-05-01"),
        ("Closed until 15 March 2031", "2031-03-15"),
        ("Closed until March 15, 2031.", "2031-03-15"),
        ("Closed until March 2031", "2031-03"),
        ("Restricted until 2031-03", "2031-03"),
        ("Series 1 is closed until 2030, series 2 is closed until 15 March 2031", "2031-03-15"),
        ("Closed until 2031 and until 15 March 2031", "2031"),
    ],
)
def test_a_written_end_keeps_its_day(text: str, until: str) -> None:
    read = read_statement(text, phrase_table())
    assert read is not None
    assert (read.status in ("closed", "restricted"), read.until) == (True, until)
