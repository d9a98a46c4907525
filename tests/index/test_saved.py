"""Kept searches find among the newest things, in memory, what the index would find; nobody's hidden things."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import QueryInvalid
from index.request import FacetFilter, SearchRequest
from index.saved import Newest, kept, matches, read, written
from mappings.schema.access import EVERYONE, Visibility
from mappings.schema.record import Place
from mappings.schema.text import Text
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing
from tests.index.indexed import indexed


def things() -> list[UnifiedRecord]:
    """Seen and hidden, in several scripts and times."""
    return [
        thing("Letters from Bath", dates=(factories.date("1813"),)),
        thing("北京風景", level="file", dates=(factories.date("1904"),)),
        thing("Parish registers of Ely", places=(Place(label=Text(value="Peking")),)),
        thing("Ships letters", type="Image", dates=(factories.date("1930"),)),
        thing("Secret letters of Peking", audience=HOLDER),
    ]


QUESTIONS = (
    "letters", "peking", "registr*", "parish~", '"from bath"', "letters -bath", "1813", "19th century letters",
    "date:1800..1910", "level:file", "北平", "ships photographs 1930", "bath OR ely", "riverside library", "*", "zzz",
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("visibility", [EVERYONE, INSIDE])
def test_what_is_found_is_what_the_index_finds(tmp_path: Path, question: str, visibility: Visibility) -> None:
    search, newest = indexed(tmp_path, things()), Newest(things())
    for filters in ((), (FacetFilter(facet="level", values=("item",)),)):
        request = ask(question, visibility=visibility, filters=filters, date_from="1000", page_size=100)
        query = read(written(kept(request, search.holders(visibility))))
        assert newest.found(query, visibility) == {hit.id for hit in search.search(request).hits}


def test_a_search_that_finds_nothing_is_left_out_and_hidden_things_are_their_holders() -> None:
    query = kept(ask("secret"), {})
    found = matches(Newest(things()), {"public": (query, EVERYONE), "holder": (query, INSIDE)})
    assert (list(found), len(found["holder"])) == (["holder"], 1)


def test_a_query_of_another_version_is_refused() -> None:
    for text in ('{"tree":{"node":"nosuch"}}', "not json", '{"tree":{"node":"all"},"more":1}'):
        with pytest.raises(QueryInvalid):
            read(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "(a"},
        {"text": '"parish register'},
        {"text": "foo:bar"},
        {"text": "date:1850..1800"},
        {"text": "date:whenever"},
        {"text": "parish OR"},
        {"text": "*ism"},
        {"text": "ships", "date_from": "19x"},
        {"text": "ships", "date_from": "1850", "date_to": "1800"},
    ],
)
def test_what_has_to_be_guessed_is_not_kept(fields: dict[str, str]) -> None:
    with pytest.raises(QueryInvalid):
        kept(SearchRequest(visibility=EVERYONE, **fields), {})  # type: ignore[arg-type]


def test_what_words_mean_is_kept_though_it_is_read_strictly() -> None:
    asked = SearchRequest(visibility=EVERYONE, text="letters Qianlong period")
    assert '"from":"Qianlong period"' in written(kept(asked, {}))
