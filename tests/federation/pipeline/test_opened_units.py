"""A unit of a finding aid is opened by no other name, and at no other place, than it had."""

from __future__ import annotations

import pytest

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.storage import holds, runs, uploads
from federation.storage.engine import Store
from tests.federation.pipeline.test_lapsed_units import BODY, HEAD, SCOPE, component, living, store
from tests.federation.pipeline.test_map import map_all

__all__ = ["store"]

CLOSED, SOONER = (f"<accessrestrict><p>Access is closed until {year}.</p></accessrestrict>" for year in (2040, 2030))
MAPS = component("Maps", more="")
LETTERS = component("Letters", more=SCOPE + CLOSED)
BARE = component("Letters", more=CLOSED)


def bring(store: Store, components: str) -> bool:
    """Takes the finding aid in with these components; whether it is held because it opens something."""
    body = (HEAD + BODY.format(components)).encode()
    brought = uploads.receive(store, "k", "town", "fa.xml", "replace", [body], actor="operator")
    checked = pipeline.check(store, brought.id)
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=False)
    upload_run.load(store, checked.id)
    map_all(store)
    with store.reading() as connection:
        run = runs.latest(connection, "k")
        hold = holds.of_run(connection, run.id) if run else None
    assert hold is None or hold.causes == ("access_loosened",)
    return hold is not None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LETTERS, component("Letters", more=SCOPE + SOONER)),
        (LETTERS, component("Letters to Mary", more=SCOPE + SOONER)),
        (LETTERS, component("Diaries", more=SOONER) + component("Letters to Mary", more=SCOPE + SOONER)),
        (MAPS + LETTERS, component("Letters to Mary", more=SCOPE + SOONER) + MAPS),
        (BARE, MAPS + component("Letters to Mary", more=SOONER)),
        (BARE, component("Minutes", more=CLOSED) + component("Letters to Mary", more=SOONER)),
    ],
    ids=["as it was", "retitled", "retitled, moved", "retitled, before another", "without an heir", "beside another"],
)
def test_a_unit_that_would_be_open_sooner_is_held(store: Store, before: str, after: str) -> None:
    assert not bring(store, before)
    shown = living(store)
    assert bring(store, after)
    assert living(store) == shown


@pytest.mark.parametrize(
    "after",
    [
        component("Letters to Mary", more=SCOPE + CLOSED) + MAPS,
        component("Minutes", more=SOONER) + LETTERS + MAPS,
        MAPS,
    ],
    ids=["retitled, as closed as before", "beside something new", "without it"],
)
def test_what_opens_nothing_that_stood_passes(store: Store, after: str) -> None:
    bring(store, MAPS + LETTERS)
    assert not bring(store, after)


def test_a_unit_that_was_dropped_comes_back_as_closed_as_it_was(store: Store) -> None:
    bring(store, MAPS + LETTERS)
    assert not bring(store, MAPS)
    assert bring(store, MAPS + component("Letters", more=SCOPE + SOONER))
    assert set(living(store)) == {"Papers", "Maps"}


def test_a_unit_that_comes_back_as_it_was_passes(store: Store) -> None:
    bring(store, MAPS + LETTERS)
    bring(store, MAPS)
    assert not bring(store, MAPS + LETTERS)


def test_of_many_units_that_are_called_otherwise_each_is_compared_with_itself(store: Store) -> None:
    scope = "<scopecontent><p>What is told of the file number {} of these.</p></scopecontent>"
    each = [scope.format(n) + (CLOSED if n % 2 else "") for n in range(40)]
    bring(store, "".join(component(f"File {n}", more=more) for n, more in enumerate(each)))
    assert not bring(store, "".join(component(f"Folder {n}", more=more) for n, more in enumerate(each)))
