"""The index follows the store: whatever is lost, copied back or left half done, it catches up by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.pipeline import publish as publishing
from federation.pipeline.unifying import Clusters
from federation.storage import cursors
from federation.storage.engine import Store, embedded_url
from index.embedded.backend import EmbeddedSearch
from index.errors import GenerationUnsound, NoGeneration
from index.generations import current, start
from index.request import SearchRequest
from index.verifying import Verified, verify
from mappings.schema.access import EVERYONE
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked, put


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    yield store
    publishing.forget()
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def publish_all(store: Store, folder: Path) -> None:
    while publishing.publish(store, folder).behind:
        pass


def titles(folder: Path, text: str = "*") -> list[str]:
    answer = EmbeddedSearch(folder).search(SearchRequest(visibility=EVERYONE, text=text, sort="title"))
    return [hit.title for hit in answer.hits]


def checked(store: Store, folder: Path) -> Verified:
    generation = current(folder)
    assert generation is not None
    return verify(generation, Clusters(store))


def test_what_is_linked_is_found_and_what_goes_is_not(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Weaving in the north"), catalogue_record(2, "Ships")])
    publish_all(store, folder)
    assert titles(folder) == ["Ships", "Weaving in the north"]
    put(store, [catalogue_record(2, "Ships")], gone=["r2"])
    link_all(store)
    publish_all(store, folder)
    assert titles(folder) == ["Weaving in the north"]
    assert checked(store, folder).whole
    assert publishing.waiting(store) == 0


def test_two_holders_of_one_book_are_one_hit_that_names_both(store: Store, folder: Path) -> None:
    book = {"authors": ("Winer, Delsa",), "year": "2000"}
    records = [catalogue_record(n, "Almost strangers: a novel", feed=f"f{n}", **book) for n in (1, 2)]  # type: ignore[arg-type]
    linked(store, records)
    publish_all(store, folder)
    (hit,) = EmbeddedSearch(folder).search(SearchRequest(visibility=EVERYONE, text="strangers")).hits
    assert hit.members == 2


def test_a_lost_index_is_made_again(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships")])
    publish_all(store, folder)
    shutil.rmtree(folder)
    with pytest.raises(NoGeneration):
        titles(folder)
    publish_all(store, folder)
    assert titles(folder) == ["Ships"]


def test_an_index_copied_back_from_an_older_day_catches_up(store: Store, folder: Path, tmp_path: Path) -> None:
    linked(store, [catalogue_record(1, "Ships")])
    publish_all(store, folder)
    publishing.forget()
    shutil.copytree(folder, tmp_path / "older")
    linked(store, [catalogue_record(2, "Weaving")])
    put(store, [catalogue_record(1, "Ships")], gone=["r1"])
    link_all(store)
    publish_all(store, folder)
    publishing.forget()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "older", folder)
    assert titles(folder) == ["Ships"]
    publish_all(store, folder)
    assert titles(folder) == ["Weaving"]
    assert checked(store, folder).whole


def test_the_store_tells_how_far_the_index_is(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships"), catalogue_record(2, "Weaving")])
    assert publishing.waiting(store) == 2
    publish_all(store, folder)
    with store.reading() as connection:
        assert cursors.get(connection, "publish") == Clusters(store).last_seq()


def test_verifying_names_what_is_missing_too_many_or_old(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(n, f"Ships of the {n}th fleet") for n in (1, 2, 3)])
    publish_all(store, folder)
    put(store, [catalogue_record(1, "Ships of the 1th fleet")], gone=["r1"])
    put(store, [catalogue_record(2, "Another title"), catalogue_record(4, "Poems")])
    link_all(store)
    found = checked(store, folder)
    assert (len(found.missing), len(found.extra), len(found.stale)) == (1, 1, 1)


def test_an_index_made_anew_answers_once_it_is_whole(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(1, "Ships"), catalogue_record(2, "Weaving")])
    publish_all(store, folder)
    before = current(folder)
    for _ in publishing.rebuild(store, folder):
        assert titles(folder) == ["Ships", "Weaving"]
    after = current(folder)
    assert before is not None
    assert after is not None
    assert after.name > before.name
    assert checked(store, folder).whole


def test_a_rebuild_that_was_cut_off_leaves_the_present_index(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(n, f"Ships of the {n}th fleet") for n in range(1, 4)])
    publish_all(store, folder)
    start(folder)
    publishing.forget()
    linked(store, [catalogue_record(4, "Weaving")])
    publish_all(store, folder)
    assert "Weaving" in titles(folder)
    assert checked(store, folder).whole


def test_an_index_made_anew_that_is_not_what_the_store_gives_is_not_taken_into_use(store: Store, folder: Path) -> None:
    linked(store, [catalogue_record(n, f"Ships of the {n}th fleet") for n in range(1, 4)])
    publish_all(store, folder)
    before = current(folder)
    steps = publishing.rebuild(store, folder)
    next(steps)
    with store.transaction() as tx:
        # a thing is lost behind the back of the changes
        tx.connection.exec_driver_sql("UPDATE link_state SET cid = NULL WHERE rid = 1")
    with pytest.raises(GenerationUnsound, match="expected 2 things that everybody can find, found 3"):
        list(steps)
    assert current(folder) == before
    assert len(titles(folder)) == 3
