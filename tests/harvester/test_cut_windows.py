"""Lists that a repository cuts at a number of records, and repositories that do not heed the end of a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from federation.storage.engine import Store
from harvester.evidence import of_list
from harvester.ports import Complete
from harvester.windows import MOST_PARTS, Reach, Window, plan
from tests.harvester.days import harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward.peer import Asked, Behaviour, Said
from tests.peers.courteous.repository import Item, page, span_of

CUT_AT = 50


def cut(asked: Asked) -> Said:
    """No list gives more than so many records, nor says that there are others."""
    if not asked.is_list:
        return None
    since, until, _ = span_of(asked.query)
    found = [i for i in asked.repository.records if since <= i.datestamp and (not until or i.datestamp <= until)]
    verb = asked.query["verb"]
    given = "".join(i.header() if verb == "ListIdentifiers" else i.xml() for i in found[:CUT_AT])
    return page(f"<{verb}>{given}</{verb}>") if given else page('<error code="noRecordsMatch"/>')


def without_until(asked: Asked) -> Said:
    """The end of a window is not heeded."""
    asked.query.pop("until", None)
    return None


async def test_windows_are_parted_down_to_a_day_and_none_is_lost(embedded: Store) -> None:
    days = [Item(f"oai:peer:{n}", f"2024-01-{n // 15 + 1:02}", f"Title {n}") for n in range(120)]
    async with harvested_daily(embedded, Behaviour(name="cut", instead=cut, records=days)) as feed:
        run = await feed.day(0)
        assert (run.verdict, len(held_of(feed.store))) == ("complete", 120)


async def test_a_day_that_may_be_cut_is_never_called_complete(embedded: Store) -> None:
    one_day = [Item(f"oai:peer:{n}", "2024-01-01", f"Title {n}") for n in range(120)]
    async with harvested_daily(embedded, Behaviour(name="cut", instead=cut, records=one_day)) as feed:
        run = await feed.day(0)
        assert (run.verdict, run.reason, len(held_of(feed.store))) == ("incomplete", "windows_unread", CUT_AT)
        assert (await feed.day(1)).verdict == "incomplete"


async def test_a_repository_that_does_not_heed_the_end_of_a_window_is_harvested_within_a_bound(embedded: Store) -> None:
    few = [Item(f"oai:peer:{n}", "2024-01-01", f"Title {n}") for n in range(10)]
    behaviour = Behaviour(name="open", instead=without_until, records=few)
    async with harvested_daily(embedded, behaviour) as feed:
        feed.peer.repository.states_size = False
        run = await feed.day(0)
        assert run.verdict == "complete"
        assert isinstance(of_list(run.checkpoint.lists[0]), Complete)
        assert len(feed.peer.asked) < 40


async def test_a_repository_that_heeds_no_window_at_all_is_not_asked_for_ever_smaller_ones(embedded: Store) -> None:
    def one_list(asked: Asked) -> Said:
        for bound in ("from", "until"):
            asked.query.pop(bound, None)
        return cut(asked)

    months = [Item(f"oai:peer:{n}", f"2024-{n // 12 + 1:02}-01", f"Title {n}") for n in range(120)]
    async with harvested_daily(embedded, Behaviour(name="one list", instead=one_list, records=months)) as feed:
        run = await feed.day(0)
        assert run.verdict in ("complete", "incomplete")
        assert len(held_of(feed.store)) == CUT_AT
        assert len(feed.peer.asked) < 100


def test_no_stretch_is_parted_into_more_windows_than_are_asked_for_in_a_day() -> None:
    reach = Reach(
        earliest=datetime(2000, 1, 1, tzinfo=UTC), latest=datetime(2026, 1, 1, tzinfo=UTC), granularity="seconds"
    )
    assert len(plan(Window(), reach, width=timedelta(seconds=1))) == MOST_PARTS
