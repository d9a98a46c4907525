"""Kept pages read anew: what a better reading gives, only where a page is still the source's last word."""

from __future__ import annotations

import msgspec
from aiohttp import web

from federation.pipeline.harvest import harvest_feed
from federation.pipeline.ledger_check import verify
from federation.pipeline.replaying import Replayed, replay
from federation.storage import feeds, quarantine, raw_records
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.feeds import Pins
from harvester.oaipmh.page import Page, Quarantined
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, harvest, last_run, never, parse
from tests.peers.courteous.repository import Item, Repository, items, serving

LOST, MISREAD, SAID_AGAIN = "oai:peer:3", "oai:peer:4", "oai:peer:5"


async def worse(body: bytes, feed: str, metadata_prefix: str, http_charset: str | None, learned: str | None) -> Page:
    """A reader of before: it cannot read one record, and misreads titles."""
    page = await parse(body, feed, metadata_prefix, http_charset, learned)
    kept, lost = [], []
    for record, content in zip(page.records, page.content_sha256, strict=True):
        if record.identifier == LOST:
            lost.append(Quarantined(identifier=LOST, reason="text_lost", offset=0, body=record.payload.encode()))
        else:
            misread = record.identifier in (MISREAD, SAID_AGAIN)
            text = record.payload.replace("Title", "T\N{REPLACEMENT CHARACTER}tle") if misread else record.payload
            kept.append((msgspec.structs.replace(record, payload=text), content))
    return msgspec.structs.replace(
        page,
        records=tuple(record for record, _ in kept),
        content_sha256=tuple(content for _, content in kept),
        quarantined=tuple(lost),
    )


def read_anew(store: Store, feed: StoredFeed, *, apply: bool) -> list[Replayed]:
    return list(replay(store, feed, apply=apply, actor="operator"))


def payload(store: Store, identifier: str) -> str:
    with store.reading() as connection:
        found = raw_records.get(connection, "k", identifier)
    return "" if found is None else found.raw.payload


async def test_what_reads_otherwise_is_told_first_and_taken_in_where_it_is_wanted(store: Store) -> None:
    repository = Repository(items(40))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest_feed(store, feed, parse=worse, clock=PatientClock(), user_agent="test", chance=never)
        newer = [each for each in repository.records if each.identifier != SAID_AGAIN]
        repository.records = [*newer, Item(SAID_AGAIN, "2026-02-01", "Said since")]
        await harvest(store, feed)
    before = last_run(store)
    for apply in (False, True):
        found = read_anew(store, feed, apply=apply)
        assert [each for page in found for each in page.changed] == [MISREAD]
        assert [each for page in found for each in page.mended] == [LOST]
        assert ("Title 4" in payload(store, MISREAD), "Title 3" in payload(store, LOST)) == (apply, apply)
    assert "Said since" in payload(store, SAID_AGAIN)
    with store.reading() as connection:
        assert quarantine.count(connection, "k") == 0
    assert (last_run(store), verify(store).findings) == (before, ())
    again = read_anew(store, feed, apply=True)
    assert all((page.changed, page.mended) == ((), ()) for page in again)
    assert len(again) >= 3


async def test_marks_stay_so_that_the_next_run_asks_for_nothing_besides(store: Store) -> None:
    repository = Repository(items(40))
    async with serving(repository) as url:
        feed = add_feed(store, url)
        await harvest_feed(store, feed, parse=worse, clock=PatientClock(), user_agent="test", chance=never)
        read_anew(store, feed, apply=True)
        await harvest(store, feed)
    assert (last_run(store).verdict, last_run(store).counts.changed) == ("complete", 0)


async def test_a_character_set_that_a_person_says_counts_for_kept_pages(store: Store) -> None:
    repository = Repository([Item("oai:peer:1", "2021-01-01", "Карты Москвы")])
    repository.before = lambda request: web.Response(
        body=str(repository.reply(request.query).text).encode("koi8-r"), content_type="text/xml"
    )
    async with serving(repository) as url:
        await harvest(store, add_feed(store, url))
    assert "Карты" not in payload(store, "oai:peer:1")
    with store.transaction() as tx:
        found = feeds.get(tx.connection, "k")
        assert found is not None
        feed = feeds.pin(tx, found, Pins(charset="koi8-r"))
    assert [each for page in read_anew(store, feed, apply=True) for each in page.changed] == ["oai:peer:1"]
    assert "Карты Москвы" in payload(store, "oai:peer:1")
