"""What a repository names no more counts as deleted: after two whole lists, a day apart, and its own denial."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import web

from federation.pipeline import settling
from federation.pipeline.harvest import Held, Outcome, harvest_feed
from federation.pipeline.ledger_check import verify
from federation.storage import absences, feeds, outcomes, raw_records
from federation.storage.engine import Store
from harvester.brake import Brake
from harvester.feeds import Feed
from harvester.oaipmh.page import Page
from harvester.reconciling import ground
from harvester.slices import Ended
from mappings.schema.raw import RawRecord
from tests.factories import raw_record
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, last_run, never, parse
from tests.federation.pipeline.test_retiring import map_all, sums
from tests.peers.courteous.repository import IDENTIFY, Repository, items, page, serving

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)


@dataclass
class World:
    """A feed, its repository, and what time it is for both."""

    store: Store
    repository: Repository
    clock: PatientClock
    feed: feeds.StoredFeed

    async def day(self, days: float) -> Outcome:
        """The harvest that begins so many days after the first, and an hour more for each."""
        self.clock.moment = BEGIN + days * timedelta(hours=25)
        with self.store.reading() as connection:
            feed = feeds.get(connection, "k")
        assert feed is not None
        self.repository.asked.clear()
        outcome = await harvest_feed(self.store, feed, parse=parse, clock=self.clock, user_agent="test", chance=never)
        map_all(self.store, 200)
        return outcome

    def lose(self, *numbers: int) -> None:
        """These are there no more, and nothing says so."""
        gone = {f"oai:peer:{number}" for number in numbers}
        self.repository.records = [each for each in self.repository.records if each.identifier not in gone]

    def record(self, number: int) -> RawRecord:
        with self.store.reading() as connection:
            found = raw_records.get(connection, "k", f"oai:peer:{number}")
        assert found is not None
        return found.raw

    @property
    def verbs(self) -> list[str]:
        """What was asked for."""
        return [asked["verb"] for asked in self.repository.asked]


@pytest.fixture
async def world(store: Store) -> AsyncIterator[World]:
    """A repository of 40 records without tombstones, harvested whole once."""
    clock = PatientClock()
    clock.moment = BEGIN
    timed = Store(store.url, now=clock.now)
    repository = Repository(items(40, deleted_every=1_000))
    async with serving(repository) as url:
        world = World(timed, repository, clock, add_feed(timed, url))
        assert isinstance(await world.day(0), Ended)
        yield world
    assert verify(timed).whole
    timed.close()


async def test_what_no_list_names_is_deleted_after_two_and_a_denial(world: World) -> None:
    world.lose(3, 4)
    await world.day(1)
    assert world.verbs == ["ListRecords"]
    await world.day(7)
    assert "ListIdentifiers" in world.verbs
    assert "GetRecord" not in world.verbs
    assert (last_run(world.store).counts.absent, world.record(3).deleted) == (2, False)
    await world.day(8)
    assert world.verbs.count("GetRecord") == 2
    run = last_run(world.store)
    assert (run.verdict, run.reason, run.counts.inferred, run.counts.deleted) == ("complete", "swept", 2, 2)
    assert world.record(3).deleted
    assert [(each.code, each.excerpt) for each in world.record(3).repairs] == [("deletion_inferred", "idDoesNotExist")]
    assert (sums(world.store).mapped, sums(world.store).deleted) == (38, 2)
    await world.day(9.5)
    assert world.verbs == ["ListRecords"]


async def test_a_list_of_everything_is_due_after_a_month_where_tombstones_are_kept(world: World) -> None:
    await world.day(7)
    assert "ListIdentifiers" in world.verbs
    await world.day(35)
    assert world.verbs == ["ListRecords"]
    await world.day(38)
    assert "ListIdentifiers" in world.verbs


@pytest.mark.parametrize("kept", ["no", "transient"])
async def test_it_is_due_after_a_week_where_they_are_not(world: World, kept: str) -> None:
    said = IDENTIFY.replace("persistent", kept)
    world.repository.before = lambda request: page(said) if request.query["verb"] == "Identify" else None
    await world.day(7)
    await world.day(13)
    assert world.verbs == ["ListRecords"]
    await world.day(14)
    assert "ListIdentifiers" in world.verbs


async def test_what_is_given_all_the_same_stays_with_an_issue(world: World) -> None:
    hidden = world.repository.records[4]

    def given(request: web.Request) -> web.Response | None:
        asked = request.query.get("identifier") == hidden.identifier
        return page(f"<GetRecord>{hidden.xml()}</GetRecord>") if asked else None

    world.repository.before = given
    world.lose(5)
    await world.day(7)
    await world.day(8)
    assert (world.record(5).deleted, last_run(world.store).counts.unlisted) == (False, 1)
    with world.store.reading() as connection:
        codes = {found.code: found.count for found in outcomes.issue_counts(connection, "k")}
    assert codes == {"unlisted": 1}
    await world.day(9.5)
    assert world.verbs == ["ListRecords"]


async def test_what_comes_back_lives_again_however_old_its_datestamp(world: World) -> None:
    known = world.repository.records
    world.lose(3)
    await world.day(7)
    await world.day(8)
    assert world.record(3).deleted
    world.repository.records = known
    await world.day(39)
    assert not world.record(3).deleted
    assert sums(world.store).mapped == 40


async def test_what_was_named_again_meanwhile_is_not_asked_for(world: World) -> None:
    known = world.repository.records
    world.lose(3)
    await world.day(7)
    world.repository.records = known
    await world.day(8)
    assert "GetRecord" not in world.verbs
    assert last_run(world.store).counts.absent == 0


async def test_changes_with_older_datestamps_are_found(world: World) -> None:
    changed = [replace(each, datestamp="2019-12-24", title="Restored") for each in world.repository.records[:5]]
    world.repository.records = [*changed, *world.repository.records[5:]]
    await world.day(1)
    assert last_run(world.store).counts.changed == 0
    await world.day(7)
    assert last_run(world.store).counts.changed == 5
    assert "Restored" in world.record(1).payload


async def test_what_is_the_same_under_another_datestamp_is_fetched_once(world: World) -> None:
    world.repository.records = [replace(each, datestamp="2019-12-24") for each in world.repository.records]
    await world.day(7)
    assert (world.verbs.count("GetRecord"), last_run(world.store).counts.changed) == (40, 0)
    await world.day(38)
    assert ("ListIdentifiers" in world.verbs, world.verbs.count("GetRecord")) == (True, 0)


async def test_a_repository_without_headers_infers_nothing(world: World) -> None:
    world.repository.before = lambda request: (
        page('<error code="badVerb"/>') if request.query["verb"] == "ListIdentifiers" else None
    )
    world.lose(3)
    await world.day(7)
    assert (last_run(world.store).verdict, last_run(world.store).reason) == ("complete", "listed")
    await world.day(8)
    assert world.verbs == ["ListRecords"]
    await world.day(15)
    assert not world.record(3).deleted


def _without_single_records(request: web.Request) -> web.Response | None:
    return page('<error code="badVerb"/>') if request.query["verb"] == "GetRecord" else None


def _failing_alone(request: web.Request) -> web.Response | None:
    return web.Response(status=500) if request.query["verb"] == "GetRecord" else None


@pytest.mark.parametrize("answer", [_without_single_records, _failing_alone])
async def test_where_no_single_record_is_given_two_whole_lists_decide(
    world: World, answer: Callable[[web.Request], web.Response | None]
) -> None:
    world.repository.before = answer
    known = world.repository.records
    world.lose(3, 4, 5)
    await world.day(7)
    assert (last_run(world.store).counts.absent, world.record(3).deleted) == (3, False)
    await world.day(8)
    run = last_run(world.store)
    assert (run.verdict, run.counts.inferred, run.counts.deleted) == ("complete", 3, 3)
    assert [(each.code, each.excerpt) for each in world.record(4).repairs] == [("deletion_inferred", "unlisted_twice")]
    assert (sums(world.store).mapped, sums(world.store).deleted) == (37, 3)
    world.repository.records = known
    await world.day(39)
    assert not world.record(4).deleted, "it is listed once more, for it cannot be asked for"
    assert last_run(world.store).verdict == "complete"


async def test_a_record_that_alone_is_neither_given_nor_denied_stays(world: World) -> None:
    world.repository.before = lambda request: (
        page('<error code="cannotDisseminateFormat"/>') if request.query.get("identifier") == "oai:peer:3" else None
    )
    world.lose(3, 4)
    await world.day(7)
    await world.day(8)
    assert (world.record(3).deleted, world.record(4).deleted) == (False, True)
    assert world.verbs.count("GetRecord") == 4, "one that is listed was asked for once, to see what the answer means"


@pytest.mark.parametrize(
    "other", ['<error code="idDoesNotExist"/>', "<GetRecord><record><header/></record></GetRecord>"]
)
async def test_a_repository_that_denies_or_breaks_a_listed_record_is_asked_for_each(world: World, other: str) -> None:
    """What it lists may be gone, or unreadable, by the time that it is asked for alone: others are given."""

    def answer(request: web.Request) -> web.Response | None:
        match request.query["verb"], request.query.get("identifier"):
            case "GetRecord", "oai:peer:3":
                return web.Response(status=500)
            case "GetRecord", "oai:peer:4":
                return None
            case "GetRecord", _:
                return page(other)
        return None

    world.repository.before = answer
    world.lose(3, 4)
    await world.day(7)
    await world.day(8)
    assert (world.record(3).deleted, world.record(4).deleted) == (False, True)
    assert [each.excerpt for each in world.record(4).repairs] == ["idDoesNotExist"]


async def test_more_that_two_lists_do_not_name_than_goes_unasked_is_held(world: World) -> None:
    world.repository.before = _without_single_records
    with world.store.transaction() as tx:
        feed = feeds.get(tx.connection, "k")
        assert feed is not None
        feeds.change(tx, msgspec.structs.replace(feed, brake=Brake(deleted=0.05, records=2)))
    world.lose(3, 4, 5)
    await world.day(7)
    assert isinstance(await world.day(8), Held)
    assert not world.record(3).deleted


async def test_more_deletions_than_go_unasked_are_held_from_the_first(store: Store) -> None:
    clock = PatientClock()
    clock.moment = BEGIN
    timed = Store(store.url, now=clock.now)
    repository = Repository(items(120, deleted_every=1_000))
    async with serving(repository) as url:
        world = World(timed, repository, clock, add_feed(timed, url))
        await world.day(0)
        world.lose(*range(1, 61))
        assert isinstance(await world.day(7), Ended)
        held = await world.day(8)
        assert isinstance(held, Held)
        assert (held.hold.causes, held.hold.moved.deleted) == (("deletions",), 60)
        assert (sums(timed).mapped, sums(timed).held) == (60, 60)
        with timed.transaction() as tx:
            settling.discard(tx, last_run(timed).id)
        while settling.settle_batch(timed).behind:
            pass
        map_all(timed, 200)
        assert (sums(timed).mapped, sums(timed).held) == (120, 0)
        with timed.reading() as connection:
            assert absences.of_feed(connection, "k").absent == 0
    timed.close()


@pytest.mark.parametrize(("sets", "why"), [(("a",), None), (("a:b",), None), (("ab",), "left_set"), ((), "left_set")])
def test_a_record_is_gone_from_a_feed_of_sets_once_it_is_in_none_of_them(
    sets: tuple[str, ...], why: str | None
) -> None:
    feed = Feed(key="k", base_url="http://peer.example/oai", metadata_prefix="oai_dc", set_specs=("a",))
    record = raw_record(identifier="oai:peer:1", set_specs=sets)
    found = Page(records=(record,), content_sha256=("",), quarantined=(), errors=(), token=None)
    assert ground(found, "oai:peer:1", feed) == why
    assert ground(found, "oai:peer:1", msgspec.structs.replace(feed, set_specs=())) is None
