"""A record whose rules take too long is refused alone; a feed of nothing else costs the others nothing."""

from __future__ import annotations

import gc
import resource
import signal
import time

import msgspec
import pytest

from federation.pipeline import mapping_watch, slow_feeds
from federation.pipeline.crosswalks import TOO_SLOW, FeedMapper
from federation.pipeline.mapping_watch import Watch, watching
from federation.storage import feeds, institutions
from federation.storage.engine import Store
from mappings.engine.outcome import Mapped, Outcome, Rejected
from mappings.engine.standing import Above, Unplaced
from mappings.schema.raw import RawRecord
from tests.factories import raw_record

pytestmark = pytest.mark.usefixtures("no_foreign_callbacks")

DATES = "".join(f"<dc:date>{1800 + number % 200}-{number % 12 + 1:02} or {number}</dc:date>" for number in range(7_000))
SLOW = raw_record(elements="<dc:title>Slow</dc:title>" + DATES, identifier="slow")
QUICK = raw_record(identifier="quick")


_DATED = "".join(f'<unitdate normal="{1800 + year}/{1801 + year}">{1800 + year}</unitdate>' for year in range(40))
LONG = "".join(
    f"<c01><did><unitid>A/{number}</unitid><unittitle>Letter {number}</unittitle>{_DATED}</did></c01>"
    for number in range(2_000)
)
FINDING_AID = (
    '<ead xmlns="urn:isbn:1-931666-22-9"><archdesc level="fonds"><did><unitid>A</unitid>'
    f"<unittitle>Letters</unittitle></did><dsc>{LONG}</dsc></archdesc></ead>"
)

BELOW = """\
crosswalk: a/below
version: 1
extends: base/oai_dc@1
defaults: {level: file}
rules: []
parent: {from: dc:title}
"""


def added(store: Store, *keys: str) -> None:
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        for key in keys:
            feeds.add(tx, feeds.StoredFeed(key=key, name=key, institution="peer"))


def impatient(record_seconds: float = 5.0) -> Watch:
    # what earlier tests left behind is not cleared away in the midst of a record, where nothing can be raised
    gc.collect()
    return Watch(tick_seconds=0.01, unit_seconds=0.02, record_seconds=record_seconds)


def of(feed: str, raw: RawRecord) -> RawRecord:
    return msgspec.structs.replace(raw, feed=feed)


def code(outcome: Outcome) -> str:
    return outcome.issue.code if isinstance(outcome, Rejected) else ""


def test_a_unit_that_takes_too_long_is_refused_by_its_rule_and_the_next_is_mapped(embedded: Store) -> None:
    added(embedded, "a")
    with watching(impatient()) as watch:
        mapper = FeedMapper(embedded, watch)
        slow, quick = mapper(of("a", SLOW))[0], mapper(of("a", QUICK))[0]
    assert isinstance(slow, Rejected)
    assert (slow.issue.code, slow.issue.rule) == (TOO_SLOW, "dates")
    assert isinstance(quick, Mapped)
    assert isinstance(FeedMapper(embedded)(of("a", SLOW))[0], Mapped)


def test_a_finding_aid_of_many_units_takes_as_long_as_they_take_together(embedded: Store) -> None:
    with embedded.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, feeds.StoredFeed(key="a", name="a", institution="peer", crosswalk="base/ead2002"))
    raw = msgspec.structs.replace(of("a", QUICK), payload=FINDING_AID)
    with watching(Watch(tick_seconds=0.01, unit_seconds=0.05, record_seconds=5.0)) as watch:
        outcome = FeedMapper(embedded, watch)(raw)[0]
    assert isinstance(outcome, Mapped), outcome
    assert len(outcome.units) == 2_001


def test_a_record_is_tried_however_many_before_it_were_too_slow(
    embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow_feeds, "MOST_SLOW", 2)
    added(embedded, "a", "b")
    with watching(impatient()) as watch:
        mapper = FeedMapper(embedded, watch)
        assert [code(mapper(of("a", SLOW))[0]) for _ in range(3)] == [TOO_SLOW] * 3
        assert [code(mapper(of(feed, QUICK))[0]) for feed in ("a", "b", "a")] == [""] * 3


def test_what_is_read_of_the_record_above_is_not_ended_and_what_is_mapped_on_the_way_is(embedded: Store) -> None:
    with embedded.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
        feeds.add(tx, feeds.StoredFeed(key="a", name="a", institution="peer", crosswalk_text=BELOW))
        feeds.add(tx, feeds.StoredFeed(key="b", name="b", institution="peer"))
    found: list[str] = []
    with watching(impatient(record_seconds=0.1)) as watch:
        assert watch is not None
        mapper = FeedMapper(embedded, watch)

        def find(_parent: str) -> Above | Unplaced:
            until = time.process_time() + 0.5
            while time.process_time() < until:
                pass
            found.append(code(mapper(of("b", SLOW))[0]))
            return Unplaced(why="orphan")

        outcome = mapper(of("a", QUICK), find)[0]
        assert watch.hand is None
    assert isinstance(outcome, Mapped), outcome
    assert set(found) == {TOO_SLOW}


def test_nothing_is_left_of_a_watch_that_ended() -> None:
    before = signal.getsignal(signal.SIGPROF), resource.getrlimit(resource.RLIMIT_AS)
    with watching():
        assert signal.getitimer(signal.ITIMER_PROF)[1] == mapping_watch.TICK_SECONDS
    assert (signal.getsignal(signal.SIGPROF), resource.getrlimit(resource.RLIMIT_AS)) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_no_record_in_hand_is_ended() -> None:
    watch = impatient()
    for _ in range(100):
        watch.tick(0, None)
