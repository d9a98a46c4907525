"""Why a record is not found, or not first; of a hidden one no more is said than of one that does not exist."""

from __future__ import annotations

import pytest

from index.explaining import Explained
from index.ports import SearchBackend
from index.request import FacetFilter
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, ask, thing


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """A few things, one of them hidden."""
    return index_of(
        [
            thing("Parish register", native_id="oai:x:1", dates=(factories.date("1813"),)),
            thing("Register of the parish of Bath", native_id="oai:x:2"),
            thing("Parish vault", native_id="oai:x:3", audience=HOLDER),
        ]
    )


def id_of(native_id: str) -> str:
    """The id of a thing's record."""
    return factories.catalogue_record(native_id=native_id).id


def parts(found: Explained) -> dict[str, bool]:
    """What was tried."""
    return {part.text: part.answers for part in found.parts}


def test_the_place_of_a_hit_is_told(search: SearchBackend) -> None:
    assert search.explain(ask("parish register"), id_of("oai:x:1")).rank == 1
    second = search.explain(ask("parish register"), f"c-{id_of('oai:x:2')}")
    assert (second.rank, second.total, parts(second)) == (2, 2, {"parish": True, "register": True})


def test_the_part_that_a_record_does_not_answer_is_named(search: SearchBackend) -> None:
    filters = (FacetFilter(facet="level", values=("fonds",)),)
    found = search.explain(ask("parish wells -register", filters=filters, date_from="1900"), id_of("oai:x:1"))
    assert (found.is_there, found.is_found, found.rank) == (True, False, None)
    assert parts(found) == {
        "parish": True, "wells": False, "-register": False, "level: fonds": False, "date:1900..": False,
    }  # fmt: skip


def test_words_that_name_a_time_are_tried_as_both(search: SearchBackend) -> None:
    found = search.explain(ask("parish 1813"), id_of("oai:x:1"))
    assert (found.is_found, parts(found)) == (True, {"parish": True, "1813": False, "date:1813": True})


def test_a_hidden_record_is_told_as_one_that_does_not_exist(search: SearchBackend) -> None:
    hidden, none = (search.explain(ask("parish"), id_) for id_ in (id_of("oai:x:3"), "nothing"))
    assert (hidden.is_there, hidden.parts, hidden.total) == (none.is_there, none.parts, none.total) == (False, (), 0)
    assert search.explain(ask("parish", visibility=INSIDE), id_of("oai:x:3")).is_found
