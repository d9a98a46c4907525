"""Requests that ask the same of the same reader have one hash, in whatever notation."""

from __future__ import annotations

import pytest

from index.canonical_hash import canonical_hash
from index.query.cql import parse_cql
from index.query.model import All, And, Dates, QueryNode, Under, Words
from index.request import FacetFilter, SearchRequest
from mappings.schema.access import EVERYONE, Visibility


def asked(text: str = "", tree: QueryNode | None = None, **more: object) -> SearchRequest:
    """A request that is read strictly."""
    return SearchRequest(visibility=EVERYONE, text=text, tree=tree, syntax="strict", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (asked("parish  register"), asked(tree=Words(text="parish register"))),
        (asked("parish AND register"), asked("parish register")),
        (asked("* parish"), asked(tree=And(of=(All(), Words(text="parish"))))),
        (asked("title:(parish register)"), asked(tree=parse_cql('dc.title all "parish register"').tree)),
        (asked("date:<1900"), asked(tree=Dates(end="1899"))),
        (asked("date:<1900"), asked(tree=parse_cql("dc.date < 1900").tree)),
        (asked("档号:WA/HMM/*"), asked(tree=Under(field="code_path", value="WA/HMM/"))),
        (asked("a OR -b"), asked("(a) | (NOT b)")),
        (asked("a", page=2, facets=("level",), language="zh-Hans"), asked("a")),
    ],
)  # fmt: skip
def test_one_question_has_one_hash(one: SearchRequest, other: SearchRequest) -> None:
    assert canonical_hash(one) == canonical_hash(other)


@pytest.mark.parametrize(
    "other",
    [
        asked("parish registers"),
        asked("title:parish"),
        asked('"parish"'),
        asked("parish", sort="date"),
        asked("parish", view="members"),
        asked("parish", date_from="1900"),
        asked("parish", filters=(FacetFilter(facet="level", values=("item",)),)),
        SearchRequest(visibility=EVERYONE, text="parish"),
        SearchRequest(visibility=Visibility(tokens=("public", "riverside")), text="parish", syntax="strict"),
    ],
)
def test_another_question_has_another(other: SearchRequest) -> None:
    assert canonical_hash(asked("parish")) != canonical_hash(other)
