"""A harvest over real HTTP into a real store: nothing lost, nothing doubled, a named end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
from aiohttp import web

from federation.pipeline.harvest import harvest_feed
from federation.storage import feeds, institutions, raw_records, run_reports, runs
from federation.storage.engine import Store
from harvester.feeds import Profile
from harvester.oaipmh.page import Page, parse_page
from harvester.slices import Ended, Postponed
from tests.peers.courteous.repository import Item, Repository, items, page, serving, span_of


class PatientClock:
    """A clock that is slept forward in no time."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 31, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def never() -> float:
    """Chance, left out."""
    return 0.0


async def parse(body: bytes, feed: str, metadata_prefix: str, http_charset: str | None, learned: str | None) -> Page:
    return parse_page(
        body, feed=feed, metadata_prefix=metadata_prefix, http_charset=http_charset, learned_charset=learned
    )


def add_feed(store: Store, base_url: str) -> feeds.StoredFeed:
    feed = feeds.StoredFeed(
        key="k",
        name="Peer",
        institution="peer",
        base_url=base_url,
        networks=("127.0.0.0/8",),
        crosswalk="base/oai_dc@1",
        due_at=store.now(),
    )
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, feed)
    return feed


async def harvest(store: Store, feed: feeds.StoredFeed, clock: PatientClock | None = None) -> Ended | Postponed:
    clock = clock or PatientClock()
    return await harvest_feed(store, feed, parse=parse, clock=clock, user_agent="test", chance=never)


def held(store: Store) -> list[tuple[str, bool]]:
    with store.reading() as connection:
        rows = raw_records.of_feed(connection, "k", 0, 10_000)
    return [(row.raw.identifier, row.raw.deleted) for row in rows]


def last_run(store: Store) -> runs.StoredRun:
    with store.reading() as connection:
        run = runs.latest(connection, "k")
    assert run is not None
    return run


async def test_every_record_comes_once_and_the_count_is_the_evidence(store: Store) -> None:
    repository = Repository(items())
    async with serving(repository) as url:
        await harvest(store, add_feed(store, url))
    assert held(store) == [(item.identifier, item.deleted) for item in repository.records]
    run = last_run(store)
    assert (run.verdict, run.reason) == ("complete", "counted")
    assert (run.counts.pages, run.counts.new, run.counts.deleted) == (6, 114, 6)


async def test_a_page_is_kept_in_pieces_that_give_way_to_readers(store: Store) -> None:
    met: list[int] = []
    store.give_way = lambda: met.append(len(pages(store)))
    async with serving(Repository(items(30), page_size=10)) as base:
        await harvest(store, add_feed(store, base))
    assert len(held(store)) == 30
    assert min(met.count(kept) for kept in range(3)) >= 6, "each of the three pages, while it is not yet kept"


async def test_a_run_keeps_what_it_cost(store: Store) -> None:
    answers = [web.Response(status=500), web.Response(status=503, headers={"Retry-After": "7200"})]
    repository = Repository(items(), before=lambda request: answers.pop(0) if answers else None)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        assert isinstance(await harvest(store, feed), Postponed)
        early = last_run(store).cost
        assert (early.requests, early.retries, early.waited_seconds < 60) == (2, 1, True), (
            "what it is to wait is not waited yet"
        )
        clock = PatientClock()
        clock.pass_by(8_000)
        await harvest(store, feed, clock=clock)
    cost, said = last_run(store).cost, sum(each.size_bytes for each in pages(store))
    assert (cost.requests, cost.retries) == (len(repository.asked), 1)
    assert cost.received_bytes >= said > 0
    assert 8_000 <= cost.waited_seconds - early.waited_seconds < 8_100
    assert cost.cpu_seconds > early.cpu_seconds


def pages(store: Store) -> list[run_reports.StoredPage]:
    with store.reading() as connection:
        return run_reports.pages(connection, last_run(store).id)


async def test_a_record_that_is_listed_twice_is_counted_once(store: Store) -> None:
    repository = Repository(items())

    def overlapping(request: web.Request) -> web.Response | None:
        """Each page but the first begins with the last record of the page before."""
        _, _, start = span_of(request.query)
        token = f"|{start + 20}" if start + 20 < 120 else ""
        return repository.listed(repository.records[start - 1 : start + 20], token, 120) if start else None

    repository.before = overlapping
    async with serving(repository) as url:
        await harvest(store, add_feed(store, url))
    counts = last_run(store).counts
    assert (counts.new, counts.deleted, counts.changed, counts.unchanged) == (114, 6, 0, 0)


async def test_without_a_claim_the_first_list_is_swept_and_later_ones_believed(store: Store) -> None:
    repository = Repository(items(), states_size=False)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        assert (last_run(store).verdict, last_run(store).reason) == ("complete", "swept")
        repository.records = [*repository.records, Item("oai:peer:new", "2026-02-01", "New")]
        await harvest(store, feed)
    assert (last_run(store).verdict, last_run(store).reason) == ("complete", "listed")


async def test_a_list_whose_headers_are_not_to_be_had_is_believed(store: Store) -> None:
    def no_headers(request: web.Request) -> web.Response | None:
        return page('<error code="badVerb"/>') if request.query["verb"] == "ListIdentifiers" else None

    async with serving(Repository(items(), states_size=False, before=no_headers)) as url:
        await harvest(store, add_feed(store, url))
    assert (last_run(store).verdict, last_run(store).reason) == ("complete", "listed")


async def test_a_claim_that_the_list_does_not_keep_is_incomplete_with_the_number(store: Store) -> None:
    short = f'<ListRecords>{items(3)[0].xml()}<resumptionToken completeListSize="5"/></ListRecords>'
    async with serving(Repository([], before=lambda request: page(short))) as url:
        await harvest(store, add_feed(store, url))
    assert (last_run(store).verdict, last_run(store).missing) == ("incomplete", 4)


async def test_a_second_run_brings_only_what_changed(store: Store) -> None:
    repository = Repository(items(40))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        repository.records = [*repository.records, Item("oai:peer:new", "2026-02-01", "New")]
        await harvest(store, feed)
    assert repository.asked[-1]["from"] == "2026-01-29"
    assert (last_run(store).number, last_run(store).counts.new, last_run(store).verdict) == (2, 1, "complete")


async def test_a_repository_known_to_need_windows_is_asked_by_windows(store: Store) -> None:
    repository, profile = Repository(items()), Profile(window_seconds=300 * 86_400)
    async with serving(repository) as url:
        feed = msgspec.structs.replace(add_feed(store, url), profile=profile)
        await harvest(store, feed)
        assert (last_run(store).verdict, last_run(store).reason, len(held(store))) == ("complete", "swept", 120)
        assert "until" in repository.asked[1]
        asked = len(repository.asked)
        await harvest(store, feed)
    assert len(repository.asked) == asked + 1
    assert "until" not in repository.asked[-1]


async def test_an_expired_token_restarts_the_list_by_date(store: Store) -> None:
    expired: list[str] = []

    def once(request: web.Request) -> web.Response | None:
        if request.query.get("resumptionToken", "").endswith("|60") and not expired:
            expired.append("")
            return page('<error code="badResumptionToken">expired</error>')
        return None

    repository = Repository(items(), before=once)
    async with serving(repository) as url:
        await harvest(store, add_feed(store, url))
    assert len(held(store)) == 120
    assert [asked["from"] for asked in repository.asked if "from" in asked] == ["2020-03-04"]


async def test_a_token_that_comes_for_ever_is_no_hang(store: Store) -> None:
    same = f"<ListRecords>{items(3)[1].xml()}<resumptionToken>x</resumptionToken></ListRecords>"
    repository = Repository([], before=lambda request: page(same))
    async with serving(repository) as url:
        await harvest(store, add_feed(store, url))
    assert (last_run(store).verdict, last_run(store).reason) == ("blocked", "token_broken")
    assert len(repository.asked) < 40


async def test_new_tokens_for_the_same_page_are_no_hang(store: Store) -> None:
    def same(request: web.Request) -> web.Response:
        token = f"<resumptionToken>{len(repository.asked)}</resumptionToken>"
        return page(f"<ListRecords>{items(3)[1].xml()}{token}</ListRecords>")

    repository = Repository([], before=same)
    async with serving(repository) as url:
        await harvest(store, add_feed(store, url))
    assert (last_run(store).verdict, last_run(store).reason) == ("blocked", "token_broken")
    assert len(repository.asked) < 70


async def test_a_wait_that_is_asked_for_is_kept_over_a_restart(store: Store) -> None:
    busy = {"Retry-After": "86400"}
    async with serving(Repository([], before=lambda request: web.Response(status=503, headers=busy))) as url:
        outcome = await harvest(store, add_feed(store, url))
    assert isinstance(outcome, Postponed)
    with store.reading() as connection:
        feed = feeds.get(connection, "k")
    assert feed is not None
    assert feed.due_at == datetime(2026, 2, 1, tzinfo=UTC)
    assert last_run(store).state == "postponed"


async def test_a_harvest_that_is_cut_off_goes_on_from_its_last_page(store: Store) -> None:
    cut = asyncio.Event()

    def hang_up(request: web.Request) -> web.Response | None:
        if request.query.get("resumptionToken", "").endswith("|60") and not cut.is_set():
            cut.set()
            raise web.HTTPUnauthorized
        return None

    repository = Repository(items(), before=hang_up)
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest(store, feed)
        assert last_run(store).verdict == "blocked"
        assert len(held(store)) == 60
        await harvest(store, feed)
    assert len(held(store)) == 120
    assert last_run(store).verdict == "complete"


async def test_what_is_no_repository_is_named(store: Store) -> None:
    async with serving(Repository([], before=lambda request: web.Response(text="<html/>"))) as url:
        await harvest(store, add_feed(store, url))
    assert (last_run(store).verdict, last_run(store).reason) == ("blocked", "not_a_repository")


async def test_an_inside_address_is_not_reached_unless_the_feed_may(store: Store) -> None:
    repository = Repository(items())
    async with serving(repository) as url:
        feed = add_feed(store, url)
        outcome = await harvest_feed(
            store,
            feeds.StoredFeed(key="k", name="Peer", institution="peer", base_url=url),
            parse=parse,
            clock=PatientClock(),
            user_agent="test",
        )
    assert feed.networks
    assert isinstance(outcome, Ended)
    assert last_run(store).reason == "address_refused"
    assert repository.asked == []
