"""A feed of slow records is mapped a few at a time, each of them tried, and other feeds go on meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from federation.errors import FeedTooSlow
from federation.pipeline import children, slow_feeds
from federation.pipeline.crosswalks import TOO_SLOW
from federation.pipeline.mapping_watch import Watch, watching
from federation.pipeline.progress import without_job
from federation.pipeline.slow_feeds import SlowFeeds
from federation.storage import crosswalks, feeds, raw_records
from federation.storage.engine import Store
from federation.storage.outcomes import Accounts, mapping_outcome
from federation.storage.raw_records import raw_record
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_mapping_watch import impatient
from tests.federation.pipeline.test_retiring import sums, waiting
from tests.peers.courteous.repository import Item, Repository, serving

pytestmark = pytest.mark.usefixtures("no_foreign_callbacks")

#: more dates than the rules read in the time that the watch of these tests allows
DATES = (f"<dc:date>{1800 + number % 200}-{number % 12 + 1:02} or {number}</dc:date>" for number in range(6_000))
SLOW = f"Slow</dc:title>{''.join(DATES)}<dc:title>More"


def named(text: str, count: int, *, title: str = "Letter") -> list[Item]:
    return [Item(f"oai:{text}:{number}", f"2021-01-{number + 1:02}", title) for number in range(count)]


async def brought(store: Store, key: str, *records: Item) -> None:
    """Harvests the records of a feed of its own, and maps none."""
    async with serving(Repository(list(records))) as url:
        if key == "k":
            feed = add_feed(store, url)
        else:
            feed = feeds.StoredFeed(
                key=key,
                name=key,
                institution="peer",
                base_url=url,
                networks=("127.0.0.0/8",),
                crosswalk="base/oai_dc@1",
                due_at=store.now(),
            )
            with store.transaction() as tx:
                feeds.add(tx, feed)
        await harvest(store, feed)


def step(store: Store, watch: Watch, limit: int = 100) -> bool:
    """One batch; whether more is behind it."""
    with watching(watch):
        progress = children.map_watched(store, limit, without_job, watch)
    assert sums(store).exact
    return progress.behind


def found(store: Store) -> dict[str, str]:
    """Identifier -> what became of the record."""
    with store.reading() as connection:
        query = sa.select(raw_record.c.identifier, mapping_outcome.c.outcome, mapping_outcome.c.code)
        rows = connection.execute(query.join(mapping_outcome, mapping_outcome.c.rid == raw_record.c.rid))
        return {row.identifier: row.code or row.outcome for row in rows}


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_feeds, "MOST_SLOW", 3)
    monkeypatch.setattr(slow_feeds, "FEWEST", 2)


async def test_sound_records_behind_slow_ones_are_mapped_and_other_feeds_before_them(store: Store) -> None:
    slow, quick = named("slow", 7, title=SLOW), [replace(each, datestamp="2021-02-01") for each in named("sound", 5)]
    await brought(store, "k", *slow, *quick)
    await brought(store, "other", *named("other", 4))
    watch = impatient()
    assert step(store, watch), "given up: the next batch takes fewer"
    assert found(store) == {}
    assert step(store, watch)
    assert found(store) == {f"oai:other:{number}": "mapped" for number in range(4)}
    assert sums(store) == Accounts(harvested=16, mapped=4, waiting=12)
    batches = 0
    while step(store, watch) or waiting(store):
        batches += 1
        assert batches < 20
    came = found(store)
    assert {name for name, code in came.items() if code == TOO_SLOW} == {each.identifier for each in slow}
    assert {came[each.identifier] for each in quick} == {"mapped"}
    assert sums(store) == Accounts(harvested=16, mapped=9, rejected=7)


async def test_other_feeds_go_on_while_a_slow_one_is_mapped_again_and_nothing_of_it_comes_before_that(
    store: Store,
) -> None:
    await brought(store, "k", *named("slow", 5))
    watch = impatient()
    while step(store, watch):
        pass
    with store.transaction() as tx:
        crosswalks.begin_remapping(tx, "k")
        (changed, *_) = raw_records.of_feed(tx.connection, "k", 0, 1)
        raw_records.put_off(tx, {changed.rid: changed.seq})
    await brought(store, "other", *named("other", 4))
    watch.feeds.shares["k"] = 2
    assert step(store, watch)
    assert sums(store) == Accounts(harvested=9, mapped=8, waiting=1), "what changed of the slow feed was put off"
    assert remapped(store) == 0
    assert step(store, watch)
    assert remapped(store) == 2
    while step(store, watch) or waiting(store):
        pass
    assert remapped(store) is None
    assert sums(store) == Accounts(harvested=9, mapped=9)


def remapped(store: Store) -> int | None:
    """How many records of the feed `k` are mapped again; None where it is not under way."""
    with store.reading() as connection:
        found = crosswalks.remapping_of(connection, "k")
        return (
            None
            if found is None
            else raw_records.count(connection, "k") - raw_records.count_behind(connection, "k", found.after)
        )


async def test_what_changes_while_it_is_put_off_comes_in_its_new_place(store: Store) -> None:
    await brought(store, "k", *named("slow", 5, title=SLOW))
    with store.reading() as connection:
        held = {row.rid: row.seq for row in connection.execute(sa.select(raw_record.c.rid, raw_record.c.seq))}
    first, *rest = sorted(held)
    with store.transaction() as tx:
        raw_records.put_off(tx, held | {first: held[first] - 1})
    with store.reading() as connection:
        now = {row.rid: row.seq for row in connection.execute(sa.select(raw_record.c.rid, raw_record.c.seq))}
    assert now[first] == held[first]
    assert [now[rid] for rid in rest] == sorted(now[rid] for rid in rest)
    assert min(now[rid] for rid in rest) > max(held.values())


def batch(slow: SlowFeeds, *outcomes_: bool) -> None:
    for was_slow in outcomes_:
        slow.note("a", was_slow=was_slow)
    slow.end_batch()


def test_a_feed_that_is_quick_again_has_more_of_each_batch_until_it_is_as_any_other() -> None:
    slow = SlowFeeds()
    batch(slow, True, False, True)
    assert slow.shares == {}
    batch(slow, True, True, True)
    assert slow.shares == {"a": 2}
    assert slow.within(["a", "b", "a", "b", "a", "b"]) == 4
    batch(slow, False)
    assert slow.shares == {"a": 4}
    batch(slow, True)
    assert slow.shares == {"a": 2}
    for _ in range(9):
        batch(slow, False)
    assert slow.shares == {}
    assert slow.turns() == (frozenset(),)


def test_a_batch_ends_over_a_feed_only_where_the_next_one_takes_fewer_of_it() -> None:
    slow = SlowFeeds()
    for _ in range(3):
        slow.check("a")
        slow.note("a", was_slow=True)
    with pytest.raises(FeedTooSlow):
        slow.check("a")
    slow.end_batch()
    for _ in range(9):
        slow.note("a", was_slow=True)
        slow.check("a")


def test_slow_feeds_are_left_out_of_every_second_batch() -> None:
    slow = SlowFeeds()
    batch(slow, True, True, True)
    nobody, slow_ones = frozenset[str](), frozenset({"a"})
    assert [slow.turns() for _ in range(3)] == [(slow_ones, nobody), (nobody,), (slow_ones, nobody)]
