"""Rows of a form and queries: what rows can say comes back as the same rows, and nothing else is taken for rows."""

from __future__ import annotations

import re

import pytest

from index.query.canonical import printed
from index.query.model import (
    And,
    Dates,
    Equals,
    Not,
    Or,
    Phrase,
    Prefix,
    QueryNode,
    Starts,
    Under,
    Whole,
    Words,
)
from index.query.syntax import parse
from portal_api.views.building import FIELDS, JOINS, MOST_ROWS, RELATIONS, Join, Row, built, rows_in, rows_of, tree_of


@pytest.mark.parametrize(
    "text",
    [
        "parish register",
        'title:"hints for farmers"',
        'title:^"parish"',
        'creator:="smith"',
        "code:WA/HMM/*",
        "level:fonds",
        "date:1800..1850",
        "date:1813",
        "within:..1850",
        "date:1800..",
        "parish -bath",
        'title:(parish OR vestry) creator:smith -"st mary"',
        "id:9787101003048",
        "红楼梦 责任者:曹雪芹",
    ],
)
def test_a_query_is_rows_and_the_rows_are_the_query(text: str) -> None:
    tree = parse(text).tree
    rows = rows_of(tree)
    assert rows is not None
    assert tree_of(rows) == tree
    made = built(rows, "")
    assert (made.text, made.is_said, made.rows) == (printed(tree), True, rows)


@pytest.mark.parametrize(
    "text", ["regist*", "regester~", '"a parish"~3', "((a OR b) c) OR d", "(-a OR b) c", "in:c-r1"]
)
def test_what_rows_cannot_say_is_shown_as_it_is_written(text: str) -> None:
    made = built(None, text)
    assert (made.rows, made.is_said) == ((), False)
    assert parse(made.text).tree == parse(text).tree


def test_a_form_is_read_row_by_row_and_what_does_not_fit_becomes_usual() -> None:
    sent = {
        "field1": "title", "relation1": "phrase", "value1": "hints  for farmers",
        "join2": "or", "field2": "nosuch", "relation2": "within", "value2": "mills",
        "join3": "paint", "field3": "level", "relation3": "words", "value3": "item",
        "join4": "not", "field4": "", "relation4": "words", "value4": " ",
        "join5": "not", "field5": "date", "relation5": "until", "value5": "1850",
    }  # fmt: skip
    rows = rows_in(sent)
    assert [(row.join, row.field, row.relation, row.value) for row in rows] == [
        ("and", "title", "phrase", "hints for farmers"),
        ("or", "", "words", "mills"),
        ("and", "level", "whole", "item"),
        ("not", "date", "until", "1850"),
    ]
    assert built(rows, "").text == '(title:"hints for farmers" OR mills) level:item -date:..1850'


VALUES = ["AND", "foo:bar", '"', "(((", "-x", "a*", "1850..1800", "foo", "^a", "x" * 500, "~", "=", "..", "—", "、。"]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("field", list(FIELDS))
@pytest.mark.parametrize("relation", list(RELATIONS))
def test_whatever_is_typed_into_a_row_is_what_the_query_asks(field: str, relation: str, value: str) -> None:
    rows = rows_in({"field1": field, "relation1": relation, "value1": value})
    made = built(rows, "")
    tree = parse(made.text).tree
    said = {word for _, words in asked(tree) for word in words}
    assert said == words_of(rows[0].value)
    assert {name for name, _ in asked(tree)} <= ({None} if field == "" else {field, "code_path", "date", None})
    if None in {name for name, _ in asked(tree)} - {field or None}:
        assert "date_unread" in {notice.code for notice in made.notices}
    assert printed(tree) == (made.text or "*")
    assert made.api.startswith("/api/v1/search?q=")


def words_of(value: str) -> set[str]:
    return set(re.findall(r"\w+", value.lower()))


def asked(node: QueryNode) -> list[tuple[str | None, set[str]]]:
    """Where a query looks, and for which words."""
    match node:
        case And(of=parts) | Or(of=parts):
            return [each for part in parts for each in asked(part)]
        case Not(of=part):
            return asked(part)
        case Dates(start=start, end=end):
            return [("date", words_of(f"{start or ''} {end or ''}"))]
        case Equals(field=field, value=value) | Under(field=field, value=value):
            return [(field, words_of(value))]
        case Words(text=text, field=field) | Phrase(text=text, field=field) | Starts(text=text, field=field):
            return [(field, words_of(text))]
        case Whole(text=text, field=field) | Prefix(text=text, field=field):
            return [(field, words_of(text))]
    return []


@pytest.mark.parametrize("value", ["~", "=", '"', "..", "— 、"])
@pytest.mark.parametrize("field", list(FIELDS))
def test_a_row_of_marks_alone_is_no_condition_and_says_so(field: str, value: str) -> None:
    rows = rows_in({"value1": "mill", "field2": field, "value2": value, "join3": "or", "value3": "weir"})
    made = built(rows, "")
    assert (made.text, made.is_said) == ("mill weir", True)
    assert [(notice.code, notice.piece) for notice in made.notices] == [("operator_removed", value)]
    assert built(rows[1:2], "").text == ""


@pytest.mark.parametrize(
    ("joins", "text"),
    [
        (("and", "not", "or"), "a -(b OR c)"),
        (("and", "not", "or", "and"), "a -(b OR c) d"),
        (("not", "or", "or"), "-(a OR b OR c)"),
        (("and", "or", "not", "or"), "(a OR b) -(c OR d)"),
        (("and", "not", "not"), "a -b -c"),
    ],
)
def test_what_was_excluded_stays_excluded_whatever_stands_in_its_bracket(joins: tuple[Join, ...], text: str) -> None:
    rows = tuple(Row(join=join, field="title", value=value) for join, value in zip(joins, "abcd", strict=False))
    tree = parse(re.sub(r"\b[a-d]\b", r"title:\g<0>", text)).tree
    assert tree_of(rows) == tree
    assert rows_of(tree) == rows


@pytest.mark.parametrize(
    ("row", "code", "piece"),
    [
        (Row(field="date", relation="touches", value="foo"), "date_unread", "foo"),
        (Row(value="nosuch:field"), "field_unknown", "nosuch:field"),
    ],
)
def test_a_notice_quotes_what_it_speaks_of(row: Row, code: str, piece: str) -> None:
    for rows in ((row,), (Row(field="title", value="mill"), row)):
        assert [(each.code, each.piece) for each in built(rows, "").notices] == [(code, piece)]


def test_a_notice_of_a_typed_query_quotes_what_was_typed() -> None:
    made = built(None, "AND  mill date:foo")
    assert ("date_unread", "foo") in [(each.code, each.piece) for each in made.notices]


def test_no_rows_ask_everything_and_more_than_there_is_room_for_are_none() -> None:
    assert (built((), "").text, built((), "").page) == ("", "/search?q=%2A")
    many = " ".join(f"-w{number}" for number in range(MOST_ROWS + 1))
    assert rows_of(parse(f"a {many}").tree) is None
    assert set(JOINS) == {"and", "or", "not"}
    assert Row().relation == "words"
