"""CQL is read into the tree of the search box and back; what it cannot ask here is refused with SRU's diagnostic."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import CqlInvalid, QueryInvalid
from index.query.canonical import canonical
from index.query.cql import parse_cql
from index.query.cql_printed import printed_cql
from index.query.model import (
    All,
    And,
    Dates,
    Equals,
    Fuzzy,
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
from index.query.recognising import recognised
from index.query.syntax import parse

_PIECES = st.sampled_from(
    ["parish", "register*", "regi?ter", "regester~", "regester~2", '"a b"', '"a b"~2', "(", ")", "OR", "-", " ", "or",
     "code:WA/HMM/*", "in:x", "date:1800..1850", "within:1900..", "date:>=1900", "level:fonds", "京都", "或", "O'Brien",
     "*", "title:(a b)", 'creator:^"x y"', 'subject:="z"', "id:oai:x:1", "foo:bar", "a^b", "back\\slash", "1955?"]
)  # fmt: skip


@given(st.lists(_PIECES, max_size=10).map(" ".join) | st.text(max_size=60))
@example("* -parish")
@example("-(a b) c")
@example("a OR -b")
@example("parish * parish")
@example("(-a) OR (b (c OR d))")
def test_what_the_box_asks_can_be_asked_in_cql(text: str) -> None:
    tree = parse(text).tree
    with contextlib.suppress(QueryInvalid):  # a tree may be over the limits
        assert parse_cql(printed_cql(tree)).tree == tree, printed_cql(tree)


@given(
    st.lists(st.sampled_from(["peking", "letters", "1904", "照片", "fonds", "-x", "french", "上海"]), max_size=6).map(
        " ".join
    )
)
@example("peking letters 1904")
def test_what_words_are_understood_to_mean_can_be_asked_in_cql(text: str) -> None:
    meant = canonical(recognised(parse(text).tree))
    with contextlib.suppress(QueryInvalid):
        assert parse_cql(printed_cql(meant)).tree == meant, printed_cql(meant)


def test_creators_and_codes_can_be_sorted_by() -> None:
    asked = {"dc.creator": "creator", "creator": "creator", "ax.referenceCode/sort.ascending": "code"}
    assert {key: parse_cql(f"parish sortBy {key}").sort for key in asked} == asked


def place_of_fault(text: str) -> int:
    """Where the fault of a query is; 0 where there is none."""
    try:
        parse_cql(text)
    except QueryInvalid as fault:
        return fault.position
    return 0


@given(st.text(max_size=80) | st.text(alphabet='()"=<>/\\*?^ abANDORNOT.1', max_size=60))
def test_any_text_is_a_tree_or_a_named_fault_inside_it(text: str) -> None:
    assert 0 <= place_of_fault(text) <= len(text)


@pytest.mark.parametrize(
    ("cql", "tree"),
    [
        ("parish", Words(text="parish")),
        ('"parish register"', Phrase(text="parish register")),
        ('dc.title all "parish register"', Words(text="parish register", field="title")),
        ('anywhere any "parish vestry"', Or(of=(Words(text="parish"), Words(text="vestry")))),
        ('dc.title adj/ax.slop=3 "parish register"', Phrase(text="parish register", field="title", slop=3)),
        ('dc.title = "^parish reg"', Starts(text="parish reg", field="title")),
        ('dc.title == "parish register"', Whole(text="parish register", field="title")),
        ('dc.title exact "parish register"', Whole(text="parish register", field="title")),
        ("dc.creator = smit*", Prefix(text="smit", field="creator")),
        ("ax.institution == GB-0074", Equals(field="institution", value="GB-0074")),
        ('ax.referenceCode = "WA/HMM/*"', Under(field="code_path", value="WA/HMM")),
        ("dc.date >= 1900", Dates(start="1900")),
        ('dc.date within "1800 1850"', Dates(start="1800", end="1850", mode="within")),
        ("cql.allRecords = 1", All()),
        ("cql.allRecords = 0", All()),
        (
            'dc.title all "parish regist*"',
            And(of=(Words(text="parish", field="title"), Prefix(text="regist", field="title"))),
        ),
        (
            'dc.title any "parish regist*"',
            Or(of=(Words(text="parish", field="title"), Prefix(text="regist", field="title"))),
        ),
        ('dc.title cql.all "parish register"', Words(text="parish register", field="title")),
        ("dc.title =/cql.fuzzy/ax.edits=2 regester", Fuzzy(text="regester", field="title", edits=2)),
        ("dc.date < 1900", Dates(end="1899")),
        ("dc.date > 1931-09-30", Dates(start="1931-10")),
        ("dc.date <= 1900", Dates(end="1900")),
        (r'rec.identifier = "http://x.example/y\?z=1"', Equals(field="identifier", value="http://x.example/y?z=1")),
        (r'ax.referenceCode == "WA\*"', Equals(field="code", value="WA*")),
        ("a or b and c", And(of=(Or(of=(Words(text="a"), Words(text="b"))), Words(text="c")))),
        ("a not b", And(of=(Words(text="a"), Not(of=Words(text="b"))))),
        ("cql.allRecords=1 NOT b", And(of=(Not(of=Words(text="b")),))),
        (r'dc.title all "what\?"', Words(text="what", field="title")),
    ],
)
def test_clauses_and_booleans(cql: str, tree: QueryNode) -> None:
    assert parse_cql(cql).tree == tree


@pytest.mark.parametrize(
    ("cql", "diagnostic", "position"),
    [
        ("parish xor register", 37, 7),
        ("parish register office", 10, 7),
        ("dc.foo near parish", 19, 7),
        ("a or/ax.meaning/ax.meaning b", 46, 16),
        ("a and/ax.meaning b", 46, 6),
        ("", 10, 0),
        ("parish and", 10, 10),
        ("(parish", 13, 0),
        ("parish)", 13, 6),
        ('"parish', 14, 0),
        ("marc.title = x", 15, 0),
        ("dc.rights = x", 16, 0),
        ("parish register", 10, 7),
        ("dc.title near parish", 19, 9),
        ("dc.title =/stem parish", 20, 9),
        ("ax.level < fonds", 22, 9),
        ('dc.title = ""', 27, 11),
        ("dc.title = pa*", 29, 11),
        ('dc.title = "parish^"', 31, 11),
        ("dc.date = sometime", 36, 10),
        ("a prox b", 39, 2),
        ("a prox/unit=word b", 39, 2),
        ("a\x00b", 10, 1),
        ("a" * 2_001, 12, 2_000),
        ("cql.resultSetId = x", 50, 0),
        (" or ".join(f"w{n}" for n in range(33)), 38, 214),
        ("abc* or abd* or abe*", 30, 16),
        ("(" * 25 + "a", 13, 24),
        ("reg?s?e?", 30, 0),
        ('dc.title == "regist*"', 28, 12),
        ('dc.title adj "parish regist*"', 28, 13),
        ('dc.title = "parish regist*"', 28, 11),
        ('dc.title all "^parish"', 31, 13),
        ('dc.title = "a ^b"', 32, 11),
        ("dc.title =/fuzzy cat", 24, 17),
        ("dc.title =/fuzzy/ax.edits=2 vestry", 24, 28),
        ("dc.title =/ax.edits=2 regester", 21, 9),
        ("dc.title =/fuzzy/fuzzy regester", 21, 17),
        ("dc.title =/fuzzy=3 regester", 20, 9),
        ("dc.date =/fuzzy 1900", 20, 8),
        ("ax.level =/fuzzy fonds", 20, 9),
        ("ax.level = fon*", 28, 11),
        ('rec.identifier = "http://x.example/y?z=1"', 28, 17),
        ("ax.referenceCode = WA*", 28, 19),
        ("ax.referenceCode = *", 28, 19),
        ('dc.title adj/ax.slop=6 "a b"', 20, 9),
        ('dc.title adj/ax.slop=2 "a b c d e"', 24, 23),
        ('dc.title adj/ax.slop=2 "a"', 24, 23),
        ('dc.date within "1850 1800"', 36, 15),
        ("dc.date < 0-", 36, 10),
        ("a and/rel.x b", 46, 6),
        ("> dc = x parish", 48, 0),
        ("parish sortBy dc.subject", 80, 14),
        ("parish sortBy dc.date dc.title", 82, 22),
        ("parish sortBy dc.date/sort.descending dc.title", 82, 38),
        ("parish sortBy dc.title/sort.ignoreCase", 89, 23),
        ("parish sortBy dc.date/sort.descending/sort.respectCase", 89, 38),
        ("parish sortBy dc.date/sort.missingOmit", 90, 22),
        ("parish sortBy dc.date/sort.ascending/sort.descending", 88, 37),
        ("parish sortBy dc.date/sort.unicodeCollate", 80, 22),
        ("parish sortBy", 10, 13),
    ],
)
def test_what_is_not_supported_is_named_by_its_diagnostic(cql: str, diagnostic: int, position: int) -> None:
    with pytest.raises(CqlInvalid) as refused:
        parse_cql(cql)
    assert (refused.value.diagnostic, refused.value.position) == (diagnostic, position)


@pytest.mark.parametrize(
    ("cql", "sort"),
    [("a sortBy dc.title", "title"), ("a sortBy dc.date/sort.descending", "date_desc"), ("a", "relevance")],
)
def test_an_order_can_be_asked(cql: str, sort: str) -> None:
    assert parse_cql(cql).sort == sort
