"""A thing is withheld by the name that pages show: all of its records, or those that the caller may, and it is told."""

from __future__ import annotations

import pytest

from federation.errors import RequestRefused
from federation.pipeline import withholding, withholding_things
from federation.pipeline.children import map_once
from federation.pipeline.withholding_things import Acted
from federation.storage import catalogue_records, feeds
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from federation.storage.linkage import clusters
from mappings.schema.ids import record_id
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_uploads import DC, apply
from tests.federation.pipeline.test_uploads import store as fixture_store

HERE, THERE = record_id("k", "n1"), record_id("other", "n1")
BOOK = (
    f'<all xmlns:dc="{DC}"><dc:dc><dc:identifier>n1</dc:identifier><dc:identifier>ISBN 9787101003048</dc:identifier>'
    "<dc:title>A history of the county printing houses</dc:title><dc:creator>Wang, Ling</dc:creator>"
    "<dc:date>1986</dc:date><dc:type>Text</dc:type></dc:dc></all>"
).encode()
store = fixture_store


def settle(store: Store) -> None:
    while map_once(store.url).behind:
        pass
    link_all(store)


@pytest.fixture(name="joined")
def fixture_joined(store: Store) -> Store:
    """A store in which one book stands in two feeds."""
    with store.transaction() as tx:
        feeds.add(tx, StoredFeed(key="other", name="Other", institution="town", source="upload"))
    for key in ("k", "other"):
        apply(store, BOOK, key=key)
    settle(store)
    return store


def thing_of(store: Store) -> str:
    """The name of the thing that both records are."""
    with store.reading() as connection:
        name = clusters.cluster_of(connection, HERE)
        assert name is not None
        assert set(clusters.members(connection, [name])[name]) == {HERE, THERE}
    return name


def alive(store: Store) -> set[str]:
    with store.reading() as connection:
        rows = catalogue_records.get_many(connection, [HERE, THERE])
    return {name for name, row in rows.items() if row.alive}


def withhold(store: Store, typed: str, *mine: str) -> Acted:
    with store.transaction(actor="operator") as tx:
        return withholding_things.withhold(tx, typed, "a letter", lambda feed: not mine or feed.key in mine)


def release(store: Store, typed: str, *mine: str) -> Acted:
    with store.transaction(actor="operator") as tx:
        return withholding_things.release(tx, store, typed, lambda feed: not mine or feed.key in mine)


@pytest.mark.parametrize("address", ["{}", "https://catalogue.example/r/{}?q=a", "/r/{}/why", " oai:example:{} "])
def test_all_records_of_a_thing_are_withheld_by_its_identifier_or_address(joined: Store, address: str) -> None:
    acted = withhold(joined, address.format(thing_of(joined)))
    assert {row.record_id for row in acted.done} == {HERE, THERE}
    assert (acted.left, alive(joined)) == ((), set())


@pytest.mark.parametrize("linked", [False, True])
def test_what_was_withheld_together_is_released_together(joined: Store, linked: bool) -> None:
    thing = thing_of(joined)
    withhold(joined, thing)
    if linked:
        settle(joined)
    with pytest.raises(RequestRefused, match="withheld_already"):
        withhold(joined, thing)
    assert {row.record_id for row in release(joined, thing).done} == {HERE, THERE}
    settle(joined)
    assert alive(joined) == {HERE, THERE}


def test_records_of_others_stay_and_are_named(joined: Store) -> None:
    thing = thing_of(joined)
    acted = withhold(joined, thing, "k")
    assert [row.record_id for row in acted.done] == [HERE]
    assert [(each.record, each.reason) for each in acted.left] == [(THERE, "not_yours")]
    assert alive(joined) == {THERE}
    with pytest.raises(RequestRefused, match="no_such_record"):
        release(joined, thing, "other")


def test_one_record_is_meant_by_its_own_identifier_and_what_is_unknown_is_refused(joined: Store) -> None:
    assert [row.record_id for row in withhold(joined, f"/m/{HERE}").done] == [HERE]
    assert alive(joined) == {THERE}
    for unknown in (f"c-{record_id('k', 'n9')}", record_id("k", "n9"), "m-nothing"):
        with pytest.raises(RequestRefused, match="no_such_record"):
            withhold(joined, unknown)
    assert [row.record_id for row in release(joined, HERE).done] == [HERE]
    with joined.transaction() as tx, pytest.raises(RequestRefused, match="not_withheld"):
        withholding.release(tx, joined, HERE)
