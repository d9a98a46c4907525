"""档号: its parts are read out of it, and it is composed of its parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.schema.holding import ReferenceParts
from mappings.schema.reference_codes import reference_code, reference_parts, same_part


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        (
            "X001-WS·2003-Y-BGS-0001",
            ReferenceParts(fonds="X001", category="WS", year="2003", retention="永久", department="BGS", item="0001"),
        ),
        (
            "X001-WS•2003—D30－0001",
            ReferenceParts(fonds="X001", category="WS", year="2003", retention="30年", item="0001"),
        ),
        (
            "X001-WS·2003·Y-0001",
            ReferenceParts(fonds="X001", category="WS", year="2003", retention="永久", item="0001"),
        ),
        ("0045-001-0123-004", ReferenceParts(fonds="0045", catalogue="001", file="0123", item="004")),
        ("J1-2-15", ReferenceParts(fonds="J1", catalogue="2", file="15")),
        ("MS 12", None),
        ("2003-0001", None),
    ],
)
def test_what_a_code_says(code: str, parts: ReferenceParts | None) -> None:
    assert reference_parts(code) == parts


def test_a_profile_reads_no_other_code() -> None:
    assert reference_parts("J1-2-15", "dat22") is None
    assert reference_parts("J1-2-15", "dat13") == ReferenceParts(fonds="J1", catalogue="2", file="15")


def test_an_office_without_a_code_stands_in_a_code_by_its_name() -> None:
    parts = ReferenceParts(fonds="X1", category="WS", year="2003", retention="10年", department="办公室", item="3")
    assert reference_code(parts) == "X1-WS·2003-D10-办公室-3"
    assert reference_code(ReferenceParts(fonds="X1", item="3")) is None


@given(
    st.from_regex(r"[A-Z]{1,2}\d{1,3}", fullmatch=True),
    st.from_regex(r"(19|20)\d\d", fullmatch=True),
    st.sampled_from(["永久", "长期", "10年", "30年"]),
    st.from_regex(r"[A-Z]{2,4}", fullmatch=True) | st.sampled_from(["办公室", "财务科"]) | st.none(),
    st.from_regex(r"\d{1,4}", fullmatch=True),
)
def test_what_is_composed_is_read_again(
    fonds: str, year: str, retention: str, department: str | None, item: str
) -> None:
    parts = ReferenceParts(fonds=fonds, category="WS", year=year, retention=retention, department=department, item=item)
    code = reference_code(parts)
    assert code is not None
    assert reference_parts(code) == parts


@pytest.mark.parametrize(("one", "other", "same"), [("0001", "1", True), ("Y", "永久", True), ("D30", "10年", False)])
def test_when_two_writings_are_one_part(one: str, other: str, same: bool) -> None:
    assert same_part(one, other) is same


def test_numbers_are_compared_however_long_they_are() -> None:
    digits = "1" * 5_000
    assert same_part(digits, f"0{digits}")
    assert same_part("0001", "１")
    assert not same_part("1", "10")
