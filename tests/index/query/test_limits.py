"""Queries that are too large are cut or refused, and none is dear beyond measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QueryInvalid
from index.fields import FACETS
from index.query.limits import DEAREST, MOST_SLOP, MOST_WORDS, check_tree, count_words, price
from index.query.model import And, Fuzzy, Not, Or, Phrase, QueryNode, Words
from index.query.syntax import parse
from index.request import FacetFilter, SearchRequest
from mappings.schema.access import EVERYONE

#: a choice in every facet
CHOSEN = tuple(FacetFilter(facet=facet, values=("x",)) for facet in FACETS)


@pytest.mark.parametrize(
    "text",
    [
        "word " * (MOST_WORDS + 1),
        "x" * 513,
        "abc* abd* abe*",
        " ".join(f'"a{n} b"' for n in range(9)),
        "(" * 9 + "a" + ")" * 9,
        " OR ".join(f"w{n}" for n in range(40)),
    ],
)
def test_too_much_is_cut_with_a_notice_and_refused_where_strict(text: str) -> None:
    assert parse(text).notices
    with pytest.raises(QueryInvalid):
        parse(text, "strict")


def test_four_han_characters_count_as_a_word() -> None:
    assert count_words("北京大学图书馆 catalogue") == 3


def test_the_price_names_its_parts() -> None:
    tree = And(of=(Words(text="w " * 60), Words(text="v " * 60, field="title")))
    request = SearchRequest(visibility=EVERYONE, filters=CHOSEN, facets=FACETS, histogram=True)
    asked = price(request, tree)
    assert str(asked) == "116 (words 60, facets 26, chosen 26, histogram 3, base 1)"


def test_meaning_is_paid_for_where_plain_words_ask_for_it() -> None:
    asking = SearchRequest(visibility=EVERYONE, semantic="auto")
    assert price(asking, Words(text="a b")).semantic == 10.0
    assert price(asking, Words(text="a b", field="title")).semantic == 0.0
    assert price(SearchRequest(visibility=EVERYONE, semantic="auto", sort="date"), Words(text="a")).semantic == 0.0
    assert price(SearchRequest(visibility=EVERYONE), Words(text="a")).semantic == 0.0


@given(st.text(max_size=600) | st.lists(st.sampled_from(["w", "abc*", "abd~", "or"]), max_size=200).map(" ".join))
def test_no_typed_query_costs_too_much(text: str) -> None:
    request = SearchRequest(
        visibility=EVERYONE, text=text, filters=CHOSEN, facets=FACETS, histogram=True, semantic="auto"
    )
    assert price(request, parse(text).tree).total <= DEAREST
    check_tree(parse(text).tree)


def test_a_tree_deeper_than_can_be_typed_is_refused() -> None:
    tree: QueryNode = Words(text="a")
    for _ in range(2_000):
        tree = Not(of=tree)
    with pytest.raises(QueryInvalid):
        check_tree(tree)


@pytest.mark.parametrize(
    "tree",
    [
        Phrase(text="a b", slop=1_000_000_000),
        Phrase(text="a b", slop=MOST_SLOP + 1),
        Phrase(text="a b", slop=-1),
        Fuzzy(text="regester", edits=9),
        Or(of=(Fuzzy(text="regester", edits=0),)),
    ],
)
def test_nobody_asks_for_words_further_apart_than_can_be_typed(tree: QueryNode) -> None:
    """Each place that a word may stand at is a search of its own on one of the engines."""
    with pytest.raises(QueryInvalid, match=r"of 0 to 5|of 1 or 2"):
        check_tree(tree)
