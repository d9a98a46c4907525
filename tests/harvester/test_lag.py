"""A repository that lists changes late is asked further back: twice as far as was met, never over 14 days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.storage import feeds
from federation.storage.engine import Store
from harvester.checkpoint import Listing
from harvester.feeds import Pins, Profile
from harvester.lag import lag_of, looking_back
from tests.harvester.days import Days, harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward.peer import Behaviour
from tests.peers.courteous.repository import Item

REACHED = "2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("2026-01-31T10:00:00Z", 7_199),
        ("2026-01-31T11:59:59Z", 0),
        ("2026-01-31T13:00:00Z", 0),
        ("2026-01-30", 12 * 3_600),
        ("2026-01-31", 0),
        # before the last list began nobody looked for it
        ("2026-01-28", 0),
        ("soon", 0),
    ],
)
def test_what_the_last_list_should_have_shown_says_how_late_it_came(stamp: str, seconds: int) -> None:
    listing = Listing(reached=REACHED, reached_from="2026-01-29")
    assert lag_of(listing, ["2026-02-01", stamp]) == seconds
    assert lag_of(Listing(reached_from="2026-01-29"), [stamp]) == 0


def test_nothing_is_asked_for_more_than_fourteen_days_back() -> None:
    assert looking_back(Profile(lag_seconds=7_200)) == timedelta(hours=4)
    assert looking_back(Profile(lag_seconds=30 * 86_400)) == timedelta(days=14)
    assert looking_back(Profile(lag_seconds=7_200, pins=Pins(lag_seconds=0))) == timedelta()
    said = Profile(pins=Pins(lag_seconds=3_600))
    assert looking_back(said) == timedelta(hours=2), "what a person says goes before what was met"


def lag_learned(days: Days) -> int:
    with days.store.reading() as connection:
        feed = feeds.get(connection, "k")
    assert feed is not None
    return feed.profile.lag_seconds


async def test_lists_begin_earlier_once_a_change_came_late(embedded: Store) -> None:
    async with harvested_daily(embedded, Behaviour(name="late")) as days:
        await days.day(0)
        await days.day(1)
        assert lag_learned(days) == 0
        usual = next(asked["from"] for asked in reversed(days.peer.asked) if "from" in asked)
        assert usual == "2026-01-29"
        days.peer.repository.records = [*days.peer.repository.records, Item("oai:peer:late", "2026-01-29", "Late")]
        await days.day(2)
        assert "oai:peer:late" in held_of(days.store)
        assert lag_learned(days) == 86_400
        await days.day(3)
        later = next(asked["from"] for asked in reversed(days.peer.asked) if "from" in asked)
        assert later == "2026-01-27"
        assert lag_learned(days) == 86_400
