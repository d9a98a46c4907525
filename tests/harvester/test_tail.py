"""The end of a list that states no size and says nothing of its end is believed after a look at its tail and middle."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from federation.pipeline.harvest import harvest_feed
from federation.storage.engine import Store
from federation.storage.runs import StoredRun
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, harvest, held, last_run, never, parse
from tests.peers.courteous.repository import Item, Repository, items, serving, span_of


def later(count: int) -> list[Item]:
    """`count` records that come after the first harvest, a day each."""
    return [Item(f"oai:peer:later{n}", f"2026-02-{n // 2 + 1:02}", f"Later {n}") for n in range(count)]


async def second_run(store: Store, fresh: int, most: int) -> tuple[StoredRun, Repository]:
    """The second run of a repository with so many new records, whose lists of changes end in silence after `most`."""
    repository = Repository(items(40), states_size=False)

    def in_silence(request: web.Request) -> web.Response | None:
        since, until, start = span_of(request.query)
        if not since or request.query["verb"] == "GetRecord":
            return None
        wanted = [item for item in repository.records if since <= item.datestamp <= (until or "9")][:most]
        part, rest = wanted[start : start + 20], start + 20 < len(wanted)
        answer = repository.listed(part, f"{since}/{until}|{start + 20}" if rest else "", 0, verb=request.query["verb"])
        return (
            answer
            if rest
            else web.Response(body=(answer.text or "").replace("<resumptionToken></resumptionToken>", ""))
        )

    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        repository.records = [*repository.records, *later(fresh)]
        repository.before = in_silence
        repository.asked.clear()
        clock = PatientClock()
        clock.moment = datetime(2026, 4, 1, tzinfo=UTC)
        await harvest_feed(store, feed, parse=parse, clock=clock, user_agent="test", chance=never)
    return last_run(store), repository


async def test_where_nothing_new_stands_there_the_list_is_believed(embedded: Store) -> None:
    run, repository = await second_run(embedded, fresh=40, most=40)
    assert (run.verdict, run.reason, len(held(embedded))) == ("complete", "listed", 80)
    assert [(asked["verb"], asked.get("from")) for asked in repository.asked] == [
        ("ListRecords", "2026-01-29"),
        ("ListRecords", None),
        ("ListIdentifiers", "2026-02-20"),
        ("ListIdentifiers", "2026-02-10"),
    ]


async def test_where_more_stands_there_the_list_is_swept(embedded: Store) -> None:
    run, repository = await second_run(embedded, fresh=50, most=40)
    assert (run.verdict, run.reason, len(held(embedded))) == ("complete", "swept", 90)
    assert sum(asked["verb"] == "GetRecord" for asked in repository.asked) == 10
