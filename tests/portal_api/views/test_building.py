"""Rows of a form and queries: what rows can say comes back as the same rows, and nothing else is taken for rows."""

from __future__ import annotations

import pytest

from index.query.canonical import printed
from index.query.syntax import parse
from portal_api.views.building import FIELDS, JOINS, MOST_ROWS, RELATIONS, Row, built, rows_in, rows_of, tree_of


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
    "text", ["regist*", "regester~", '"a parish"~3', "((a OR b) c) OR d", "-(a OR b) c", "in:c-r1"]
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


@pytest.mark.parametrize("value", ["AND", "foo:bar", '"', "(((", "-x", "a*", "1850..1800", "foo", "^a", "x" * 500])
@pytest.mark.parametrize("field", list(FIELDS))
@pytest.mark.parametrize("relation", list(RELATIONS))
def test_whatever_is_typed_into_a_row_gives_a_query_that_reads_back(field: str, relation: str, value: str) -> None:
    made = built(rows_in({"field1": field, "relation1": relation, "value1": value}), "")
    assert printed(parse(made.text).tree) in (made.text, "*")
    assert made.api.startswith("/api/v1/search?q=")


def test_no_rows_ask_everything_and_more_than_there_is_room_for_are_none() -> None:
    assert (built((), "").text, built((), "").page) == ("", "/search?q=%2A")
    many = " ".join(f"-w{number}" for number in range(MOST_ROWS + 1))
    assert rows_of(parse(f"a {many}").tree) is None
    assert set(JOINS) == {"and", "or", "not"}
    assert Row().relation == "words"
