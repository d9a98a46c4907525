"""What a fetched file does not name counts as deleted once another one, a day later, does not name it either."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from federation.errors import RequestRefused
from federation.pipeline import settling, upload_run
from federation.pipeline import uploads as pipeline
from federation.pipeline.fetching import fetch_here
from federation.pipeline.harvest import Held, Outcome
from federation.pipeline.ledger_check import verify
from federation.storage import absences, feeds, outcomes, raw_records, runs, uploads
from federation.storage.engine import Store
from harvester.feeds import DeletionRule
from harvester.patience import Patience
from harvester.ports import Blocked, Complete, Incomplete
from harvester.slices import Ended
from tests.federation.pipeline.test_fetching import add_feed, file, held, last_run, put, record
from tests.federation.pipeline.test_harvest import PatientClock
from tests.federation.pipeline.test_resourcesync import held as held_resources
from tests.federation.pipeline.test_resourcesync import titles
from tests.federation.pipeline.test_retiring import map_all, sums
from tests.peers.files import FileServer, serving_file
from tests.peers.resourcesync import ResourceSyncSource, serving_resources
from tests.peers.sru import SruServer, serving_sru

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
UNCHANGED = Ended(verdict=Complete(evidence="unchanged"))
COUNTED = Ended(verdict=Complete(evidence="counted"))


@dataclass
class Days:
    """A feed that is fetched, and what time it is."""

    store: Store
    clock: PatientClock

    async def fetch(self, hours: float) -> Outcome:
        """The fetch that begins so many hours after the first."""
        self.clock.moment = BEGIN + timedelta(hours=hours)
        with self.store.reading() as connection:
            feed = feeds.get(connection, "k")
        assert feed is not None
        outcome = await fetch_here(self.store, feed, Patience(1e9), clock=self.clock, user_agent="test")
        map_all(self.store, 200)
        assert sums(self.store).exact
        return outcome

    @property
    def standing(self) -> absences.Standing:
        with self.store.reading() as connection:
            return absences.of_feed(connection, "k")

    def rule(self, rule: DeletionRule) -> None:
        with self.store.transaction() as tx:
            feed = feeds.get(tx.connection, "k")
            assert feed is not None
            feeds.change(tx, msgspec.structs.replace(feed, deletion_rule=rule))

    def decide(self, decision: str) -> None:
        """A person's word over the run that is held, carried out."""
        with self.store.transaction() as tx:
            run = runs.latest(tx.connection, "k")
            assert run is not None
            settling.discard(tx, run.id) if decision == "discard" else settling.release(tx, run.id)
        while settling.settle_batch(self.store, limit=200).behind:
            pass
        map_all(self.store, 200)


@pytest.fixture
def days(store: Store) -> Iterator[Days]:
    """A store whose clock the test moves."""
    clock = PatientClock()
    clock.moment = BEGIN
    timed = Store(store.url, now=clock.now)
    yield Days(timed, clock)
    timed.close()


@dataclass
class Site(Days):
    """A file at an address."""

    server: FileServer

    def gives(self, *numbers: int) -> None:
        self.server.body = file(*(record(n) for n in numbers))


@pytest.fixture
async def site(days: Days) -> AsyncIterator[Site]:
    """A file of 40 records at an address, fetched once; the ledger answers for all that follows."""
    server = FileServer(b"")
    site = Site(days.store, days.clock, server)
    site.gives(*range(40))
    async with serving_file(server) as url:
        add_feed(days.store, "url", url)
        assert await site.fetch(0) == COUNTED
        yield site
    assert verify(days.store).whole


async def test_what_one_file_does_not_name_is_doubtful_and_stays(site: Site) -> None:
    site.gives(*range(38))
    assert await site.fetch(25) == COUNTED
    assert len(held(site.store)) == 40
    counts = last_run(site.store).counts
    assert (counts.absent, counts.deleted) == (2, 0)
    assert counts.absent_until == BEGIN + timedelta(hours=49)
    assert site.standing.first_due == counts.absent_until


async def test_what_another_file_a_day_later_does_not_name_either_is_deleted_and_says_why(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    site.gives(*range(37))
    assert await site.fetch(49) == COUNTED
    assert len(held(site.store)) == 38
    counts = last_run(site.store).counts
    assert (counts.absent, counts.inferred, counts.deleted) == (3, 2, 2)
    with site.store.reading() as connection:
        gone = raw_records.get(connection, "k", "n39")
        issues = outcomes.issue_counts(connection, "k")
    assert gone is not None
    assert gone.raw.deleted
    assert [(each.code, each.count) for each in issues] == [("deletion_inferred", 2)]
    assert issues[0].examples[0] == ("n38", "unlisted_twice")
    assert site.standing.absent == 1


async def test_two_files_within_a_day_delete_nothing(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    site.gives(*range(37))
    await site.fetch(48.9)
    assert len(held(site.store)) == 40


async def test_a_file_that_is_still_the_same_a_day_later_is_the_second_list(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    assert await site.fetch(30) == UNCHANGED
    assert len(held(site.store)) == 40
    assert last_run(site.store).counts.absent == 2, "the run says what is still doubtful"
    assert await site.fetch(49) == UNCHANGED
    assert len(held(site.store)) == 38
    assert last_run(site.store).counts.inferred == 2
    assert await site.fetch(80) == UNCHANGED
    assert last_run(site.store).counts.deleted == 0


async def test_a_server_without_validators_gives_the_second_list_by_the_same_bytes(site: Site) -> None:
    site.server.validators = False
    site.gives(*range(38))
    await site.fetch(25)
    assert await site.fetch(49) == UNCHANGED
    assert len(held(site.store)) == 38


async def test_what_is_named_again_is_not_doubtful_any_more(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    site.gives(*range(39))
    await site.fetch(30)
    assert site.standing.absent == 1
    site.gives(*range(38))
    await site.fetch(55)
    assert "n38" in held(site.store), "its day begins anew"
    assert "n39" not in held(site.store)


async def test_what_comes_back_after_its_deletion_lives_again(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    await site.fetch(50)
    site.gives(*range(40))
    await site.fetch(75)
    assert len(held(site.store)) == 40
    assert not site.standing.absent


async def test_a_file_that_cannot_be_read_whole_is_no_list_of_everything(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    site.server.body = file(*(record(n) for n in range(37)), "<dc:dc><dc:title>broken")
    assert await site.fetch(50) == Ended(verdict=Incomplete(missing=1, reason="quarantined"))
    assert len(held(site.store)) == 40
    assert await site.fetch(75) == UNCHANGED
    assert len(held(site.store)) == 40, "the same file once more says no more than it did"


async def test_a_file_that_cannot_be_read_whole_still_names_what_it_names(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    site.server.body = file(*(record(n) for n in range(39)), "<dc:dc><dc:title>broken")
    await site.fetch(26)
    assert site.standing.absent == 1


async def test_a_failed_fetch_is_no_list(site: Site) -> None:
    site.gives(*range(38))
    await site.fetch(25)
    site.server.statuses = [404]
    assert await site.fetch(50) == Ended(verdict=Blocked(reason="status_404"))
    assert len(held(site.store)) == 40


async def test_where_nothing_may_be_inferred_what_is_not_named_is_counted_and_stays(site: Site) -> None:
    site.rule("never_inferred")
    site.gives(*range(38))
    for hours in (25, 50, 75):
        await site.fetch(hours)
    assert len(held(site.store)) == 40
    counts = last_run(site.store).counts
    assert (counts.absent, counts.absent_until) == (2, None)


# --- the brake --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def large(days: Days) -> AsyncIterator[Site]:
    """A file of 200 records at an address that names 100 since yesterday."""
    server = FileServer(b"")
    large = Site(days.store, days.clock, server)
    large.gives(*range(200))
    async with serving_file(server) as url:
        add_feed(days.store, "url", url)
        assert await large.fetch(0) == COUNTED
        large.gives(*range(100))
        assert await large.fetch(25) == COUNTED
        assert len(held(days.store)) == 200
        yield large
    assert verify(days.store).whole


@pytest.mark.parametrize("is_same", [True, False], ids=["the same file", "another file"])
async def test_inferred_deletions_over_the_brake_are_held_until_a_person_releases_them(
    large: Site, is_same: bool
) -> None:
    if not is_same:
        large.gives(*range(99))
    outcome = await large.fetch(50)
    assert isinstance(outcome, Held)
    assert (outcome.hold.causes, outcome.hold.moved.deleted) == (("deletions",), 100)
    assert len(held(large.store)) == 200
    assert last_run(large.store).state == "held"
    assert isinstance(await large.fetch(75), Held), "no other fetch begins"
    large.decide("release")
    assert len(held(large.store)) == 100
    assert await large.fetch(80) == UNCHANGED


async def test_no_file_is_applied_to_a_feed_while_its_run_is_held(large: Site) -> None:
    await large.fetch(50)
    brought = uploads.receive(large.store, "k", "town", "new.xml", "add", [file(record("new"))], actor="operator")
    pipeline.check(large.store, brought.id)
    with pytest.raises(RequestRefused, match="is held"), large.store.transaction() as tx:
        pipeline.approve(tx, brought.id, "town", released=True)


async def test_discarded_the_file_counts_as_not_read_and_its_doubts_begin_anew(large: Site) -> None:
    large.server.body = file(*(record(n) for n in range(99)), record(99, "Another title"))
    await large.fetch(50)
    large.decide("discard")
    with large.store.reading() as connection:
        back = raw_records.get(connection, "k", "n99")
    assert back is not None
    assert "A letter" in back.raw.payload, "what the run had changed is put back"
    assert await large.fetch(75) == COUNTED
    assert len(held(large.store)) == 200
    assert last_run(large.store).counts.changed == 1
    assert isinstance(await large.fetch(100), Held), "a source that still says the same is held again"


async def test_a_file_that_names_none_of_many_waits_and_released_it_deletes_at_once(site: Site) -> None:
    site.gives(100, 101)
    assert await site.fetch(25) == Ended(verdict=Incomplete(missing=0, reason="brake"))
    with site.store.reading() as connection:
        waiting = uploads.of_feed(connection, "k")[0]
    with site.store.transaction() as tx:
        pipeline.approve(tx, waiting.id, "town", released=True)
    upload_run.load(site.store, waiting.id)
    assert held(site.store) == ["n100", "n101"]


async def test_a_file_that_a_person_brings_deletes_at_once(site: Site) -> None:
    whole = [file(*(record(n) for n in range(30)))]
    brought = uploads.receive(site.store, "k", "town", "all.xml", "replace", whole, actor="operator")
    pipeline.check(site.store, brought.id)
    with site.store.transaction() as tx:
        pipeline.approve(tx, brought.id, "town", released=False)
    upload_run.load(site.store, brought.id)
    assert len(held(site.store)) == 30


# --- the other sources ------------------------------------------------------------------------------------------------


async def test_a_full_file_that_still_lies_in_its_folder_is_the_second_list(days: Days, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    add_feed(days.store, "inbox", str(folder))
    put(folder, "full-2026-01-01.xml", file(*(record(n) for n in range(5))))
    await days.fetch(0)
    put(folder, "full-2026-01-02.xml", file(record(1), record(2)))
    await days.fetch(1)
    put(folder, "delta-2026-01-03.xml", file(record(3)))
    await days.fetch(2)
    assert len(held(days.store)) == 5
    number = last_run(days.store).number
    await days.fetch(20)
    assert last_run(days.store).number == number, "a look that settles nothing is no run"
    await days.fetch(26)
    assert held(days.store) == ["n1", "n2", "n3"], "what was added since is named"
    assert last_run(days.store).counts.inferred == 2


async def test_a_folder_whose_full_file_is_gone_says_nothing(days: Days, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    add_feed(days.store, "inbox", str(folder))
    put(folder, "full-2026-01-01.xml", file(*(record(n) for n in range(5))))
    await days.fetch(0)
    put(folder, "full-2026-01-02.xml", file(record(1)))
    await days.fetch(1)
    (folder / "full-2026-01-02.xml").unlink()
    await days.fetch(50)
    assert len(held(days.store)) == 5


async def test_what_an_sru_server_finds_no_more_is_deleted_after_the_second_search(days: Days) -> None:
    server = SruServer({f"{n}a": "1900-01-11" for n in range(30)})
    async with serving_sru(server) as url:
        add_feed(days.store, "sru", url, metadata_prefix="dc")
        assert await days.fetch(0) == COUNTED
        del server.records["3a"]
        assert await days.fetch(25) == COUNTED
        assert len(held(days.store)) == 30
        assert await days.fetch(50) == UNCHANGED
    assert len(held(days.store)) == 29


async def test_what_a_resource_list_does_not_name_is_looked_for_in_a_newer_list(days: Days) -> None:
    source = ResourceSyncSource(titles(10))
    async with serving_resources(source) as root:
        add_feed(days.store, "resourcesync", root)
        await days.fetch(0)
        del source.resources["4.xml"]
        source.changes_since = "2026-01-25T00:00:00Z"
        await days.fetch(25)
        assert len(held_resources(days.store)) == 10
        source.changes_since, source.resources["new.xml"] = "2026-01-01T00:00:00Z", titles(1)["0.xml"]
        source.changes = [("new.xml", "created", "2026-02-02T03:00:00Z")]
        await days.fetch(50)
        assert len(held_resources(days.store)) == 11, "the list is as old as the first one: its changes are read"
        assert "4.xml" in held_resources(days.store)
        source.at = "2026-02-03T04:00:00Z"
        await days.fetch(76)
    assert set(held_resources(days.store)) == set(source.resources)
