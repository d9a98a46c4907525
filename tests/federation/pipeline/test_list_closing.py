"""What is closed ends the files that name it, and no others; what is shown as before ends none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.pipeline import list_writing, publish
from federation.pipeline.list_closing import NAMES
from federation.pipeline.list_writing import LIST
from federation.storage import list_files
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from mappings.schema.record import CatalogueRecord
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked, put
from tests.federation.pipeline.written_lists import MANY, ask, catalogue, found, letter, step, work
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import held_by


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lists"


@pytest.fixture(autouse=True)
def _catalogue(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The catalogue, in steps of three things."""
    monkeypatch.setattr(list_writing, "BATCH", 3)
    catalogue(store, tmp_path / "index")
    yield
    publish.forget()


def made(store: Store, folder: Path, text: str = "letter", **fields: object) -> str:
    """A list that is ready."""
    name = ask(store, text, **fields)
    work(store, folder)
    assert found(store, name).state == "ready"
    return name


def waiting(store: Store) -> int:
    with store.reading() as connection:
        return list_writing.waiting(connection)


def states(store: Store, *names: str) -> list[str]:
    return [found(store, name).state for name in names]


def novel(number: int, slug: str, **fields: object) -> CatalogueRecord:
    """One of the two descriptions of the book."""
    made = catalogue_record(number, "Almost strangers: a novel", feed=slug, year="2000", **fields)  # type: ignore[arg-type]
    return held_by(made, slug)


@pytest.mark.parametrize("line", ["hidden", "reduced"])
def test_what_a_later_harvest_hides_ends_the_files_that_name_it_alone(store: Store, folder: Path, line: str) -> None:
    named, other = made(store, folder), made(store, folder, "strangers")
    linked(store, [letter(3, line=line)])
    assert waiting(store)
    work(store, folder)
    assert states(store, named, other) == ["expired", "ready"]
    assert (found(store, named).why, (folder / named).exists()) == ("closed", False)
    assert not waiting(store)


def test_what_is_deleted_at_its_source_ends_them_too(store: Store, folder: Path) -> None:
    named, other = made(store, folder), made(store, folder, "strangers")
    put(store, [letter(3)], gone=["r3"])
    link_all(store)
    work(store, folder)
    assert states(store, named, other) == ["expired", "ready"]


def test_a_record_that_came_under_another_institution_ends_them_once_it_is_gone(store: Store, folder: Path) -> None:
    named, other = made(store, folder), made(store, folder, "strangers")
    moved = held_by(catalogue_record(3, "Letter 3", feed="a"), "z")
    linked(store, [moved])
    work(store, folder)
    put(store, [moved], gone=["r3"])
    link_all(store)
    work(store, folder)
    assert states(store, named, other) == ["expired", "ready"]


def test_a_thing_of_several_sources_is_named_by_each_of_them(store: Store, folder: Path) -> None:
    merged, apart, letters = (
        made(store, folder, "strangers"),
        made(store, folder, "strangers", of="members"),
        made(store, folder),
    )
    linked(store, [novel(22, "b", line="hidden")])
    work(store, folder)
    assert states(store, merged, apart, letters) == ["expired", "expired", "ready"]


def test_what_changes_and_is_shown_as_before_ends_no_file(store: Store, folder: Path) -> None:
    linked(store, [letter(4, line="reduced")])
    named = made(store, folder)
    linked(store, [letter(3, year="1813"), letter(4, line="reduced", year="1813"), letter(20, line="hidden")])
    work(store, folder)
    assert states(store, named) == ["ready"]


def test_whoever_sees_what_is_hidden_keeps_their_file(store: Store, folder: Path) -> None:
    ada = add_person(store, "ada", RoleGrant(role="cataloguer", institution="a"))
    own, public = made(store, folder, account=ada, acting_for="a"), made(store, folder, account=ada)
    linked(store, [letter(3, line="hidden")])
    work(store, folder)
    assert states(store, own, public) == ["ready", "expired"]
    put(store, [letter(3)], gone=["r3"])
    work(store, folder)
    assert states(store, own) == ["expired"]


def test_a_withholding_holds_files_back_until_they_are_looked_through(store: Store, folder: Path) -> None:
    named, spared, elsewhere = (
        made(store, folder),
        made(store, folder, "letter 5", account=add_person(store, "ada")),
        made(store, folder, "nosuchword"),
    )
    with store.transaction() as tx:
        list_files.withdraw(tx, "a")
    assert states(store, named, spared, elsewhere) == ["checking", "checking", "ready"]
    linked(store, [letter(3, line="hidden")])
    work(store, folder)
    assert states(store, named, spared, elsewhere) == ["expired", "ready", "ready"]


def test_what_is_withheld_while_files_are_looked_through_is_looked_for_too(store: Store, folder: Path) -> None:
    name = made(store, folder)
    with store.transaction() as tx:
        list_files.withdraw(tx, "a")
    with store.reading() as connection:
        seen = list_files.with_names(connection)
    with store.transaction() as tx:
        list_files.withdraw(tx, "a")
        list_files.looked_through(tx, [], seen)
    assert states(store, name) == ["checking"]
    work(store, folder)
    assert states(store, name) == ["ready"]


def test_a_list_that_is_being_written_begins_anew_only_where_it_names_what_is_closed(
    store: Store, folder: Path
) -> None:
    naming, going_on = ask(store), ask(store, asker="another")
    for _ in range(4):
        step(store, folder)
    assert (found(store, naming).done, found(store, going_on).done) == (3, 3)
    first = (folder / naming / LIST).read_bytes().decode()
    closed = next(number for number in range(1, MANY + 1) if f"Letter {number}" not in first)
    linked(store, [letter(closed, line="hidden")])
    step(store, folder)
    assert {found(store, naming).done, found(store, going_on).done} == {3, 6}
    written = next(number for number in range(1, MANY + 1) if f"Letter {number}" in first)
    linked(store, [letter(written, line="hidden")])
    work(store, folder)
    for name in (naming, going_on):
        body = (folder / name / LIST).read_bytes().decode()
        assert (f"Letter {closed}" in body, f"Letter {written}" in body) == (False, False)
        assert states(store, name) == ["ready"]


def test_what_is_closed_while_a_step_is_in_hand_is_found_behind_it(store: Store, folder: Path) -> None:
    name = made(store, folder)
    with store.reading() as connection:
        (seen,) = list_files.with_names(connection)
    linked(store, [letter(3, line="hidden")])
    # the step had read the records before, and ends after
    with store.transaction() as tx:
        list_files.looked_through(tx, [], [seen])
    assert states(store, name) == ["ready"]
    work(store, folder)
    assert states(store, name) == ["expired"]


def test_a_file_whose_marks_are_lost_ends_with_whatever_is_closed_of_its_holders(store: Store, folder: Path) -> None:
    name, other = made(store, folder, "letter 5"), made(store, folder, "nosuchword")
    for each in (name, other):
        (folder / each / NAMES).unlink()
    linked(store, [letter(3, line="hidden")])
    work(store, folder)
    assert states(store, name, other) == ["expired", "ready"]


def test_a_step_that_a_withholding_overtook_is_not_kept_and_what_was_before_it_is(store: Store, folder: Path) -> None:
    name = ask(store)
    for _ in range(2):
        step(store, folder)
    with store.transaction() as tx:
        taken = list_files.take(tx)
    assert taken is not None
    with store.transaction() as tx:
        list_files.withdraw(tx, "elsewhere")
    with store.transaction() as tx:
        assert not list_files.put(tx, taken)
    assert (found(store, name).state, found(store, name).done) == ("running", 3)
    work(store, folder)
    assert (found(store, name).state, found(store, name).written) == ("ready", MANY)
