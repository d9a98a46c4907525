"""Lists written to files: whole, as whoever asked may see them, gone on with after a stop, and cleared away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest

from federation.errors import RequestRefused
from federation.pipeline import list_writing, publish
from federation.pipeline.list_forms import FORMS
from federation.pipeline.list_writing import IDS, LIST, MANIFEST, SKIPPED
from federation.storage import accounts, list_files
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from mappings.serialisations.bundles import Bundle
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import linked
from tests.federation.pipeline.written_lists import BASE, MANY, ask, catalogue, found, rows, step, work
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import held_by

#: a search that strict reading refuses
BAD = msgspec.json.encode(SearchRequest(visibility=EVERYONE, text='"letter', syntax="strict")).decode()


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


def test_a_list_is_written_whole_with_a_manifest_that_proves_it(store: Store, folder: Path) -> None:
    name = ask(store)
    work(store, folder)
    made, manifest = found(store, name), json.loads((folder / name / MANIFEST).read_bytes())
    assert (made.state, made.total, made.done, made.written) == ("ready", MANY, MANY, MANY)
    assert {row["title"] for row in rows(folder, name)} == {f"Letter {number}" for number in range(1, MANY + 1)}
    body = (folder / name / LIST).read_bytes()
    assert (made.size_bytes, made.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert (manifest["sha256"], manifest["records"], manifest["left_out"]) == (made.sha256, MANY, {})
    assert manifest["search"] == f"{BASE}/search?q=letter"
    assert len(manifest["query_sha256"]) == 64
    assert manifest["index"]["generation"]
    assert manifest["institutions"] == {"a": MANY}
    assert not (folder / name / IDS).exists()


def test_every_format_is_written_and_what_it_cannot_say_is_counted(store: Store, folder: Path) -> None:
    for form in FORMS:
        name = ask(store, format=form)
        work(store, folder)
        made = found(store, name)
        left_out = made.counts["skipped"]
        assert made.state == "ready", form
        assert made.written + sum(left_out.values()) == MANY
        assert set(left_out) <= {"inexpressible"}
        assert len((folder / name / SKIPPED).read_text().splitlines()) == sum(left_out.values())


def test_of_members_each_description_is_a_record_of_its_own(store: Store, folder: Path) -> None:
    merged, apart = ask(store, "strangers"), ask(store, "strangers", of="members")
    work(store, folder)
    assert [row["address"] for row in rows(folder, merged)] == [f"{BASE}/r/c-r21"]
    assert {row["address"] for row in rows(folder, apart)} == {f"{BASE}/m/r21", f"{BASE}/m/r22"}
    assert len({row["institutions"] for row in rows(folder, apart)}) == 2


def test_a_step_that_was_cut_short_is_written_again_over_what_it_left(store: Store, folder: Path) -> None:
    whole, name = ask(store), ask(store)
    work(store, folder)
    expected = (folder / whole / LIST).read_bytes()
    again = ask(store)
    for _ in range(2):
        step(store, folder)
    with (folder / again / LIST).open("ab") as file:
        file.write(b"half of a li")
    work(store, folder)
    assert (folder / again / LIST).read_bytes() == expected == (folder / name / LIST).read_bytes()


def test_nothing_is_written_of_what_nobody_may_see_any_more(store: Store, folder: Path) -> None:
    name = ask(store)
    step(store, folder)  # the ids are fixed
    linked(store, [held_by(catalogue_record(7, "Letter 7", feed="a", line="hidden"), "a")])
    work(store, folder)
    assert "Letter 7" not in (folder / name / LIST).read_bytes().decode()
    assert found(store, name).counts["skipped"] == {"gone": 1}
    assert (folder / name / SKIPPED).read_text() == "c-r7\tgone\n"


def test_who_loses_a_role_loses_what_it_showed(store: Store, folder: Path) -> None:
    role = RoleGrant(role="cataloguer", institution="a")
    ada = add_person(store, "ada", role)
    own = ask(store, account=ada, acting_for="a")
    work(store, folder)
    assert "A secret letter" in (folder / own / LIST).read_bytes().decode()
    lost = ask(store, account=ada, acting_for="a")
    step(store, folder)
    with store.transaction() as tx:
        accounts.revoke(tx, ada, role)
    work(store, folder)
    assert "A secret letter" not in (folder / lost / LIST).read_bytes().decode()
    public = ask(store)
    work(store, folder)
    assert "A secret letter" not in (folder / public / LIST).read_bytes().decode()


def test_things_are_named_by_id_and_former_and_unknown_names_are_told_apart(store: Store, folder: Path) -> None:
    name = ask(store, request="", asked="", ids=("c-r1", "c-r20", "c-nosuch", "c-r1"))
    work(store, folder)
    assert [row["title"] for row in rows(folder, name)] == ["Letter 1"]
    assert sorted((folder / name / SKIPPED).read_text().splitlines()) == ["c-nosuch\tgone", "c-r20\tgone"]


def test_a_record_that_breaks_a_writer_is_left_out_and_the_rest_goes_on(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(unified: object, page: str) -> bytes:
        if page.endswith("c-r3"):
            raise KeyError("odd")
        return page.encode() + b"\n"

    monkeypatch.setitem(FORMS, "csv", Bundle(suffix="csv", content_type="text/csv", label="CSV", write=broken))
    name = ask(store)
    work(store, folder)
    made = found(store, name)
    assert (made.state, made.written, made.counts["skipped"]) == ("ready", MANY - 1, {"faulty": 1})


def test_a_search_that_found_too_much_meanwhile_fails_and_says_so(store: Store, folder: Path) -> None:
    name = ask(store, most=3)
    work(store, folder)
    made = found(store, name)
    assert (made.state, made.error) == ("failed", "expected at most 3 hits in a list, found 7; narrow the search")
    assert not (folder / name).exists()


def test_a_list_that_is_given_up_leaves_nothing(store: Store, folder: Path) -> None:
    for steps in range(4):
        name = ask(store)
        for _ in range(steps):
            step(store, folder)
        with store.transaction() as tx:
            list_files.cancel(tx, name)
        work(store, folder)
        assert found(store, name).state == "cancelled"
        assert not (folder / name).exists()


@pytest.mark.parametrize(("who", "hours"), [("ada", 72), ("", 24)])
def test_a_file_expires_after_days_and_is_forgotten_after_a_month(
    store: Store, folder: Path, who: str, hours: int
) -> None:
    name, begun = ask(store, account=add_person(store, who) if who else ""), store.now()
    work(store, folder)
    for hour, to_clear in ((hours - 1, False), (hours + 1, True)):
        store._now = partial(lambda hour: begun + timedelta(hours=hour), hour)
        assert found(store, name).state == "ready"
        with store.transaction() as tx:
            assert list_files.tidy(tx) is to_clear
    work(store, folder)
    assert found(store, name).state == "expired"
    assert not (folder / name).exists()
    store._now = lambda: begun + timedelta(days=40)
    with store.transaction() as tx:
        list_files.tidy(tx)
    with store.reading() as connection:
        assert list_files.get(connection, name) is None


def test_lists_are_written_on_in_turn_so_that_none_waits_for_another(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_writing, "BATCH", 1)
    long, begun = ask(store), 2
    for _ in range(begun):
        step(store, folder)
    short = ask(store, "strangers")
    for _ in range(6):
        step(store, folder)
    assert (found(store, long).state, found(store, short).state) == ("running", "ready")
    # and short ones that come one after the other hold up no long one
    for _ in range(MANY):
        ask(store, "strangers")
        step(store, folder)
        step(store, folder)
    assert found(store, long).done == MANY


def test_a_list_over_which_the_process_fails_is_ended_with_why(store: Store, folder: Path) -> None:
    name = ask(store)
    step(store, folder)
    with store.transaction() as tx:
        assert not list_writing.give_up(tx, "no step of any list was begun")
        list_files.take(tx)
    other = ask(store)
    # the step is tried once more, over the same list, and fails again
    with store.transaction() as tx:
        taken = list_files.take(tx)
    assert taken is not None
    assert taken.id == name
    with store.transaction() as tx:
        assert list_writing.give_up(tx, "WorkerLost: it died")
    work(store, folder)
    made = found(store, name)
    assert (made.state, made.error) == ("failed", "WorkerLost: it died")
    assert not (folder / name).exists()
    assert found(store, other).state == "ready"


@pytest.mark.parametrize(("who", "said"), [("ada", "of a person"), ("", "of people without an account")])
def test_files_take_so_many_bytes_and_no_more(store: Store, folder: Path, who: str, said: str) -> None:
    account = add_person(store, who) if who else ""
    first = ask(store, account=account)
    work(store, folder)
    size = found(store, first).size_bytes
    cut = ask(store, account=account, most_bytes=size + size // 2)
    work(store, folder)
    assert (found(store, cut).state, found(store, cut).error) == (
        "failed",
        f"expected files {said} of at most {size + size // 2:,} bytes; this list would make them larger",
    )
    assert not (folder / cut).exists()
    with pytest.raises(RequestRefused, match=f"expected files {said} of less than {size:,} bytes, found {size:,}"):
        ask(store, account=account, most_bytes=size)
    ask(store, account=add_person(store, "bob"), most_bytes=size)
    with store.transaction() as tx:
        list_files.cancel(tx, first)
    work(store, folder)
    ask(store, account=account, most_bytes=size)


def test_who_has_many_lists_gets_no_more_turns_than_who_has_one(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_writing, "BATCH", 1)
    ada, bob = add_person(store, "ada"), add_person(store, "bob")
    many = [ask(store, account=ada) for _ in range(3)]
    one = ask(store, account=bob)
    done = []
    while found(store, one).state != "ready":
        before = {name: found(store, name).turn for name in (*many, one)}
        step(store, folder)
        done += [name for name, turn in before.items() if found(store, name).turn != turn]
    steps = done.count(one)
    assert steps == MANY + 2
    assert abs(len(done) - 2 * steps) <= 1
    # ada's own take turns among themselves
    assert max(map(done.count, many)) - min(map(done.count, many)) <= 1


def test_networks_without_accounts_take_turns_too(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_writing, "BATCH", 1)
    many, one = [ask(store, asker="here") for _ in range(5)], ask(store, asker="there")
    for _ in range(2 * (MANY + 2)):
        step(store, folder)
    assert found(store, one).state == "ready"
    assert not any(found(store, name).state == "ready" for name in many)


@pytest.mark.parametrize(
    ("why", "fields"),
    [("too_many", {"most": 3}), ("too_large", {"most_bytes": 10}), ("query_unread", {"request": BAD})],
)
def test_a_failed_list_says_why_by_a_code(store: Store, folder: Path, why: str, fields: dict[str, object]) -> None:
    name = ask(store, **fields)
    work(store, folder)
    made = found(store, name)
    figures = {"too_many": {"found": MANY, "most": 3}, "too_large": {"most": 10}}
    assert (made.state, made.why, made.figures) == ("failed", why, figures.get(why, {}))
