"""A batch finds for any query what the index finds: phrases, masks, edits, minimums and exclusions of every shape."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedded.backend import EmbeddedSearch
from index.errors import QueryInvalid
from index.query.syntax import parse
from index.saved import Newest, kept
from mappings.schema.access import EVERYONE
from tests import factories
from tests.contracts.search.things import ask, thing
from tests.index.indexed import indexed

_PIECES = st.sampled_from(
    ["parish", "registers", "regist*", "regi?ters", "regester~", "bath", "of", '"parish registers"', '"bath of"~2',
     "title:", "(", ")", "OR", "-", "NOT", "date:1800..1850", "within:1810..1820", "level:file", "北京", "風景", "或",
     'title:^"parish"', 'title:="bath"', "creator:smith", "1813", "letters", "*", "ely", "the", "19th century"]
)  # fmt: skip

THINGS = [
    thing("Parish registers of Bath", dates=(factories.date("1813"),)),
    thing("Bath"),
    thing("The parish of Ely", level="file", dates=(factories.date("1805"),)),
    thing("北京風景", dates=(factories.date("1904"),)),
    thing("Letters to the register office", agents=(factories.agent("Smith, Ann"),)),
    thing("Registered letters of the parish of Bath and Ely in 1813"),
]


@pytest.fixture(scope="module", name="search")
def fixture_search(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedSearch:
    """The index of the things."""
    folder: Path = tmp_path_factory.mktemp("index")
    return indexed(folder, THINGS)


@given(text=st.lists(_PIECES, min_size=1, max_size=8).map(" ".join))
def test_any_query_finds_in_a_batch_what_it_finds_in_the_index(search: EmbeddedSearch, text: str) -> None:
    request = ask(text, page_size=100)
    try:
        wish = kept(request, search.holders(EVERYONE))
    except QueryInvalid:
        # a search that is not whole is not kept
        assert parse(text).notices
        return
    found = Newest(THINGS).found(wish, EVERYONE)
    assert found == {hit.id for hit in search.search(request).hits}
