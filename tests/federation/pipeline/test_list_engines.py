"""A list in a file is the same by either engine, byte for byte, whatever happens while it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.pipeline import list_writing, publish, withholding
from federation.pipeline.children import link_once, list_once, map_once
from federation.pipeline.list_writing import LIST, MANIFEST, SKIPPED
from federation.storage import feeds, institutions, list_files
from federation.storage.accounts import RoleGrant
from federation.storage.engine import Store
from index.elastic.settings import ElasticSettings
from index.errors import BackendUnavailable
from index.places import IndexPlace, drop_at, live_at, search_at
from index.request import SearchRequest
from mappings.schema.access import EVERYONE
from mappings.schema.ids import record_id
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, linked
from tests.federation.pipeline.test_uploads import apply, file, record
from tests.federation.pipeline.written_lists import ask, found
from tests.index.elastic.indexed import drop, settings
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.public.shown import held_by

pytestmark = pytest.mark.elasticsearch

#: pages reach so far, so that LETTERS are walked and DIARIES come in the order of their rank
LAST_HIT, LETTERS, DIARIES = 20, 45, 6
#: what differs between two files of the same list
_OWN = ("id", "index", "made_at", "kept_until")


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.scanning.LAST_HIT", LAST_HIT)
    monkeypatch.setattr("index.elastic.listing.PAGE", 10)
    monkeypatch.setattr("index.embedded.listing.PAGE", 10)
    monkeypatch.setattr(list_writing, "BATCH", 8)


@pytest.fixture(name="cluster")
def fixture_cluster(elasticsearch: str) -> Iterator[ElasticSettings]:
    """An exchange's place in a cluster."""
    place = settings(elasticsearch)
    yield place
    publish.forget()
    drop(place)


@pytest.fixture(name="engines")
def fixture_engines(embedded: Store, tmp_path: Path, cluster: ElasticSettings) -> tuple[IndexPlace, IndexPlace]:
    """The same letters, diaries and a secret in an index of each engine."""
    records = [catalogue_record(n, f"Letter {n} of a traveller", feed="a") for n in range(1, LETTERS + 1)]
    records += [catalogue_record(100 + n, f"Diary {'leaf ' * n}", feed="b") for n in range(DIARIES)]
    records.append(catalogue_record(200, "A secret letter", feed="a", line="hidden"))
    linked(embedded, [held_by(each, each.source.feed) for each in records])
    engines = tmp_path / "index", cluster
    for place in engines:
        publish_all(embedded, place)
    return engines


def publish_all(store: Store, place: IndexPlace) -> None:
    while publish.publish(store, place).behind:
        pass
    publish.forget()


class Writing:
    """The files that are written by the index of one engine."""

    def __init__(self, store: Store, folder: Path, place: IndexPlace) -> None:
        self.store, self.folder, self.place = store, folder, place

    def step(self) -> bool:
        """One step; whether more is to be done."""
        return list_once(self.store.url, str(self.folder), self.place).behind

    def to_the_end(self, name: str) -> tuple[bytes, bytes, dict[str, object]]:
        """Everything that waits is written; the file, what was left out and the manifest of one list."""
        while self.step():
            pass
        made, lies = found(self.store, name), self.folder / name
        assert made.state == "ready", made.error
        manifest = json.loads((lies / MANIFEST).read_bytes())
        assert manifest["things"] == made.total == made.done
        assert manifest["records"] == made.written
        left_out = (lies / SKIPPED).read_bytes() if (lies / SKIPPED).exists() else b""
        return (lies / LIST).read_bytes(), left_out, {key: manifest[key] for key in manifest.keys() - set(_OWN)}


@pytest.fixture(name="writers")
def fixture_writers(embedded: Store, tmp_path: Path, engines: tuple[IndexPlace, IndexPlace]) -> tuple[Writing, Writing]:
    """What writes lists by each of the engines."""
    one, other = (Writing(embedded, tmp_path / f"lists-{n}", place) for n, place in enumerate(engines))
    return one, other


def test_every_list_is_the_same_byte_for_byte_on_both_engines(
    embedded: Store, writers: tuple[Writing, Writing]
) -> None:
    ada = add_person(embedded, "ada", RoleGrant(role="cataloguer", institution="a"))
    own = {"account": ada, "acting_for": "a"}
    asked: list[tuple[str, dict[str, object], int]] = [
        ("letter", {"format": "jsonl"}, LETTERS),
        ("letter", own, LETTERS + 1),
        ("diary leaf", {"format": "csv"}, DIARIES - 1),
        ("traveller", {"format": "mods.xml", "of": "members"}, LETTERS),
        ("*", {"format": "marc.xml"}, LETTERS + DIARIES),
        ("zymurgy", {}, 0),
    ]
    for text, fields, number in asked:
        one, other = (writer.to_the_end(ask(embedded, text, **fields)) for writer in writers)
        assert one == other, (text, fields)
        assert one[2]["records"] == number, (text, fields)


def test_a_list_goes_on_after_a_stop_in_its_midst(embedded: Store, writers: tuple[Writing, Writing]) -> None:
    whole = writers[0].to_the_end(ask(embedded, "letter", format="jsonl"))
    for writer in writers:
        name = ask(embedded, "letter", format="jsonl")
        with embedded.transaction() as tx:
            list_files.take(tx)  # its process ended while the things were being fixed
        for _ in range(3):
            writer.step()
        assert found(embedded, name).done == 16
        with embedded.transaction() as tx:
            list_files.take(tx)
        with (writer.folder / name / LIST).open("ab") as half:
            half.write(b'{"half of a li')
        assert writer.to_the_end(name) == whole


def test_another_generation_that_answers_meanwhile_changes_no_list(
    embedded: Store, writers: tuple[Writing, Writing]
) -> None:
    whole = writers[0].to_the_end(ask(embedded, "letter", format="jsonl"))
    for writer in writers:
        name = ask(embedded, "letter", format="jsonl")
        for _ in range(2):
            writer.step()
        before = live_at(writer.place)
        for _ in publish.rebuild(embedded, writer.place):
            pass
        publish.forget()
        assert live_at(writer.place) != before
        assert writer.to_the_end(name) == whole
        assert found(embedded, name).generation == before


def test_a_walk_ends_with_its_generation_and_never_looks_whole(
    embedded: Store, writers: tuple[Writing, Writing]
) -> None:
    place, request = writers[1].place, SearchRequest(visibility=EVERYONE, text="letter")
    scan, old = search_at(place).scan(request, 1_000), live_at(place)
    assert old is not None
    assert (scan.total, scan.generation, len(scan.page())) == (LETTERS, old, 10)
    for _ in publish.rebuild(embedded, place):
        pass
    publish.forget()
    assert len(scan.page()) == 10
    drop_at(place, old)
    with pytest.raises(BackendUnavailable):
        list(iter(scan.page, []))
    scan.close()
    assert writers[1].to_the_end(ask(embedded, "letter", format="jsonl"))[2]["records"] == LETTERS


def test_what_is_withheld_meanwhile_is_in_neither_engines_list(
    embedded: Store, tmp_path: Path, cluster: ElasticSettings
) -> None:
    with embedded.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feeds.StoredFeed(key="k", name="Town", institution="town", source="upload"))
    apply(embedded, file(*(record(n, f"Letter {n}") for n in range(LETTERS))))
    while map_once(embedded.url).behind:
        pass
    link_all(embedded)
    written = []
    for number, place in enumerate((tmp_path / "index", cluster)):
        publish_all(embedded, place)
        writer = Writing(embedded, tmp_path / f"lists-{number}", place)
        ready, name = (
            ask(embedded, "letter", format="jsonl"),
            ask(embedded, "letter", format="jsonl", account=add_person(embedded, f"p{number}")),
        )
        while found(embedded, ready).state != "ready":
            writer.step()
        assert found(embedded, name).state == "running"
        taken = f"Letter {7 + number}"
        with embedded.transaction(actor="operator") as tx:
            withholding.withhold(tx, record_id("k", f"n{7 + number}"), "a person's letter")
        assert found(embedded, ready).state == "checking"
        # the index still finds it: neither engine has taken the withholding in
        body, _, _ = writer.to_the_end(name)
        titles = [json.loads(line)["title"] for line in body.splitlines()]
        assert taken not in titles
        assert found(embedded, ready).state == "expired"
        assert not (writer.folder / ready).exists()
        with embedded.transaction(actor="operator") as tx:
            withholding.release(tx, embedded, record_id("k", f"n{7 + number}"))
        while link_once(embedded.url).behind:
            pass
        written.append(sorted({f"Letter {n}" for n in range(LETTERS)} - set(titles)))
    assert written == [["Letter 7"], ["Letter 8"]]
