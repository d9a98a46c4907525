"""Files that are fetched: each comes whole or not at all, is taken in once, and what it lacks is said."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.fetching import fetch_here
from federation.pipeline.ledger_check import verify
from federation.storage import feeds, institutions, raw_records, runs, uploads
from federation.storage.engine import Store
from federation.storage.feeds import Source, StoredFeed
from harvester.fetching import address
from harvester.patience import Patience
from harvester.ports import Blocked, Complete, Incomplete, Verdict
from harvester.settings import Limits
from harvester.slices import Ended, Postponed
from tests.federation.pipeline.test_harvest import PatientClock
from tests.peers.files import FileServer, serving_file

DC = "http://purl.org/dc/elements/1.1/"
OAI = "http://www.openarchives.org/OAI/2.0/"


def add_feed(store: Store, source: Source, base_url: str, **fields: object) -> StoredFeed:
    feed = StoredFeed(
        key="k", name="Town", institution="town", source=source, base_url=base_url, networks=("127.0.0.0/8",),
        min_interval_seconds=0.0, due_at=store.now(), **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="town", name="Town Archive"))
        feeds.add(tx, feed)
    return feed


async def fetch(store: Store, feed: StoredFeed, patience: float = 1e9) -> Ended | Postponed:
    return await fetch_here(store, feed, Patience(patience), clock=PatientClock(), user_agent="test")


async def verdict(store: Store, feed: StoredFeed) -> Verdict:
    outcome = await fetch(store, feed)
    assert isinstance(outcome, Ended), outcome
    return outcome.verdict


def record(number: int | str, title: str = "A letter") -> str:
    return f"<dc:dc><dc:identifier>n{number}</dc:identifier><dc:title>{title}</dc:title></dc:dc>"


def file(*records: str) -> bytes:
    return f'<all xmlns:dc="{DC}">{"".join(records)}</all>'.encode()


def held(store: Store) -> list[str]:
    with store.reading() as connection:
        found = raw_records.of_feed(connection, "k", 0, 100_000)
    return sorted(stored.raw.identifier for stored in found if not stored.raw.deleted)


def last_run(store: Store) -> runs.StoredRun:
    with store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    return run


def put(folder: Path, name: str, body: bytes, *, done: bool = True) -> None:
    (folder / name).write_bytes(body)
    if done:
        (folder / f"{name}.done").touch()


# --- an address -------------------------------------------------------------------------------------------------------


async def test_a_file_at_an_address_is_taken_in_and_not_asked_for_again_while_it_stays_the_same(store: Store) -> None:
    server = FileServer(file(record(1), record(2)))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        assert await verdict(store, feed) == Complete(evidence="counted")
        assert held(store) == ["n1", "n2"]
        assert await verdict(store, feed) == Complete(evidence="unchanged")
    assert server.asked[1]["If-None-Match"] == server.etag
    assert last_run(store).number == 2
    assert verify(store).whole


async def test_the_run_of_a_file_keeps_what_it_cost(store: Store) -> None:
    server = FileServer(file(*(record(n) for n in range(50))), statuses=[500])
    async with serving_file(server) as url:
        await verdict(store, add_feed(store, "url", url))
    cost = last_run(store).cost
    assert (cost.requests, cost.retries, cost.received_bytes) == (2, 1, len(server.body))
    assert cost.waited_seconds > 0
    assert cost.cpu_seconds > 0


async def test_a_server_without_validators_is_read_again_and_changes_nothing(store: Store) -> None:
    async with serving_file(FileServer(file(record(1)), validators=False)) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        assert await verdict(store, feed) == Complete(evidence="unchanged")
    assert last_run(store).counts.new == 0


async def test_a_broken_download_goes_on_where_it_broke_off(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "PIECE_BYTES", 2_000)
    server = FileServer(file(*(record(n) for n in range(200))), breaks_after=5_000)
    async with serving_file(server) as url:
        assert await verdict(store, add_feed(store, "url", url)) == Complete(evidence="counted")
    assert len(held(store)) == 200
    assert [asked["Range"] for asked in server.asked[1:]], "the rest is asked for alone"


async def test_a_file_that_changes_between_two_tries_is_read_from_its_beginning(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "PIECE_BYTES", 1_000)
    server = FileServer(file(*(record(n) for n in range(60))), breaks_after=3_000)
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        impatient = await fetch(store, feed, patience=0)
        assert isinstance(impatient, Postponed)
        server.body, server.breaks_after = file(record("x"), record("y")), None
        assert await verdict(store, feed) == Complete(evidence="counted")
    assert held(store) == ["nx", "ny"]


async def test_an_address_that_never_gave_a_file_is_blocked_and_says_why(store: Store) -> None:
    async with serving_file(FileServer(b"", statuses=[404])) as url:
        assert await verdict(store, add_feed(store, "url", url)) == Blocked(reason="status_404")
    assert (last_run(store).verdict, last_run(store).reason) == ("blocked", "status_404")


async def test_a_private_address_is_not_fetched(store: Store) -> None:
    async with serving_file(FileServer(file(record(1)))) as url:
        add_feed(store, "url", url)
        guarded = StoredFeed(key="k", name="Town", institution="town", source="url", base_url=url)
        assert await verdict(store, guarded) == Blocked(reason="address_refused")
    assert not held(store)


async def test_a_web_page_in_place_of_the_file_changes_nothing(store: Store) -> None:
    server = FileServer(file(record(1)))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        server.body = b"<html><body>We are closed for maintenance</body></html>"
        assert await verdict(store, feed) == Blocked(reason="not_the_format")
    assert held(store) == ["n1"]
    assert last_run(store).reason == "not_the_format"


async def test_a_file_that_changes_most_waits_for_a_person_and_gives_way_to_a_newer_one(store: Store) -> None:
    server = FileServer(file(*(record(n) for n in range(200))))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        server.body = file(*(record(n, "Another letter") for n in range(200)))
        assert await verdict(store, feed) == Incomplete(missing=0, reason="brake")
        assert last_run(store).counts.changed == 0
        server.body = file(*(record(n) for n in range(199)), record(199, "Another letter"))
        assert await verdict(store, feed) == Complete(evidence="counted")
    assert last_run(store).counts.changed == 1
    with store.reading() as connection:
        aside = [found.reason for found in uploads.of_feed(connection, "k") if found.state == "refused"]
    assert aside == ["superseded"]


async def test_a_waiting_file_that_is_set_aside_ends_its_run_and_is_not_fetched_again(store: Store) -> None:
    server = FileServer(file(*(record(n) for n in range(200))))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        server.body = file(record("other"))
        await verdict(store, feed)
        with store.reading() as connection:
            waiting = uploads.of_feed(connection, "k")[0]
        with store.transaction() as tx:
            pipeline.refuse(tx, waiting.id, "town")
        assert (last_run(store).verdict, last_run(store).reason) == ("blocked", "set_aside")
        assert await verdict(store, feed) == Complete(evidence="unchanged")
    assert len(held(store)) == 200


async def test_a_file_with_records_that_cannot_be_read_deletes_nothing(store: Store) -> None:
    server = FileServer(file(*(record(n) for n in range(10))))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        server.body = file(*(record(n) for n in range(5)), "<dc:dc><dc:title>broken")
        found = await verdict(store, feed)
    assert isinstance(found, Incomplete)
    assert found.reason == "quarantined"
    assert len(held(store)) == 10


async def test_a_server_that_always_breaks_and_knows_no_ranges_is_given_up(store: Store) -> None:
    server = FileServer(file(*(record(n) for n in range(200))), breaks_after=5_000, ranges=False)
    async with serving_file(server) as url:
        found = await fetch(store, add_feed(store, "url", url))
    assert found == Ended(verdict=Blocked(reason="truncated"))
    assert last_run(store).checkpoint.fault.startswith("expected the whole answer, found ")
    assert not held(store)


async def test_a_file_that_breaks_off_at_a_known_address_is_said_to_do_so_while_it_is_waited_for_and_at_the_end(
    store: Store,
) -> None:
    server = FileServer(file(record(1)))
    async with serving_file(server) as url:
        feed = add_feed(store, "url", url)
        await verdict(store, feed)
        server.body, server.breaks_after, server.ranges = file(*(record(n) for n in range(200))), 5_000, False
        assert isinstance(await fetch(store, feed, patience=0), Postponed)
        waiting = last_run(store).checkpoint
        assert (waiting.put_off_reason, waiting.fault[:25]) == ("truncated", "expected the whole answer")
        found: Ended | Postponed | None = None
        for _ in range(2 * Limits().postponements):
            found = await fetch(store, feed)
            if isinstance(found, Ended):
                break
        assert found == Ended(verdict=Blocked(reason="truncated"))
        assert last_run(store).checkpoint.fault.startswith("expected the whole answer, found ")
        server.breaks_after = None
        await verdict(store, feed)
    assert last_run(store).checkpoint.fault == ""


async def test_a_file_that_was_refused_is_asked_for_again_once_it_can_be_read(store: Store) -> None:
    async with serving_file(FileServer(file(record(1)))) as url:
        feed = add_feed(store, "url", url, crosswalk="base/marc21")
        assert await verdict(store, feed) == Blocked(reason="not_the_format")
        mended = msgspec.structs.replace(feed, crosswalk="base/oai_dc")
        with store.transaction() as tx:
            feeds.change(tx, mended)
        assert await verdict(store, mended) == Complete(evidence="counted")


async def test_a_file_that_a_person_brings_to_such_a_feed_waits_for_their_word(store: Store) -> None:
    add_feed(store, "url", "http://127.0.0.1:9/catalogue.xml")
    received = uploads.receive(store, "k", "town", "by-hand.xml", "replace", [file(record(1))], actor="operator")
    assert pipeline.check(store, received.id).state == "checked"
    assert not held(store)


# --- a static repository ----------------------------------------------------------------------------------------------


def static_repository() -> bytes:
    def one(prefix: str, number: int, inner: str) -> str:
        head = f"<oai:header><oai:identifier>oai:town:{number}</oai:identifier><oai:datestamp>2026-01-0{number}"
        return f"<oai:record>{head}</oai:datestamp></oai:header><oai:metadata>{inner}</oai:metadata></oai:record>"

    dc = "".join(one("oai_dc", n, f"<dc:dc><dc:title>Letter {n}</dc:title></dc:dc>") for n in (1, 2, 3))
    other = one("other", 9, "<dc:dc><dc:title>Another form of it</dc:title></dc:dc>")
    return (
        f'<Repository xmlns="http://www.openarchives.org/OAI/2.0/static-repository" xmlns:oai="{OAI}" xmlns:dc="{DC}">'
        "<Identify><oai:repositoryName>Town</oai:repositoryName></Identify>"
        f'<ListRecords metadataPrefix="other">{other}</ListRecords>'
        f'<ListRecords metadataPrefix="oai_dc">{dc}</ListRecords></Repository>'
    ).encode()


async def test_a_static_repository_is_read_by_its_prefix(store: Store) -> None:
    async with serving_file(FileServer(static_repository())) as url:
        assert await verdict(store, add_feed(store, "static", url)) == Complete(evidence="counted")
    assert held(store) == ["oai:town:1", "oai:town:2", "oai:town:3"]


async def test_a_static_repository_without_the_prefix_names_those_it_has(store: Store) -> None:
    async with serving_file(FileServer(static_repository())) as url:
        feed = add_feed(store, "static", url, metadata_prefix="marc21")
        assert await verdict(store, feed) == Blocked(reason="prefix_missing")
    with store.reading() as connection:
        assert "other, oai_dc" in uploads.of_feed(connection, "k")[0].detail


# --- read in another way ----------------------------------------------------------------------------------------------

ROWS = "no,series,title\n" + "".join(f"{n},{'Letters' if n == 0 else ''},A letter\n" for n in range(200))


def rules(fill_down: str) -> str:
    return (
        f"crosswalk: rows\ninput: {{format: table, key: no, fill_down: [{fill_down}]}}\n"
        "rules:\n  - {id: title, from: col:title, to: title, require: reject}\n"
    )


def filled(store: Store) -> int:
    """Rows that say of which series they are."""
    with store.reading() as connection:
        found = raw_records.of_feed(connection, "k", 0, 1_000)
    return sum("Letters" in each.raw.payload for each in found if not each.raw.deleted)


def read_by(store: Store, feed: StoredFeed, fill_down: str) -> StoredFeed:
    changed = msgspec.structs.replace(feed, crosswalk_text=rules(fill_down))
    with store.transaction() as tx:
        feeds.change(tx, changed)
    return changed


async def test_the_same_file_is_read_again_once_it_is_filled_down_otherwise(store: Store) -> None:
    async with serving_file(FileServer(ROWS.encode())) as url:
        feed = add_feed(store, "url", url, crosswalk="rows", crosswalk_text=rules(""))
        assert await verdict(store, feed) == Complete(evidence="counted")
        assert filled(store) == 1
        feed = read_by(store, feed, "series")
        assert await verdict(store, feed) == Complete(evidence="counted"), "its source changed nothing: none is held"
        assert filled(store) == 200
        assert last_run(store).counts.changed == 199
        assert await verdict(store, feed) == Complete(evidence="unchanged")


async def test_a_folder_is_read_again_with_what_was_added_to_it(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    put(folder, "full-2026-01-01.csv", ROWS.encode())
    put(folder, "delta-2026-01-02.csv", b"no,series,title\na,Letters,New\nb,,New\n")
    feed = add_feed(store, "inbox", str(folder), crosswalk="rows", crosswalk_text=rules(""))
    for _ in range(3):
        await verdict(store, feed)
    assert filled(store) == 2
    feed = read_by(store, feed, "series")
    for _ in range(3):
        await verdict(store, feed)
    assert filled(store) == 202
    number = last_run(store).number
    await verdict(store, feed)
    assert last_run(store).number == number


def test_a_file_that_is_brought_again_is_read_again_once_it_is_filled_down_otherwise(store: Store) -> None:
    feed = add_feed(store, "upload", "", crosswalk="rows", crosswalk_text=rules(""))

    def bring() -> uploads.Upload:
        manner = pipeline.manner_of(store, feed)
        return uploads.receive(
            store, "k", "town", "rows.csv", "replace", [ROWS.encode()], actor="operator", manner=manner
        )

    first = bring()
    pipeline.check(store, first.id)
    with store.transaction() as tx:
        pipeline.approve(tx, first.id, "town", released=False)
    upload_run.load(store, first.id)
    assert bring().id == first.id
    feed = read_by(store, feed, "series")
    again = pipeline.check(store, bring().id)
    assert again.id != first.id
    assert again.report is not None
    assert (again.report.changed, again.report.is_reread) == (199, True)
    assert pipeline.brakes(again, feed.brake) == ()
