"""The numbers of an exchange are those of its tables."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from federation.ledger.entry import Entry
from federation.pipeline.backup import back_up
from federation.pipeline.gauges import read_gauges
from federation.storage import cursors, jobs, ledger
from federation.storage.engine import Store, utc_now
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.peers.courteous.repository import Repository, items, serving


async def test_records_feeds_and_lags_are_counted(store: Store) -> None:
    async with serving(Repository(items(20))) as url:
        await harvest(store, add_feed(store, url))
    before = read_gauges(store)
    assert (before.records["waiting"], before.lags["map"]) == (20, 20)
    assert (before.feeds, before.runs) == ({"complete": 1, "never": 0}, {"complete": 1})
    assert len(before.last_complete) == 1
    with store.reading() as connection:
        cursor = cursors.get(connection, "map")
    assert (cursor, before.lag_seconds["map"] > 0, before.lag_seconds["publish"]) == (0, True, 0)
    map_all(store)
    after = read_gauges(store)
    # one of them is a tombstone
    assert (after.records["mapped"], after.records["deleted"]) == (19, 1)
    assert (after.records["waiting"], after.lags["map"], after.lag_seconds["map"]) == (0, 0, 0)
    assert after.lag_seconds["key"] > 0
    assert after.ledger_size >= before.ledger_size > 0


def test_a_lane_says_how_long_its_oldest_due_job_waits(store: Store) -> None:
    with store.transaction() as tx:
        for minutes in (3, 1, -5):
            wanted = jobs.Wanted(
                kind="map",
                lane="process",
                dedupe_key=f"map:{minutes}",
                group_key=f"map:{minutes}",
                run_at=tx.database_now - timedelta(minutes=minutes),
            )
            jobs.enqueue(tx, wanted)
    found = read_gauges(store)
    assert found.jobs == {("process", "ready"): 3}
    assert 180 <= found.oldest_due_seconds["process"] < 240
    assert list(found.oldest_due_seconds) == ["process"]


async def test_commits_and_steps_are_told_with_their_seconds(store: Store, tmp_path: Path) -> None:
    commits: list[float] = []
    steps: dict[tuple[str, str], float] = {}
    async with serving(Repository(items(3))) as url:
        await harvest(store, add_feed(store, url))
        store.on_commit = commits.append
        runner = runner_over(store, tmp_path)
        runner.on_job = lambda kind, outcome, seconds: steps.update({(kind, outcome): seconds})
        began = time.monotonic()
        await runner.until_idle()
        elapsed = time.monotonic() - began
    assert ("map", "done") in steps
    assert 0 < min(commits) <= sum(commits) <= elapsed, "a commit takes time, and all of them no more than there was"
    assert 0 < min(steps.values()) <= max(steps.values()) <= elapsed


def test_the_newest_backup_is_told_and_that_there_was_none(embedded: Store, tmp_path: Path) -> None:
    before = read_gauges(embedded)
    assert (before.backs_up, before.last_backup) == (True, None)
    began = embedded.now()
    back_up(embedded, tmp_path, tmp_path / "copy")
    back_up(embedded, tmp_path, tmp_path / "again")
    last = read_gauges(embedded).last_backup
    assert last is not None
    assert began <= last <= embedded.now()


def test_a_clock_that_went_back_is_behind_the_newest_entry(embedded: Store) -> None:
    with embedded.transaction() as tx:
        ledger.append(tx, [Entry(act="job.cancelled", object="job:1")])
    assert read_gauges(embedded).clock_behind_seconds == 0
    earlier = Store(embedded.url, now=lambda: utc_now() - timedelta(hours=1))
    try:
        assert 3_540 < read_gauges(earlier).clock_behind_seconds <= 3_600
    finally:
        earlier.close()
