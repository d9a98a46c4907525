"""A file brought to a feed: checked without a change, applied as a run, every unit of it accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from federation.errors import RecordChanged, RequestRefused
from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.ledger_check import verify
from federation.storage import feeds, institutions, raw_records, runs, uploads
from federation.storage.engine import Store, embedded_url
from federation.storage.harvests import WithoutJob
from federation.storage.transactions import Transaction
from federation.storage.uploads import Mode, Report, Upload
from harvester.brake import Brake
from harvester.ports import Complete, Incomplete

DC = "http://purl.org/dc/elements/1.1/"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feeds.StoredFeed(key="k", name="Town", institution="town", source="upload"))
    yield store
    store.close()


def record(number: int | str, title: str = "A letter") -> str:
    return f"<dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>{title}</dc:title></dc:dc>"


def file(*records: str) -> bytes:
    return f'<all xmlns:dc="{DC}">{"".join(records)}</all>'.encode()


def receive(store: Store, body: bytes, mode: Mode = "add", *, key: str = "k") -> Upload:
    return uploads.receive(store, key, "town", "file.xml", mode, [body], actor="operator")


def check(store: Store, body: bytes, mode: Mode = "add", *, key: str = "k") -> Upload:
    return pipeline.check(store, receive(store, body, mode, key=key).id)


def apply(store: Store, body: bytes, mode: Mode = "add", *, released: bool = False, key: str = "k") -> runs.StoredRun:
    checked = check(store, body, mode, key=key)
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=released)
    upload_run.load(store, checked.id)
    with store.reading() as connection:
        run = runs.latest(connection, key)
    assert run is not None
    return run


def report(found: Upload) -> Report:
    assert found.report is not None
    assert found.report.units == found.report.records + found.report.repeated + found.report.faulty
    return found.report


def live(store: Store) -> list[str]:
    with store.reading() as connection:
        held = raw_records.of_feed(connection, "k", 0, 10_000)
    return [stored.raw.identifier for stored in held if not stored.raw.deleted]


def test_a_check_counts_and_changes_nothing(store: Store) -> None:
    apply(store, file(record(1), record(2), record(3)))
    found = report(check(store, file(record(1), record(2, "Another"), record(4), "<dc:dc><dc:title>"), "replace"))
    counts = (found.units, found.new, found.changed, found.unchanged, found.gone, found.faulty)
    assert counts == (4, 1, 1, 1, 1, 1)
    assert found.faults[0].reason == "truncated"
    assert live(store) == ["n1", "n2", "n3"]


def test_what_is_applied_is_a_run_with_a_verdict(store: Store) -> None:
    run = apply(store, file(record(1), record(2)))
    assert (run.verdict, run.reason, run.counts.new) == ("complete", "counted", 2)
    again = apply(store, file(record(1), record(2, "Another")))
    assert (again.counts.changed, again.counts.unchanged) == (1, 1)


def test_of_one_identifier_the_last_unit_counts_and_the_others_are_told(store: Store) -> None:
    body = file(record(1, "first"), record(2), record(1, "last"))
    assert report(check(store, body)).repeated == 1
    run = apply(store, body)
    assert (run.verdict, run.counts.new, run.counts.changed) == ("complete", 2, 0)
    with store.reading() as connection:
        held = raw_records.get(connection, "k", "n1")
    assert held is not None
    assert "last" in held.raw.payload
    assert [each.code for each in held.raw.repairs] == ["identifier_repeated"]
    with store.reading() as connection:
        once = raw_records.get(connection, "k", "n2")
    assert once is not None
    assert once.raw.repairs == ()


@pytest.mark.parametrize(
    ("stamp", "is_told"), [("2026-01-01", True), ("2026-01-02T00:00:00Z", False), ("2026-01-03", False)]
)
def test_a_record_that_its_source_dates_back_stands_and_says_so(store: Store, stamp: str, is_told: bool) -> None:
    def dated(stamp: str, title: str) -> bytes:
        header = f"<header><identifier>n1</identifier><datestamp>{stamp}</datestamp></header>"
        return file(f"<record>{header}<metadata>{record(1, title)}</metadata></record>")

    apply(store, dated("2026-01-02", "first"))
    apply(store, dated(stamp, "second"))
    with store.reading() as connection:
        found = raw_records.get(connection, "k", "n1")
    assert found is not None
    assert "second" in found.raw.payload
    assert ("datestamp_moved_back" in [each.code for each in found.raw.repairs]) == is_told


def test_a_faulty_unit_is_quarantined_and_makes_the_run_incomplete(store: Store) -> None:
    run = apply(store, file(record(1), "<dc:dc><dc:title>cut"))
    assert (run.verdict, run.missing, run.reason, run.counts.quarantined) == ("incomplete", 1, "quarantined", 1)


def test_replace_deletes_what_is_absent_and_add_keeps_it(store: Store) -> None:
    apply(store, file(record(1), record(2)))
    apply(store, file(record(3)))
    assert live(store) == ["n1", "n2", "n3"]
    run = apply(store, file(record(3)), "replace")
    assert (run.counts.deleted, run.counts.unchanged, run.verdict) == (2, 1, "complete")
    assert live(store) == ["n3"]
    assert apply(store, file(record(1)), "add").counts.changed == 1
    assert live(store) == ["n1", "n3"]


def test_many_deletions_wait_for_a_person(store: Store) -> None:
    apply(store, file(*map(record, range(200))))
    checked = check(store, file(*map(record, range(140))), "replace")
    assert pipeline.brakes(checked, Brake()) == ("deletions",)
    with pytest.raises(RequestRefused, match="brake"), store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=False)
    assert len(live(store)) == 200
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=True)
    assert upload_run.load(store, checked.id) == Complete(evidence="counted")
    assert len(live(store)) == 140


def test_deletions_that_grew_after_the_check_are_held(store: Store) -> None:
    apply(store, file(*map(record, range(60))))
    checked = check(store, file(*map(record, range(60))), "replace")
    apply(store, file(*map(record, range(100, 300))))
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=False)
    assert upload_run.load(store, checked.id) == Incomplete(missing=0, reason="deletions_held")
    assert len(live(store)) == 260


def test_what_the_feed_allows_is_deleted_unasked_also_where_the_file_is_applied(store: Store) -> None:
    with store.transaction() as tx:
        feed = feeds.get(tx.connection, "k")
        assert feed is not None
        feeds.change(tx, msgspec.structs.replace(feed, brake=Brake(deleted=0.9)))
    apply(store, file(*map(record, range(200))))
    assert apply(store, file(*map(record, range(60))), "replace").verdict == "complete"
    assert len(live(store)) == 60


def test_tombstones_of_what_was_never_held_stop_nothing(store: Store) -> None:
    apply(store, file(*map(record, range(100))))
    gone = [f'<record><header status="deleted"><identifier>x{n}</identifier></header></record>' for n in range(90)]
    checked = check(store, file(*gone))
    assert (report(checked).deleted, report(checked).withdrawn) == (90, 0)
    assert pipeline.brakes(checked, Brake()) == ()


def test_many_changes_wait_for_a_person(store: Store) -> None:
    apply(store, file(*map(record, range(100))))
    assert pipeline.brakes(check(store, file(*(record(n, "Changed") for n in range(60)))), Brake()) == ("changes",)


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    body = file(record(1))
    first = receive(store, body)
    assert receive(store, body).id == first.id
    run = apply(store, body)
    assert receive(store, body).state == "applied"
    with store.reading() as connection:
        assert runs.latest(connection, "k") == run


def test_an_earlier_file_may_come_back(store: Store) -> None:
    apply(store, file(record(1)))
    apply(store, file(record(1, "Another")))
    assert apply(store, file(record(1))).counts.changed == 1


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(store: Store) -> None:
    refused = check(store, b"<html>404</html>")
    assert (refused.state, refused.reason) == ("refused", "not_the_format")
    with pytest.raises(RecordChanged), store.transaction() as tx:
        pipeline.approve(tx, refused.id, "town", released=True)
    with pytest.raises(RequestRefused, match="file_empty"):
        receive(store, b"")


def test_a_file_too_large_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    with pytest.raises(RequestRefused, match="too_large"):
        receive(store, file(record(1)))
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(uploads.upload_part)).scalar() == 0


class Stopping(WithoutJob):
    """A job whose process ends at its n-th page."""

    def __init__(self, page: int) -> None:
        self.left = page

    def kept(self, tx: Transaction) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("page", [0, 1, 2, 3])
def test_a_run_that_was_cut_off_goes_on_and_counts_nothing_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(upload_run, "PAGE_UNITS", 10)
    apply(store, file(*map(record, range(100, 130))))
    checked = check(store, file(*map(record, range(25))), "replace")
    with store.transaction() as tx:
        pipeline.approve(tx, checked.id, "town", released=True)
    with pytest.raises(KeyboardInterrupt):
        upload_run.load(store, checked.id, Stopping(page))
    assert upload_run.load(store, checked.id) == Complete(evidence="counted")
    with store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    assert (run.counts.new, run.counts.deleted, run.counts.unchanged) == (25, 30, 0)
    assert len(live(store)) == 25


def test_the_ledger_answers_for_every_step(store: Store) -> None:
    apply(store, file(record(1)))
    check(store, b"<html/>")
    check(store, file(record(9)))
    assert not verify(store).findings
