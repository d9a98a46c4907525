"""A query in CQL that says what words were understood to mean ranks as the words do on the page."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from index.query.cql import parse_cql
from index.query.cql_printed import printed_cql
from index.query.recognising import recognised
from index.query.syntax import parse
from mappings.schema.access import EVERYONE
from mappings.schema.record import Place
from mappings.schema.text import Text
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import ask, thing

QUERIES = ("peking", "peking letters", "letters 1904", "letters", "peking photographs 1904", "ships letters")


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Things that have some of a thing's names, and some that have all of them."""
    return index_of(
        [
            thing("Views of Peking", dates=(factories.date("1904"),)),
            thing("北京風景"),
            thing("Beijing 北京 Peping 北平", places=(Place(label=Text(value="Beijing")),)),
            thing("Peking letters"),
            thing("Letters of Peking, Beijing and Peping", dates=(factories.date("1904"),)),
            thing("Correspondence 书信 函件 信件 letters"),
            thing("Ships correspondence"),
            thing("北京書信", dates=(factories.date("1904"),)),
            thing("Peking", type="Image", dates=(factories.date("1904"),)),
        ]
    )


@pytest.mark.parametrize("query", QUERIES)
def test_the_order_is_that_of_the_words(search: SearchBackend, query: str) -> None:
    tree = parse(query).tree
    meant = recognised(tree, search.holders(EVERYONE), search.sounds(tree, EVERYONE))
    again = parse_cql(printed_cql(meant)).tree
    by_words = [hit.id for hit in search.search(ask(query)).hits]
    assert [hit.id for hit in search.search(ask(tree=again)).hits] == by_words
    assert by_words
