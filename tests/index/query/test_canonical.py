"""Printed trees read back as themselves."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.query.canonical import canonical, printed
from index.query.cql import LONGEST as LONGEST_CQL
from index.query.cql import parse_cql
from index.query.cql_printed import printed_cql
from index.query.limits import LONGEST
from index.query.syntax import parse
from index.query.wire import read_tree, written_tree

_PIECES = st.sampled_from(
    ["parish", "register*", "regi?ter", "regester~", '"a b"', '"a b"~2', "title:", "(", ")", "OR", "-", "NOT", "AND",
     " ", "code:WA/HMM/*", "in:x", "date:1800..1850", "within:<1900", "level:fonds", "京都", "或", "^", "=", "O'Brien",
     "*", "title:(a b)", 'creator:^"x y"', 'subject:="z"', "id:oai:x:1", "foo:bar", "“q”", ":", "~", "description:a*",
     "非", "且", "date:(", "level:(", "code:(MS 12/*)", 'code:"MS 12/*"', 'id:“a"b”', "date:>1900", "a OR -b",
     '="x y"', "\x01"]
)  # fmt: skip


#: marks, brackets and quotes of every width, between them letters that fold, shapeless ones, and scripts without spaces
_MARKS = st.sampled_from([
    *"&|^=~*?-:()<>.,/+!'\"＆｜＾＝～＊？－：（）＜＞．／＂“”„«»「」『』‘’ ",
    *"\u3000\u200b\u00ad\u0301\u0640\u20ef\u0e48",
])  # fmt: skip
_LETTERS = st.sampled_from(
    ["a", "abcd", "1850", "或", "非", "北京", "光绪二十九年", "カｶ", "한글", "ไทย", "ß", "İ", "½", "㍿", "ﷺ", "\u2060"]
)
_FIELDS = st.sampled_from([
    f"{name}{colon}"
    for name in ("title", "题名", "Ｔitle", "place", "date", "within", "code", "in", "level", "id", "rights", "nosuch")
    for colon in ":："
])  # fmt: skip
_SOUP = st.lists(_MARKS | _LETTERS | _FIELDS | _PIECES, max_size=14)
_MUCH = st.lists(_MARKS | _LETTERS | _FIELDS | _PIECES, min_size=60, max_size=140)
_TEXTS = (
    st.lists(_PIECES, max_size=12).map(" ".join)
    | st.lists(_PIECES, max_size=12).map("".join)
    | _SOUP.map("".join)
    | _MUCH.map("".join)
    | _MUCH.map(" ".join)
    | st.text(max_size=60)
)


@given(_TEXTS)
@example("a OR (b -c)")
@example("-(a b)")
@example("title:(a OR b) c")
@example("title:&")
@example("date:“:”")
@example("a*\u0640")
@example("题名：－㍿")
@example("date:>=1850.")
@example('date:"5 B.C. .. 100"')
@example("date:<=<1900")
@example("date:>=[1900..]")
@example("或 " * 9)
@example("题名:(" + "ab OR " * 31 + "ab)")
@example("description:(" + " OR ".join(f'"a{n}"' for n in range(8)) + " OR c" * 24 + ")")
@example("a " + " OR ".join(f"description:ab{n}" for n in range(31)))
@example("a 一a*一a*一a*一a* " * 20)
@example("a (b OR " * 4 + "title:reg?s?e?")
def test_a_printed_tree_reads_back_as_itself(text: str) -> None:
    tree = parse(text).tree
    again = parse(printed(tree))
    assert again.tree == tree == canonical(tree), printed(tree)
    assert {notice.code for notice in again.notices} <= {"field_unknown", "value_unknown"}


@given(_TEXTS)
@example("date:1850.")
@example("w " * 60)
def test_every_notation_reads_back_what_was_typed(text: str) -> None:
    tree = parse(text).tree
    assert read_tree(written_tree(tree).decode()) == tree
    cql = printed_cql(tree)
    if len(cql) <= LONGEST_CQL:
        assert parse_cql(cql).tree == tree, cql


def test_what_would_be_too_long_when_written_is_cut_and_told() -> None:
    typed = " ".join(f"题名:{'y' * 13} x{number:013}" for number in range(16))
    told = parse(typed)
    assert [notice.code for notice in told.notices] == ["query_cut"]
    assert len(typed) < LONGEST < len(typed.replace("题名", "title"))
    assert LONGEST - 20 < len(printed(told.tree)) <= LONGEST


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
        ("date:>=1850.", "date:1850.."),
        ("title:(a OR creator:b)", "title:a OR creator:b"),
        ("title:a OR title:“b c”", 'title:(a OR "b c")'),
        ("x -(title:a OR title:b*)", "x -title:(a OR b)"),
        ("level:(fonds OR file)", "level:fonds OR level:file"),
    ],
)
def test_what_was_understood_is_printed(typed: str, expected: str) -> None:
    assert printed(parse(typed).tree) == expected
