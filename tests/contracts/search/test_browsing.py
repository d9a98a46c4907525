"""Values of a facet from A to Z, counted under the reader; hidden things add no value and no count."""

from __future__ import annotations

import pytest

from index.ports import SearchBackend
from mappings.schema.access import EVERYONE, Visibility
from tests import factories
from tests.contracts.search.conftest import IndexOf
from tests.contracts.search.things import HOLDER, INSIDE, thing

NAMES = ("Adams, Ann", "Baker, Bo", "Baker, Bo", "Émile, C.", "赵国栋")


@pytest.fixture(scope="module", name="search")
def fixture_search(index_of: IndexOf) -> SearchBackend:
    """Things by these people, and hidden ones by others."""
    seen = [thing(f"Thing {n}", agents=(factories.agent(name),)) for n, name in enumerate(NAMES)]
    hidden = [thing(f"Hid {n}", audience=HOLDER, agents=(factories.agent(name),)) for n, name in
              enumerate(("Baker, Bo", "Cox, Hidden"))]  # fmt: skip
    return index_of([*seen, *hidden])


def browsed(
    search: SearchBackend, start: str, *, visibility: Visibility = EVERYONE, before: int = 0, limit: int = 10
) -> list[tuple[str, int]]:
    """Label and count of each value."""
    found = search.browse("creator", start, visibility, before=before, limit=limit)
    return [(each.label, each.count) for each in found.values]


def test_values_stand_in_order_from_a_text_on(search: SearchBackend) -> None:
    everything = [("Adams, Ann", 1), ("Baker, Bo", 2), ("Émile, C.", 1), ("赵国栋", 1)]
    assert browsed(search, "") == everything
    assert browsed(search, "bak", limit=2) == everything[1:3]
    assert browsed(search, "c", before=1, limit=2) == everything[1:3]
    assert browsed(search, "zzz") == everything[3:]


def test_the_ends_of_the_list_are_known(search: SearchBackend) -> None:
    found = search.browse("creator", "b", EVERYONE, limit=1)
    assert (found.is_first, found.is_last) == (False, False)
    whole = search.browse("creator", "", EVERYONE, limit=10)
    assert (whole.is_first, whole.is_last) == (True, True)


def test_values_without_labels_of_their_own_are_listed_too(search: SearchBackend) -> None:
    assert [each.label for each in search.browse("level", "", EVERYONE).values] == ["item"]


def test_hidden_things_are_their_holders_alone(search: SearchBackend) -> None:
    assert ("Cox, Hidden", 1) in browsed(search, "", visibility=INSIDE)
    assert ("Baker, Bo", 3) in browsed(search, "", visibility=INSIDE)
