"""Whatever order the pages of a list come in, and however often, the same records are held in the end."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.pipeline.harvest import as_harvested
from federation.storage import feeds, raw_records
from federation.storage.engine import Store
from federation.storage.harvests import StoredHarvest
from harvester.advance import first_checkpoint
from harvester.commits import page_commit
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.page import parse_page
from harvester.place import Place
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.courteous.repository import HEAD, Item

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Word(NamedTuple):
    """What a list says of a record once; the texts of the first and the third day are the same."""

    number: int
    day: int
    deleted: bool

    def item(self) -> Item:
        """The record as a repository gives it."""
        stamp = f"2026-01-{self.day:02}"
        return Item(f"oai:peer:{self.number}", stamp, f"Title {self.day % 2}", self.deleted)


Page = Sequence[Word]
WORDS = st.builds(Word, st.integers(1, 3), st.integers(1, 4), st.booleans())
#: pages, two orders of them, and pages that come again
LISTS = st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=4).flatmap(
    lambda pages: st.tuples(
        st.just(pages),
        st.permutations(range(len(pages))),
        st.permutations(range(len(pages))),
        st.lists(st.integers(0, len(pages) - 1), max_size=2),
    )
)
_KEYS = count()


def held_after(store: Store, first: feeds.StoredFeed, pages: Sequence[Page]) -> set[Word]:
    """What a new feed holds once these pages have come."""
    key = f"k{next(_KEYS)}"
    feed = msgspec.structs.replace(first, key=key, name=key)
    with store.transaction() as tx:
        feeds.add(tx, feed)
    harvest = StoredHarvest(store, feed)
    opened = harvest.open_run()
    place = Place(as_harvested(feed), first_checkpoint(opened, as_harvested(feed)))
    for words in pages:
        listing = msgspec.structs.replace(place.checkpoint.lists[0], start=1, first_start=1)
        place.turn_page(0, listing)
        harvest.commit_page(page_commit(place, listing, fetched(words, key)))
    with store.reading() as connection:
        rows = [row.raw for row in raw_records.of_feed(connection, key, 0, 100)]
        held = raw_records.held(connection, key, [raw.identifier for raw in rows])
    found = {Word(int(raw.identifier[9:]), int(held[raw.identifier].seen_datestamp[8:]), raw.deleted) for raw in rows}
    texts = {word.number: word.item().title for word in found if not word.deleted}
    assert all(f">{texts[int(raw.identifier[9:])]}<" in raw.payload for raw in rows if not raw.deleted)
    return found


def fetched(words: Page, key: str) -> Fetched:
    """The page of these words."""
    text = "".join(word.item().xml() for word in words)
    body = f"{HEAD}<ListRecords>{text}</ListRecords></OAI-PMH>".encode()
    page = parse_page(body, feed=key, metadata_prefix="oai_dc")
    return Fetched(page=page, body=body, sha256=hashlib.sha256(body).hexdigest(), at=NOON, seconds=0.1)


def expected(pages: Sequence[Page]) -> set[Word]:
    """The last word on each record: the newest datestamp, live on a tie."""
    last: dict[int, Word] = {}
    for word in (word for page in pages for word in page):
        best = last.setdefault(word.number, word)
        if (word.day, not word.deleted) > (best.day, not best.deleted):
            last[word.number] = word
    return set(last.values())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(listed=LISTS)
def test_any_order_of_pages_gives_the_same_store(
    store: Store, listed: tuple[list[Page], Sequence[int], Sequence[int], list[int]]
) -> None:
    pages, one, other, again = listed
    first = _first(store)
    orders = ([*one], [*other, *again], [*again, *one])
    found = [held_after(store, first, [pages[number] for number in order]) for order in orders]
    assert found == [expected(pages)] * len(orders)


def _first(store: Store) -> feeds.StoredFeed:
    with store.reading() as connection:
        known = feeds.get(connection, "k")
    return known if known is not None else add_feed(store, "http://127.0.0.1:9/oai")
