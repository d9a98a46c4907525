"""Behind every number of a run stand exactly its records."""

from __future__ import annotations

from federation.storage import cursors, outcomes, quarantine, run_reports, runs
from federation.storage.engine import Store
from federation.storage.run_reports import Wanted
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_map import map_all
from tests.peers.courteous.repository import Item, Repository, items, serving


async def harvested(store: Store) -> runs.StoredRun:
    untitled = [Item(f"oai:peer:u{n}", "2021-01-01", "") for n in range(3)]
    async with serving(Repository([*items(40), *untitled])) as url:
        await harvest(store, add_feed(store, url))
    with store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    return run


async def test_each_sum_lists_as_many_records_as_it_says(store: Store) -> None:
    await harvested(store)
    for step in ("waiting", "mapped"):
        with store.reading() as connection:
            sums = outcomes.accounts(connection, cursors.get(connection, "map"), "k")
            for standing in ("harvested", "mapped", "deleted", "rejected", "skipped", "waiting", "held"):
                listed = run_reports.records(connection, Wanted(feed="k", standing=standing), limit=1000)
                assert len(listed) == getattr(sums, standing), (step, standing)
        map_all(store)


async def test_an_issue_lists_the_records_that_have_it(store: Store) -> None:
    await harvested(store)
    map_all(store)
    with store.reading() as connection:
        for count in outcomes.issue_counts(connection, "k"):
            wanted = Wanted(feed="k", issue=count.code, field=count.field, rule=count.rule)
            assert len(run_reports.records(connection, wanted, limit=1000)) == count.count


async def test_records_are_listed_part_by_part_without_gap_or_repetition(store: Store) -> None:
    await harvested(store)
    with store.reading() as connection:
        whole = run_reports.records(connection, Wanted(feed="k"), limit=1000)
        parts, after = [], 0
        while part := run_reports.records(connection, Wanted(feed="k"), after=after, limit=7):
            parts += part
            after = part[-1].rid
    assert parts == whole


async def test_a_run_names_its_pages_and_an_unknown_one_is_none(store: Store) -> None:
    run = await harvested(store)
    with store.reading() as connection:
        assert run_reports.get(connection, run.id) == run
        assert run_reports.get(connection, 999) is None
        found = run_reports.pages(connection, run.id)
        assert sum(page.records for page in found) == 43
        assert [page.number for page in found] == [1, 2, 3]
        assert run_reports.pages(connection, run.id, after=2) == found[2:]


async def test_the_quarantine_keeps_the_bytes_as_they_came(store: Store) -> None:
    broken = Item("", "2021-01-01", "No identifier")
    async with serving(Repository([*items(3), broken])) as url:
        await harvest(store, add_feed(store, url))
    with store.reading() as connection:
        (line,) = quarantine.listed(connection, "k")
        body = quarantine.body(connection, line.id)
        assert quarantine.line(connection, line.id) == line
        assert quarantine.count(connection, "k") == 1
        assert quarantine.body(connection, 999) == b""
    assert (line.reason, line.size_bytes) == ("identifier_empty", len(body))
    assert b"No identifier" in body
