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
from index.query.model import All, And, Dates, Equals, Not, Or, Phrase, Prefix, QueryNode, Starts, Under, Whole, Words
from index.query.syntax import parse
from index.query.wire import read_tree, written_tree

_PIECES = st.sampled_from(
    ["parish", "register*", "regi?ter", "regester~", "regester~2", '"a b"', '"a b"~2', "(", ")", "OR", "-", " ", "or",
     "code:WA/HMM/*", "in:x", "date:1800..1850", "within:1900..", "date:>=1900", "level:fonds", "京都", "或", "O'Brien",
     "*", "title:(a b)", 'creator:^"x y"', 'subject:="z"', "id:oai:x:1", "foo:bar", "a^b", "back\\slash", "1955?"]
)  # fmt: skip


def without_all(tree: QueryNode) -> QueryNode:
    """The tree as CQL can say it: everything beside something else is nothing said."""
    match tree:
        case And(of=parts):
            kept = tuple(without_all(part) for part in parts if not isinstance(part, All))
            kept = tuple(part for part in kept if not isinstance(part, All))
            if not kept:
                return All()
            return kept[0] if len(kept) == 1 and not isinstance(kept[0], Not) else And(of=kept)
        case Or(of=parts):
            return Or(of=tuple(map(without_all, parts)))
        case Not(of=part):
            return Not(of=without_all(part))
        case _:
            return tree


@given(st.lists(_PIECES, max_size=10).map(" ".join) | st.text(max_size=60))
@example("* -parish")
@example("-(a b) c")
@example("a OR -b")
@example("parish * parish")
@example("(-a) OR (b (c OR d))")
def test_what_the_box_asks_can_be_asked_in_cql_and_in_json(text: str) -> None:
    tree = parse(text).tree
    with contextlib.suppress(QueryInvalid):  # a tree may be over the limits
        said = canonical(without_all(tree))
        assert parse_cql(printed_cql(said)).tree == said, printed_cql(tree)
    with contextlib.suppress(QueryInvalid):
        assert read_tree(written_tree(tree).decode()) == tree


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
        ("a prox b", 37, 2),
        ("a and/rel.x b", 46, 6),
        ("> dc = x parish", 48, 0),
        ("parish sortBy dc.subject", 80, 14),
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"node":"words"}', r"missing required field `text`"),
        ('{"node":"and","of":[{"node":"words","text":1}]}', r"\$\.of\[0\]\.text"),
        ('{"node":"words","text":"a","boost":2}', "unknown field `boost`"),
        ('{"node":"words","text":"a","field":"secret"}', "one of the fields code_text|one of the fields"),
        ('{"node":"equals","field":"audience","value":"x"}', "one of the fields access"),
        ('{"node":"under","field":"feed","value":"x"}', "one of the fields"),
        ("[" * 5_000, "a query tree"),
        ("no json", "a query tree"),
    ],
)
def test_json_that_is_no_tree_is_refused_with_its_path(text: str, said: str) -> None:
    with pytest.raises(QueryInvalid, match=said):
        read_tree(text)
