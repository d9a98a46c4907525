"""A ResourceSync source is followed: a baseline once, then its changes, and what lacks is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.pipeline import upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.fetching import fetch_feed
from federation.storage import quarantine, raw_records, uploads
from federation.storage.engine import Store
from harvester.ports import Blocked, Complete, Incomplete
from harvester.resourcesync import place
from harvester.settings import Limits
from harvester.slices import Postponed
from tests.federation.pipeline.test_fetching import add_feed, fetch, last_run, verdict
from tests.federation.pipeline.test_harvest import PatientClock
from tests.peers.resourcesync import ResourceSyncSource, serving_resources, title
from tests.portal_api.oai_provider.exported import Clock, offered, open_store, put
from tests.portal_api.resourcesync.test_resourcesync import bodies_of_oai
from tests.portal_api.resourcesync.test_resourcesync import source as exchange_as_source

WHOLE = Complete(evidence="counted")


def titles(count: int) -> dict[str, str]:
    return {f"{n}.xml": title(f"Letter {n} 信") for n in range(count)}


def held(store: Store) -> dict[str, str]:
    """Last part of the identifier -> payload, of what is live."""
    with store.reading() as connection:
        found = raw_records.of_feed(connection, "k", 0, 100_000)
    return {each.raw.identifier.rpartition("/")[2]: each.raw.payload for each in found if not each.raw.deleted}


@pytest.mark.parametrize("part", [0, 7])
@pytest.mark.parametrize("hash_name", ["sha-256", "md5"])
async def test_a_baseline_holds_all_that_is_listed_in_one_document_or_in_parts(
    store: Store, part: int, hash_name: str
) -> None:
    source = ResourceSyncSource(titles(60), part=part, hash_name=hash_name)
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == WHOLE
        assert f"{root}/r/3.xml" in _identifiers(store)
    assert set(held(store)) == set(source.resources)
    assert "Letter 3 信" in held(store)["3.xml"]


def _identifiers(store: Store) -> list[str]:
    with store.reading() as connection:
        return [each.raw.identifier for each in raw_records.of_feed(connection, "k", 0, 100)]


@pytest.mark.parametrize("part", [0, 2])
async def test_later_fetches_ask_for_what_the_change_lists_tell_alone(store: Store, part: int) -> None:
    source = ResourceSyncSource(titles(10))
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.asked.clear()
        assert await verdict(store, feed) == Complete(evidence="unchanged")
        assert not source.fetched()
        source.part = part
        source.resources |= {"1.xml": title("Mended"), "new.xml": title("New")}
        del source.resources["2.xml"]
        source.changes = [
            ("0.xml", "updated", "2026-01-18T00:00:00Z"),
            ("1.xml", "updated", "2026-01-19T23:59:30Z"),
            ("new.xml", "created", "2026-01-22T00:00:00Z"),
            ("2.xml", "updated", "2026-01-22T00:00:00Z"),
            ("2.xml", "deleted", "2026-01-23T00:00:00Z"),
        ]
        found = await verdict(store, feed)
        assert isinstance(found, Complete)
        assert "0.xml" not in source.fetched(), "it changed more than a minute before the baseline"
        assert set(held(store)) == set(source.resources)
        assert "Mended" in held(store)["1.xml"]
        assert last_run(store).counts.deleted == 1
        source.asked.clear()
        assert isinstance(await verdict(store, feed), Complete)
        assert not source.fetched(), "the last minute told of a deletion alone"
        assert last_run(store).counts.changed == 0


async def test_changes_that_do_not_reach_back_are_not_trusted(store: Store) -> None:
    source = ResourceSyncSource(titles(10))
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        del source.resources["4.xml"]
        source.changes_since = "2026-01-25T00:00:00Z"
        assert await verdict(store, feed) == WHOLE
        assert last_run(store).counts.absent == 1, "everything was listed anew"
    assert set(held(store)) == {*source.resources, "4.xml"}


@pytest.mark.parametrize("lie", [title("Another 1 信"), title("Longer than what was listed"), "<broken"])
async def test_what_is_not_what_the_list_states_is_asked_for_twice_then_named_and_had_later(
    store: Store, lie: str
) -> None:
    source = ResourceSyncSource(titles(10), lies={"1.xml": lie})
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert await verdict(store, feed) == Incomplete(missing=1, reason="quarantined")
        assert source.fetched().count("1.xml") == 2
        assert "1.xml" not in held(store)
        assert await verdict(store, feed) == Incomplete(missing=1, reason="quarantined"), "it is still missing"
        source.lies.clear()
        source.asked.clear()
        assert isinstance(await verdict(store, feed), Complete)
        assert source.fetched() == ["1.xml"]
    assert set(held(store)) == set(source.resources)


async def test_a_resource_that_is_gone_or_always_fails_is_named_and_the_others_come(store: Store) -> None:
    source = ResourceSyncSource(titles(10), statuses={"3.xml": [404], "5.xml": [500] * 100})
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == Incomplete(
            missing=2, reason="quarantined"
        )
    assert set(held(store)) == set(source.resources) - {"3.xml", "5.xml"}


async def test_however_many_cannot_be_had_each_is_named_and_asked_for_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "MOST_OWED", 30)
    source = ResourceSyncSource(titles(100))
    source.lies = {f"{n}.xml": "<broken" for n in range(90)}
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert await verdict(store, feed) == Incomplete(missing=90, reason="quarantined")
        assert len(held(store)) == 10
        with store.reading() as connection:
            named = {each.identifier for each in quarantine.listed(connection, "k")}
        assert named == {f"{root}/r/{n}.xml" for n in range(90)}
        source.lies = {f"{n}.xml": "<broken" for n in range(20)}
        source.asked.clear()
        assert await verdict(store, feed) == Incomplete(missing=20, reason="quarantined")
        assert set(source.fetched()) == set(source.resources), "the change list tells of none of them"
        source.lies.clear()
        source.asked.clear()
        assert isinstance(await verdict(store, feed), Complete)
        assert sorted(source.fetched()) == sorted(f"{n}.xml" for n in range(20))
    assert set(held(store)) == set(source.resources)


async def test_nothing_is_deleted_while_something_that_is_listed_is_missing(store: Store) -> None:
    source = ResourceSyncSource(titles(10), changes_since="")
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        del source.resources["7.xml"]
        source.lies = {"1.xml": "nothing"}
        await verdict(store, feed)
        assert "7.xml" in held(store)
        assert not last_run(store).counts.absent
        source.lies = {}
        assert await verdict(store, feed) == WHOLE
    assert last_run(store).counts.absent == 1


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01"])
async def test_a_change_with_an_impossible_date_hides_no_later_one(store: Store, moment: str) -> None:
    source = ResourceSyncSource(titles(5), changes_since="0001-01-01", at="0001-01-01")
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.resources |= {"1.xml": title("Mended"), "2.xml": title("Mended later")}
        source.changes = [("1.xml", "updated", moment)]
        assert isinstance(await verdict(store, feed), Complete)
        now = PatientClock().now() + timedelta(minutes=5)
        source.changes = [("2.xml", "updated", now.strftime("%Y-%m-%dT%H:%M:%SZ"))]
        assert isinstance(await verdict(store, feed), Complete)
    assert "Mended later" in held(store)["2.xml"]


async def test_changes_over_the_brake_wait_and_what_is_set_aside_is_offered_again(store: Store) -> None:
    source = ResourceSyncSource(titles(200))
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await verdict(store, feed)
        source.resources = titles(100)
        source.changes = [(f"{n}.xml", "deleted", "2026-01-22T00:00:00Z") for n in range(100, 200)]
        assert await verdict(store, feed) == Incomplete(missing=0, reason="brake")
        assert isinstance(await fetch(store, feed, patience=0), Postponed), "later changes wait for the earlier ones"
        with store.transaction() as tx:
            pipeline.refuse(tx, _waiting(store).id, "town")
        assert await verdict(store, feed) == WHOLE, "everything is listed anew, and what is not named is doubtful"
        assert len(held(store)) == 200
        assert await verdict(store, feed) == Incomplete(missing=0, reason="brake"), "the changes behind it come again"
        assert len(held(store)) == 200
        with store.transaction() as tx:
            pipeline.approve(tx, _waiting(store).id, "town", released=True)
        upload_run.load(store, _waiting(store, "approved").id)
    assert set(held(store)) == set(source.resources)


def _waiting(store: Store, state: str = "checked") -> uploads.Upload:
    with store.reading() as connection:
        (found,) = [each for each in uploads.of_feed(connection, "k") if each.state == state]
    return found


async def test_a_source_that_asks_for_patience_is_waited_for(store: Store) -> None:
    source = ResourceSyncSource(titles(5), statuses={"2.xml": [503, 503]})
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        assert isinstance(await fetch(store, feed, patience=0), Postponed)
        assert await verdict(store, feed) == WHOLE
    assert source.fetched() == ["0.xml", "1.xml", *["2.xml"] * 3, "3.xml", "4.xml"], "none was asked for again"


@pytest.mark.parametrize("part", [0, 30])
async def test_a_fetch_that_is_cut_short_goes_on_behind_its_last_resource(store: Store, part: int) -> None:
    source = ResourceSyncSource(titles(100), part=part)
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        for _ in range(3):
            await fetch_feed(store, feed, clock=PatientClock(), user_agent="test", limits=Limits(slice_seconds=-1.0))
        assert 50 < len(source.fetched()) < 100
        assert await verdict(store, feed) == WHOLE
    assert sorted(source.fetched()) == sorted(source.resources), "each was asked for once"
    assert set(held(store)) == set(source.resources)


async def test_a_list_that_is_written_anew_meanwhile_is_read_anew(store: Store) -> None:
    source = ResourceSyncSource(titles(60))
    async with serving_resources(source) as root:
        feed = add_feed(store, "resourcesync", root)
        await fetch_feed(store, feed, clock=PatientClock(), user_agent="test", limits=Limits(slice_seconds=-1.0))
        source.resources = {"first.xml": title("First"), **source.resources}
        assert await verdict(store, feed) == WHOLE
    assert set(held(store)) == set(source.resources)


async def test_pictures_in_the_list_are_passed_by(store: Store) -> None:
    source = ResourceSyncSource(titles(3))
    async with serving_resources(source) as root:
        source.extra = f'<url><loc>{root}/r/a.jpg</loc><rs:md type="image/jpeg"/></url>'
        assert await verdict(store, add_feed(store, "resourcesync", root)) == WHOLE
    assert "a.jpg" not in source.fetched()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (ResourceSyncSource(titles(9), part=3, nested=True), "index_nested"),
        (ResourceSyncSource(titles(9), scopes=2), "several_sets"),
        (ResourceSyncSource({}), "no_records"),
        (
            ResourceSyncSource(titles(1), extra="<url><loc>http://elsewhere.example/r/1.xml</loc></url>"),
            "other_origin",
        ),
    ],
)
async def test_what_cannot_be_read_ends_with_its_reason(store: Store, source: ResourceSyncSource, reason: str) -> None:
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == Blocked(reason=reason)
    assert not held(store)


async def test_a_resource_cannot_name_other_records(store: Store) -> None:
    forged = "<a/></metadata></record><record><header><identifier>forged</identifier></header><metadata><a/>"
    source = ResourceSyncSource({**titles(2), "f.xml": forged})
    async with serving_resources(source) as root:
        assert await verdict(store, add_feed(store, "resourcesync", root)) == Incomplete(
            missing=1, reason="quarantined"
        )
    assert set(held(store)) == {"0.xml", "1.xml"}


async def test_an_exchange_that_follows_another_one_holds_exactly_its_items(store: Store, tmp_path: Path) -> None:
    clock = Clock()
    clock.now = datetime(2026, 1, 20, tzinfo=UTC)
    given = open_store(tmp_path, clock)
    put(given, [offered(f"c-{n}", f"Title {n} 中文", "institution:hill") for n in range(40)])
    clock.pass_seconds(5)
    async with exchange_as_source(given) as root:
        feed = add_feed(store, "resourcesync", f"{root}/resourcesync/all/capabilitylist.xml")
        assert await verdict(store, feed) == WHOLE
        await _agree(store, given, tmp_path)
        for _ in range(3):
            clock.pass_seconds(timedelta(hours=20).total_seconds())
            put(given, [offered("c-1", f"Changed {clock.now}", "institution:hill"), offered("c-77", "New")])
            put(given, [offered(f"c-{clock.now.day}", None)])
            clock.pass_seconds(5)
            assert isinstance(await verdict(store, feed), Complete)
            await _agree(store, given, tmp_path)
    given.close()


async def _agree(store: Store, given: Store, folder: Path) -> None:
    expected = {f"{item}.xml": body for item, body in (await bodies_of_oai(given, folder)).items() if body}
    found = held(store)
    assert found.keys() == expected.keys()
    for name, body in expected.items():
        assert body.decode() in found[name]
