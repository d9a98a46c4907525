"""Printed trees read back as themselves."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.query.canonical import canonical, printed
from index.query.syntax import parse

_PIECES = st.sampled_from(
    ["parish", "register*", "regi?ter", "regester~", '"a b"', '"a b"~2', "title:", "(", ")", "OR", "-", "NOT", "AND",
     " ", "code:WA/HMM/*", "in:x", "date:1800..1850", "within:<1900", "level:fonds", "京都", "或", "^", "=", "O'Brien",
     "*", "title:(a b)", 'creator:^"x y"', 'subject:="z"', "id:oai:x:1", "foo:bar", "“q”", ":", "~", "description:a*",
     "非", "且", "date:(", "level:(", "code:(MS 12/*)", 'code:"MS 12/*"', 'id:“a"b”', "date:>1900", "a OR -b",
     '="x y"', "\x01"]
)  # fmt: skip


@given(
    st.lists(_PIECES, max_size=12).map(" ".join) | st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=60)
)
@example("a OR (b -c)")
@example("-(a b)")
@example("title:(a OR b) c")
def test_a_printed_tree_reads_back_as_itself(text: str) -> None:
    tree = parse(text).tree
    again = parse(printed(tree))
    assert again.tree == tree == canonical(tree), printed(tree)
    assert {notice.code for notice in again.notices} <= {"field_unknown", "value_unknown"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("title:(a b)", "title:(a b)"),
        ("author:smith", "creator:smith"),
        ("题名:^“北京”", 'title:^"北京"'),
        ("date:1850..1800", "date:1800..1850"),
        ("a 或 b", "a OR b"),
        ("(a", "a"),
        ("a OR -b", "a OR -b"),
        ('a "b c" OR d', 'a "b c" OR d'),
        ("(a OR b) -(c d)", "(a OR b) -(c d)"),
        ('code:"MS 12/*"', 'code:"MS 12/*"'),
        ("code:(WA/*)", "code:WA/*"),
        ('id:“a"b”', 'id:“a"b”'),
        ("date:<1900", "date:..1899"),
        ("date:(29 July 1914)", 'date:"29 July 1914"'),
    ],
)
def test_what_was_understood_is_printed(typed: str, expected: str) -> None:
    assert printed(parse(typed).tree) == expected
