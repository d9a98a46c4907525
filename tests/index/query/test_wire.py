"""Trees in JSON: what could be typed is read as it would be; anything else is refused where it stands."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QueryInvalid, TreeInvalid
from index.query.canonical import canonical, printed
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
from index.query.wire import LONGEST, read_tree, written_tree

_TEXTS = st.sampled_from(
    ["parish", "parish register", "或", "a 或 b", "AND", "O'Brien (d. 1813)", "title:x", "^a", "-a", "“q” \"r", "京都",
     "regester", "regist", "organi?ation", "*ism", "MS 12/*", "WA/HMM/", "a*b", "x~", "~", ""]
) | st.text(max_size=12)  # fmt: skip
_COLUMNS = st.sampled_from([None, "title", "creator"])
_BOUNDS = st.none() | st.sampled_from(
    ["1813", "184X", "29 July 1914", "-0300", "光绪三十年", "1850?", "<1900", "x", "1..2"]
)
_LEAVES = (
    st.builds(All)
    | st.builds(Words, text=_TEXTS, field=_COLUMNS)
    | st.builds(Phrase, text=_TEXTS, field=_COLUMNS, slop=st.sampled_from([0, 0, 0, 2]))
    | st.builds(Starts, text=_TEXTS, field=_COLUMNS)
    | st.builds(Whole, text=_TEXTS, field=_COLUMNS)
    | st.builds(Prefix, text=_TEXTS, field=_COLUMNS)
    | st.builds(Pattern, text=_TEXTS, field=_COLUMNS)
    | st.builds(Fuzzy, text=_TEXTS, field=_COLUMNS, edits=st.sampled_from([1, 2]))
    | st.builds(Equals, field=st.sampled_from(["code", "identifier", "level", "rights"]), value=_TEXTS)
    | st.builds(Under, field=st.sampled_from(["code_path", "ancestors"]), value=_TEXTS)
    | st.builds(Dates, start=_BOUNDS, end=_BOUNDS, mode=st.sampled_from(["overlap", "within"]))
)
TREES: st.SearchStrategy[QueryNode] = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds(And, of=st.lists(inner, max_size=3).map(tuple))
        | st.builds(Or, of=st.lists(inner, max_size=3).map(tuple))
        | st.builds(Not, of=inner)
    ),
    max_leaves=6,
)


@given(TREES)
def test_every_tree_that_is_taken_says_the_same_in_all_notations(tree: QueryNode) -> None:
    with contextlib.suppress(TreeInvalid):
        read = read_tree(written_tree(tree).decode())
        assert read_tree(written_tree(read).decode()) == read == canonical(read)
        assert parse(printed(read)).tree == read, printed(read)
        with contextlib.suppress(QueryInvalid):  # which has limits of its own
            assert parse_cql(printed_cql(read)).tree == read, printed_cql(read)


@given(TREES)
def test_a_refusal_points_into_the_tree(tree: QueryNode) -> None:
    text = written_tree(tree).decode()
    with contextlib.suppress(TreeInvalid):
        read_tree(text)
        return
    with pytest.raises(TreeInvalid) as refused:
        read_tree(text)
    assert 0 <= refused.value.position < len(text)
    at = json.loads(text)
    for step in refused.value.pointer.split("/")[1:]:
        at = at[int(step)] if isinstance(at, list) else at.get(step, at)
    assert text[refused.value.position :].startswith(json.dumps(at, ensure_ascii=False, separators=(",", ":"))[:1])


@given(st.text(max_size=60) | st.text(alphabet='{}[]":,of\\notext1 ', max_size=60))
def test_any_text_is_a_tree_or_a_named_fault(text: str) -> None:
    with contextlib.suppress(TreeInvalid):
        read_tree(text)


def words(text: str) -> str:
    """A node of words."""
    return f'{{"node":"words","text":{json.dumps(text)}}}'


@pytest.mark.parametrize(
    ("text", "pointer", "expected"),
    [
        ('{"node":"prefix","text":"s"}', "/text", "3 letters before a mask"),
        ('{"node":"prefix","text":""}', "/text", "3 letters before a mask"),
        ('{"node":"prefix","text":"a b"}', "/text", "in one word"),
        ('{"node":"pattern","text":"*ism"}', "/text", "3 letters before a mask"),
        ('{"node":"pattern","text":"reg?s?e?"}', "/text", "at most 2 masks"),
        ('{"node":"pattern","text":"register"}', "/text", "3 letters before a mask"),
        ('{"node":"fuzzy","text":"cat"}', "/text", "4 letters"),
        ('{"node":"fuzzy","text":"vestry","edits":2}', "/edits", "from 8 letters on"),
        ('{"node":"fuzzy","text":"regester","edits":0}', "/edits", "edits of 1 or 2"),
        ('{"node":"phrase","text":"a b","slop":6}', "/slop", "slop of 0 to 5"),
        ('{"node":"phrase","text":"a","slop":1}', "/slop", "a phrase of 2 to 4 words"),
        ('{"node":"dates","from":"foo"}', "/from", "a year, EDTF date or period"),
        ('{"node":"dates","from":"1800","to":"bar"}', "/to", "a year, EDTF date or period"),
        ('{"node":"dates","from":"1900","to":"1800"}', "/to", "not before"),
        ('{"node":"dates"}', "", "from, to or both"),
        ('{"node":"dates","from":"1900","mode":"near"}', "/mode", "overlap or within"),
        (words(""), "/text", "a word"),
        (words("—"), "/text", "a word"),
        ('{"node":"phrase","text":" "}', "/text", "a word"),
        (words("a\x00b"), "/text", "no control character"),
        ('{"node":"equals","field":"code","value":"a\\u0000"}', "/value", "no control character"),
        ('{"node":"equals","field":"code","value":" "}', "/value", "a value"),
        ('{"node":"under","field":"code_path","value":"/*"}', "/value", "a value"),
        ('{"node":"either","text":"","meaning":{"node":"all"}}', "/text", "a word"),
        ('{"node":"or","of":[]}', "/of", "one part or more"),
        ('{"node":"and","of":[{"node":"not","of":{"node":"or","of":[]}}]}', "/of/0/of/of", "one part or more"),
        ('{"node":"words","text":"a","field":"secret"}', "/field", "one of the fields code_text|one of the fields"),
        ('{"node":"equals","field":"audience","value":"x"}', "/field", "one of the fields access"),
        ('{"node":"under","field":"feed","value":"x"}', "/field", "one of the fields"),
        ('{"node":"words"}', "", "the member text"),
        ('{"node":"and","of":[{"node":"words","text":1}]}', "/of/0/text", "str"),
        ('{"node":"words","text":"a","boost":2}', "/boost", "a member of its node"),
        ('{"node":"wordz","text":"a"}', "/node", "one of all, words"),
        (f'{{"node":"or","of":[{",".join([words("x")] * 33)}]}}', "/of/32", "at most 32 clauses"),
        (words("w " * 76), "", "at most 75 words"),
        (words("或 且 非 或 且 非 或 且 非"), "", "at most 8 phrases"),
        ('{"node":"not","of":' * 30 + words("a") + "}" * 30, "", "at most"),
        ("[" * 5_000, "", "object"),
        ("no json", "", "a query tree in JSON"),
        ('{"node":"all"} x', "", "a query tree in JSON"),
        ('{"node":"words","text":"\ud800"}', "", "a query tree in JSON"),
        (" " * LONGEST + "x", "", "characters of JSON"),
    ],
)  # fmt: skip
def test_what_could_not_be_typed_is_refused_with_its_pointer(text: str, pointer: str, expected: str) -> None:
    with pytest.raises(TreeInvalid, match=expected) as refused:
        read_tree(text)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("text", "position", "found"),
    [
        ('{"node": "and", "of": [{"node": "all"}, {"node": "prefix", "text": "s"}]}', 67, "s"),
        ('{"node": "words", "text": "é", "boost": 2}', 40, "boost"),
        ('{"node":"words","text":"é" x}', 27, "JSON is malformed: expected ',' or '}'"),
        ('{"node":"words"', 15, "Input data was truncated"),
    ],
)
def test_a_refusal_names_the_place_and_what_stands_there(text: str, position: int, found: str) -> None:
    with pytest.raises(TreeInvalid) as refused:
        read_tree(text)
    assert (refused.value.position, refused.value.found) == (position, found)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (Or(of=(All(), Not(of=Words(text="a")))), Or(of=(All(), And(of=(Not(of=Words(text="a")),))))),
        (Not(of=Not(of=Words(text="a"))), Words(text="a")),
        (And(of=(All(), Words(text="a"))), Words(text="a")),
        (Words(text="a 或 b"), And(of=(Words(text="a"), Phrase(text="或"), Words(text="b")))),
        (Words(text="AND (O'Brien)"), Words(text="and O'Brien")),
        (Pattern(text="regist*"), Prefix(text="regist")),
        (Prefix(text="京"), Words(text="京")),
        (Equals(field="code", value="WA/HMM/*"), Under(field="code_path", value="WA/HMM")),
        (Under(field="code_path", value="WA/HMM/"), Under(field="code_path", value="WA/HMM")),
    ],
)  # fmt: skip
def test_trees_of_one_meaning_are_read_in_one_form(written: QueryNode, read: QueryNode) -> None:
    assert read_tree(written_tree(written).decode()) == read


def test_a_code_of_many_separators_is_read_at_once() -> None:
    """The longest that a tree can hold; one look for each separator at all behind it took eight seconds."""
    code = f"a{'-' * (LONGEST - 100)}b"
    begun = time.process_time()
    assert read_tree(written_tree(Equals(field="code", value=code)).decode()) == Equals(field="code", value=code)
    assert time.process_time() - begun < 2
