"""Records of sets that a feed leaves out are skipped, counted, and back once it leaves them out no more."""

from __future__ import annotations

import re

import msgspec
import pytest

from federation.errors import RequestRefused
from federation.pipeline import crosswalk_life
from federation.pipeline.feed_settings import Wanted, set_settings, settings_of
from federation.storage import catalogue_records, cursors, feeds, outcomes
from federation.storage.engine import Store
from federation.storage.feeds import StoredFeed
from harvester.caps import Caps
from harvester.oaipmh.sets import is_excluded
from harvester.quiet_hours import QuietHours
from mappings.schema.access import PUBLIC
from tests.federation.pipeline.test_harvest import add_feed, harvest
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.versions import activated, drafted, feed_of, rolled_back, tried
from tests.peers.awkward.peer import Behaviour, Peer, serving
from tests.peers.courteous.repository import items

FEED = StoredFeed(key="k", name="Peer", institution="peer", base_url="https://peer.example/oai", set_specs=("a", "b"))
#: headers of records whose number ends in 1 or 2, and of the others
HEADER = re.compile(rb"(:\d*[12]</identifier><datestamp>[^<]*</datestamp>)")
OTHER = re.compile(rb"(:\d*[03-9]</identifier><datestamp>[^<]*</datestamp>)")


def settled(store: Store) -> tuple[int, int, int]:
    """Of the feed: mapped, skipped because of their set, waiting; and the sum is what was harvested."""
    with store.reading() as connection:
        sums = outcomes.accounts(connection, cursors.get(connection, "map"), "k")
        assert catalogue_records.count_alive(connection, audience=PUBLIC) == sums.mapped
    assert sums.harvested == sums.mapped + sums.deleted + sums.rejected + sums.skipped + sums.waiting + sums.held
    return sums.mapped, sums.skipped, sums.waiting


def in_sets(body: bytes, _: int) -> bytes:
    return HEADER.sub(rb"\1<setSpec>theses:old</setSpec>", OTHER.sub(rb"\1<setSpec>maps</setSpec>", body))


async def test_they_are_skipped_and_come_back(embedded: Store) -> None:
    found = items(20, deleted_every=10)
    async with serving(Peer(Behaviour(name="sets", records=found, spoil=in_sets))) as url:
        feed = add_feed(embedded, url)
        with embedded.transaction() as tx:
            feed = set_settings(tx, feed, Wanted(exclude=("theses",)))
        await harvest(embedded, feed)
    map_all(embedded)
    left_out = len([each for each in found if each.identifier.endswith(("1", "2")) and not each.deleted])
    assert settled(embedded) == (18 - left_out, left_out, 0)
    for exclude, skipped in (((), 0), (("maps",), 18 - left_out), ((), 0)):
        with embedded.transaction() as tx:
            feed = set_settings(tx, feed, Wanted(exclude=exclude))
        map_all(embedded)
        assert settled(embedded) == (18 - skipped, skipped, 0)


async def test_what_a_rule_kept_out_is_not_back_with_its_set(embedded: Store) -> None:
    async with serving(Peer(Behaviour(name="sets", records=items(12), spoil=in_sets))) as url:
        await harvest(embedded, add_feed(embedded, url))
    map_all(embedded)
    draft = drafted(embedded, "")
    skip = 'skip: [{when: {from: "header:identifier", equals: "oai:peer:3"}, reason: internal}]\n'
    with embedded.transaction() as tx:
        text = draft.text.replace("rules:", skip + "rules:")
        crosswalk_life.save(tx, feed_of(embedded), draft.number, text, "ada", seen=draft.sha256, message="")
    tried(embedded, draft.number)
    activated(embedded, draft.number)
    # the rules before would show it, which nobody confirmed
    rolled_back(embedded, 1)
    assert settled(embedded) == (11, 1, 0)
    for exclude, shown in ((("maps",), 4), ((), 11)):
        with embedded.transaction() as tx:
            set_settings(tx, feed_of(embedded), Wanted(exclude=exclude))
        map_all(embedded)
        assert settled(embedded)[0] == shown


async def test_a_feed_that_is_harvested_more_often_is_due_the_sooner(embedded: Store) -> None:
    async with serving(Peer(Behaviour(name="plain", records=items(3)))) as url:
        await harvest(embedded, add_feed(embedded, url))
    for every, due in ((3_600, 3_600), (7 * 86_400, 3_600)):
        with embedded.transaction() as tx:
            changed = set_settings(tx, feed_of(embedded), Wanted(every_seconds=every, interval_seconds=2.5))
            at = tx.now
        found = feed_of(embedded)
        assert (changed.min_interval_seconds, found.every_seconds) == (2.5, every)
        assert found.due_at is not None
        assert abs((found.due_at - at).total_seconds() - due) < 60


def test_a_set_is_left_out_with_those_below_it() -> None:
    assert is_excluded(("a:b", "c"), ("a",))
    assert not is_excluded(("ab", "c"), ("a",))
    assert not is_excluded((), ("a",))


def test_what_is_not_said_stays() -> None:
    first = settings_of(FEED, Wanted(quiet_hours="22:00-06:00 Europe/Rome", ports=(8443, 8443), look_back_days=0))
    assert first.quiet_hours == QuietHours(begins="22:00", ends="06:00", zone="Europe/Rome")
    assert (first.ports, first.look_back_days) == ((8443,), 0)
    second = settings_of(first, Wanted(pages=10, page_mebibytes=2_048, exclude=("a", "c")))
    assert second.caps == Caps(pages=10, page_mebibytes=2_048)
    assert (second.quiet_hours, second.set_exclude) == (first.quiet_hours, ("a", "c"))
    assert settings_of(second, Wanted(quiet_hours="", ports=(), exclude=(), pages=0)).quiet_hours is None


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (Wanted(exclude=("a b",)), "exclude_invalid"),
        (Wanted(exclude=("a", "b")), "exclude_invalid"),
        (Wanted(quiet_hours="always"), "quiet_hours_invalid"),
        (Wanted(quiet_hours="22:00-22:00 UTC"), "quiet_hours_invalid"),
        (Wanted(look_back_days=-1), "look_back_invalid"),
        (Wanted(look_back_days=367), "look_back_invalid"),
        (Wanted(ports=(0,)), "ports_invalid"),
        (Wanted(ports=(65_536,)), "ports_invalid"),
        (Wanted(ports=tuple(range(1, 12))), "ports_invalid"),
        (Wanted(page_mebibytes=0), "page_mebibytes_invalid"),
        (Wanted(page_mebibytes=2_049), "page_mebibytes_invalid"),
        (Wanted(pages=-1), "pages_invalid"),
        (Wanted(records=100_000_001), "records_invalid"),
        (Wanted(every_seconds=59), "every_invalid"),
        (Wanted(every_seconds=401 * 86_400), "every_invalid"),
        (Wanted(interval_seconds=-1), "interval_invalid"),
        (Wanted(interval_seconds=601), "interval_invalid"),
    ],
)
def test_what_cannot_be_is_refused(wanted: Wanted, reason: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        settings_of(FEED, wanted)
    assert refused.value.reason == reason


def test_only_a_repository_has_sets_and_what_is_brought_no_bounds() -> None:
    for source, wanted, reason in (
        ("url", Wanted(exclude=("a",)), "exclude_invalid"),
        ("upload", Wanted(pages=1), "pages_invalid"),
        ("upload", Wanted(records=1), "records_invalid"),
    ):
        with pytest.raises(RequestRefused) as refused:
            settings_of(msgspec.structs.replace(FEED, source=source, set_specs=()), wanted)
        assert refused.value.reason == reason


def test_what_is_fetched_has_bounds() -> None:
    fetched = msgspec.structs.replace(FEED, source="sru", set_specs=())
    assert settings_of(fetched, Wanted(pages=3, records=9)).caps == Caps(pages=3, records=9)


def test_a_lag_that_a_person_says_stays_whatever_is_learned(embedded: Store) -> None:
    feed = add_feed(embedded, "http://127.0.0.1:9/oai")

    def pinned(seconds: int) -> int:
        """The lag that counts once a person has said so, and a run has learned of an hour."""
        with embedded.transaction() as tx:
            set_settings(tx, feed_of(embedded), Wanted(lag_seconds=seconds))
            feeds.learn(tx, feed.key, msgspec.structs.replace(feed.profile, lag_seconds=3_600))
        return feed_of(embedded).profile.by_pins().lag_seconds

    assert [pinned(seconds) for seconds in (7_200, 0, -1)] == [7_200, 0, 3_600]
    with pytest.raises(RequestRefused) as refused:
        pinned(15 * 86_400)
    assert refused.value.reason == "pin_invalid"
