"""What typed queries are read as; lenient reading tells each fault by a notice, strict reading refuses it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QueryInvalid
from index.query.canonical import printed
from index.query.faults import Code
from index.query.limits import leaves
from index.query.model import (
    All,
    And,
    Dates,
    Equals,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Prefix,
    QueryNode,
    Starts,
    Under,
    Whole,
    Words,
)
from index.query.syntax import parse


def either(*parts: QueryNode) -> Or:
    """One of them."""
    return Or(of=parts)


def every(*parts: QueryNode) -> And:
    """All of them."""
    return And(of=parts)


@given(st.text(max_size=600) | st.text(alphabet='()"-:*?~^=<>. aORNT1且非或', max_size=600))
def test_strict_reading_refuses_what_lenient_reading_tells_and_nothing_else(text: str) -> None:
    told = parse(text)
    if not told.notices:
        assert parse(text, "strict") == told
        return
    with pytest.raises(QueryInvalid) as refused:
        parse(text, "strict")
    assert refused.value.position == told.notices[0].position
    assert refused.value.expected
    assert all(0 <= each.position <= each.position + each.length <= len(text) for each in told.notices)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", All()),
        ("  ", All()),
        ("*", All()),
        ("* parish", Words(text="parish")),
        ("parish register", Words(text="parish register")),
        ("parish AND register", Words(text="parish register")),
        ("a OR title:(b c)", either(Words(text="a"), Words(text="b c", field="title"))),
        ("parish - register", Words(text="parish register")),
        ("-a", every(Not(of=Words(text="a")))),
        ("a OR -b", either(Words(text="a"), every(Not(of=Words(text="b"))))),
        ('"a b"~3', Phrase(text="a b", slop=3)),
        ('^"a b"', Starts(text="a b")),
        ('="a b"', Whole(text="a b")),
        ('title:(^"a b" OR ="c")', either(Starts(text="a b", field="title"), Whole(text="c", field="title"))),
        ("regist*", Prefix(text="regist")),
        ("(regist*, organi?ation.)", every(Prefix(text="regist"), Pattern(text="organi?ation"))),
        ("title:regester~", Fuzzy(text="regester", field="title")),
        ("regester~2", Fuzzy(text="regester", edits=2)),
        ("京*", Words(text="京")),
        ("京都*", Words(text="京都")),
        ("谁是曹雪芹？", Words(text="谁是曹雪芹")),
        ("Qui est-ce ?", Words(text="Qui est-ce")),
        ("code:WA/HMM/*", Under(field="code_path", value="WA/HMM")),
        ("code:WA/HMM/", Equals(field="code", value="WA/HMM/")),
        ('code:"MS 12/*"', Under(field="code_path", value="MS 12")),
        ("level:(fonds OR file)", either(Equals(field="level", value="fonds"), Equals(field="level", value="file"))),
        ("id:(oai:x:1)", Equals(field="identifier", value="oai:x:1")),
        ("rights:http://x.example/y?z=1", Equals(field="rights", value="http://x.example/y?z=1")),
        ("date:1800..1850", Dates(start="1800", end="1850")),
        ("date:(1800 OR 1850)", either(Dates(start="1800", end="1800"), Dates(start="1850", end="1850"))),
        ('date:"Qianlong period"', Dates(start="Qianlong period", end="Qianlong period")),
        ('date:"<Qianlong period"', Dates(end="1735")),
        ("within:(29 July 1914)", Dates(start="29 July 1914", end="29 July 1914", mode="within")),
        ('date:("1930s" -1931)', every(Dates(start="1930s", end="1930s"), Not(of=Dates(start="1931", end="1931")))),
        ("date:<1900", Dates(end="1899")),
        ("date:＜1900", Dates(end="1899")),
        ("日期：1931～1945", Dates(start="1931～1945", end="1931～1945")),
        ("日期：（1931～1945）", Dates(start="1931～1945", end="1931～1945")),
        ("1931～1945", Words(text="1931~1945")),
        ("”parish register”", Phrase(text="parish register")),
        ("a ｜ b", either(Words(text="a"), Words(text="b"))),
        ("date:1932-02-29", Dates(start="1932-02-29", end="1932-02-29")),
        ("date:<=1900", Dates(end="1900")),
        ("date:>1900", Dates(start="1901")),
        ("date:>=1900", Dates(start="1900")),
        ("date:<1931-09", Dates(end="1931-08")),
        ("date:>1931-09-18", Dates(start="1931-09-19")),
        ("date:<0001", Dates(end="0000")),
        ("date:<0000", Dates(end="-0001")),
        ("oai:x:1", Words(text="oai:x:1")),
        ("http://x.example/a", Words(text="http://x.example/a")),
        ("中国：历史", Words(text="中国:历史")),
        ("12:30", Words(text="12:30")),
    ],
)  # fmt: skip
def test_what_is_written_as_the_chapter_says_is_read_without_a_notice(text: str, tree: QueryNode) -> None:
    assert parse(text) == parse(text, "strict")
    assert parse(text).tree == tree
    assert parse(text).notices == ()


@pytest.mark.parametrize(
    ("text", "code", "position", "tree"),
    [
        ("AND", "operator_alone", 0, Words(text="and")),
        ("a AND", "operator_alone", 2, Words(text="a and")),
        ("a OR", "operator_alone", 2, Words(text="a or")),
        ("NOT", "operator_alone", 0, Words(text="not")),
        ("a 或", "operator_alone", 2, every(Words(text="a"), Phrase(text="或"))),
        ("a OR !!!", "operator_alone", 2, Words(text="a or")),
        ("--a", "operator_removed", 0, every(Not(of=Words(text="a")))),
        ("parish -", "operator_removed", 7, Words(text="parish")),
        ("!!!", "no_words", 0, All()),
        ("a ()", "bracket_empty", 2, Words(text="a")),
        ("a (b", "bracket_unclosed", 2, Words(text="a b")),
        ("a) b", "bracket_unopened", 1, Words(text="a b")),
        ('"a b', "quote_unclosed", 0, Phrase(text="a b")),
        ('a "!"', "quote_empty", 2, Words(text="a")),
        ("a\x00b", "control_removed", 1, Words(text="a b")),
        ("a\x85\x9fb", "control_removed", 2, Words(text="a b")),
        ("*ism", "mask_removed", 0, Words(text="ism")),
        ("a*", "mask_removed", 0, Words(text="a")),
        ("re*", "mask_removed", 0, Words(text="re")),
        ("ab.*", "mask_removed", 0, Words(text="ab.")),
        ("reg?s?e?", "mask_removed", 0, Words(text="reg s e")),
        ("京?都", "mask_removed", 0, Words(text="京 都")),
        ("O'Bri*", "mask_removed", 0, Words(text="O'Bri")),
        ("a title:*", "mask_removed", 8, Words(text="a")),
        ("cat~", "fuzzy_removed", 0, Words(text="cat")),
        ("O'Brien~", "fuzzy_removed", 0, Words(text="O'Brien")),
        ("regester~3", "fuzzy_nearer", 0, Fuzzy(text="regester", edits=2)),
        ("vestri~2", "fuzzy_nearer", 0, Fuzzy(text="vestri")),
        ('"a b"~9', "slop_cut", 0, Phrase(text="a b", slop=5)),
        ('"a b"~123', "slop_cut", 0, Phrase(text="a b", slop=5)),
        ('"a b c d e"~2', "slop_removed", 0, Phrase(text="a b c d e")),
        ('"a"~2', "slop_removed", 0, Phrase(text="a")),
        ('title:^"a b"~2', "slop_removed", 7, Starts(text="a b", field="title")),
        ("title:^parish", "mark_removed", 6, Words(text="parish", field="title")),
        ('level:^"fonds"', "mark_removed", 7, Equals(field="level", value="fonds")),
        ("title: a", "value_missing", 0, Words(text="title a")),
        ("no_such:x", "field_unknown", 0, Words(text="no_such:x")),
        ("tilte:x", "field_unknown", 0, Words(text="tilte:x")),
        ("题目：x", "field_unknown", 0, Words(text="题目:x")),
        ('nosuch:"a b"', "field_unknown", 0, every(Words(text="nosuch:"), Phrase(text="a b"))),
        ("level:fonds*", "mask_in_value", 6, Equals(field="level", value="fonds")),
        ("level:(series*)", "mask_in_value", 7, Equals(field="level", value="series")),
        ("a code:*", "mask_in_value", 7, Words(text="a")),
        ("a code:/*", "mask_in_value", 7, Words(text="a")),
        ("code:WA*", "mask_in_code", 5, Under(field="code_path", value="WA")),
        ("regester~12", "fuzzy_nearer", 0, Fuzzy(text="regester", edits=2)),
        ("level:foo", "value_unknown", 6, Equals(field="level", value="foo")),
        ('access:"no such"', "value_unknown", 7, Equals(field="access", value="no such")),
        ("date:sometime", "date_unread", 5, Words(text="sometime")),
        ('date:"some time"', "date_unread", 5, Phrase(text="some time")),
        ("date:1850..1800", "date_swapped", 5, Dates(start="1800", end="1850")),
        ("(" * 9 + "a" + ")" * 9 + " b", "too_deep", 8, Words(text="a b")),
        ("word " * 76, "query_cut", 375, Words(text=" ".join(["word"] * 75))),
        ("abc* abd* abe* f", "query_cut", 10, every(Prefix(text="abc"), Prefix(text="abd"), Words(text="f"))),
        ("x" * 513, "query_cut", 512, Words(text="x" * 512)),
    ],
)  # fmt: skip
def test_a_fault_is_told_once_and_refused_where_it_stands(
    text: str, code: Code, position: int, tree: QueryNode
) -> None:
    told = parse(text)
    assert [(each.code, each.position) for each in told.notices] == [(code, position)]
    assert told.tree == tree
    with pytest.raises(QueryInvalid) as refused:
        parse(text, "strict")
    assert refused.value.position == position


def test_a_refusal_names_what_was_expected_and_what_was_found() -> None:
    with pytest.raises(QueryInvalid) as refused:
        parse("a tilte:x", "strict")
    assert (refused.value.expected, refused.value.found) == ("a field's name, such as title", "tilte:x")
    with pytest.raises(QueryInvalid) as refused:
        parse("a\x00", "strict")
    assert (refused.value.expected, refused.value.found) == ("no control character", "U+0000")


def test_many_pieces_too_many_are_one_notice() -> None:
    told = parse("word " * 80)
    assert [(each.code, each.position, each.length) for each in told.notices] == [("query_cut", 375, 24)]


def test_plain_words_are_one_clause() -> None:
    assert parse("w " * 75).notices == ()
    assert [each.code for each in parse(" OR ".join(f"w{n}" for n in range(33))).notices] == ["query_cut"]


@pytest.mark.parametrize("text", ["-", "()", "code:*", '""', "|", "\x00"])
def test_what_leaves_nothing_to_look_for_shows_everything_and_says_so(text: str) -> None:
    told = parse(text)
    assert told.tree == All()
    assert "no_words" in [each.code for each in told.notices]
    with pytest.raises(QueryInvalid):
        parse(text, "strict")


def test_a_long_bracket_of_dates_is_read_word_by_word_in_the_end() -> None:
    few, many = (" ".join(f"w{n}x" for n in range(number)) for number in (2, 40))
    assert Dates(start="29 July 1914", end="29 July 1914") in leaves(parse(f"date:({few} 29 July 1914)").tree)
    assert Dates(start="1914", end="1914") in leaves(parse(f"date:({many} 29 July 1914)").tree)


def test_an_unknown_field_is_told_with_names_that_are_near_and_stands_as_it_was_typed() -> None:
    found = parse("tilte:ships foo:bar", "lenient")
    assert [(each.code, each.near[:1]) for each in found.notices] == [
        ("field_unknown", ("title",)),
        ("field_unknown", ("fonds",)),
    ]
    assert printed(found.tree) == "tilte:ships foo:bar"
    assert parse(printed(found.tree), "lenient").tree == found.tree


@pytest.mark.parametrize("text", ["level:fonds", "level:Fonds", "level:全宗", 'level:"archive group"'])
def test_a_value_is_asked_for_by_any_of_its_names(text: str) -> None:
    assert parse(text, "strict").tree == Equals(field="level", value="fonds")
