"""What a repository teaches by the way that it answers, where that was, and what a person may say in its place."""

from __future__ import annotations

import msgspec
import pytest

from federation.storage import feeds
from federation.storage.engine import Store
from harvester.advance import Fresh, advanced
from harvester.checkpoint import Checkpoint, Listing
from harvester.evidence import of_list
from harvester.feeds import Feed, Pins, Profile
from harvester.learning import learn, learn_from_lists, merged, skewed
from harvester.oaipmh.page import Page
from harvester.oaipmh.requests import list_arguments
from harvester.place import Place
from harvester.ports import Complete, Incomplete
from harvester.settings import Limits
from tests.factories import raw_record
from tests.federation.pipeline.versions import feed_of
from tests.harvester.days import harvested_daily
from tests.harvester.test_probe import probed
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Behaviour, Peer, serving


def behaviour(name: str) -> Behaviour:
    return next(each for each in BEHAVIOURS if each.name == name)


async def taught(store: Store, name: str) -> Profile:
    """The profile after a first harvest."""
    async with harvested_daily(store, behaviour(name)) as days:
        await days.day(0)
        return feed_of(days.store).profile


@pytest.mark.parametrize(
    ("peer", "value", "expected", "page"),
    [
        ("01 plain", "size_claim", "true", 6),
        ("01 plain", "page_cap", 20, 6),
        ("05 empty last token", "size_claim", "none", 6),
        ("99 says 500", "size_claim", "false", None),
        ("100 size shrinks", "size_claim", "estimate", None),
        ("68 POST refused", "size_claim", "true", None),
        ("69 GET refused", "method", "POST", 1),
        ("23 GB18030 as UTF-8", "charset", "gb18030", 1),
    ],
)
async def test_a_list_teaches_what_its_sizes_and_pages_are_worth(
    embedded: Store, peer: str, value: str, expected: object, page: int | None
) -> None:
    profile = await taught(embedded, peer)
    lesson = next(each for each in profile.lessons if each.name == value)
    assert (getattr(profile, value), lesson.run) == (expected, 1)
    assert page is None or lesson.page == page


@pytest.mark.parametrize(
    ("peer", "bounds"),
    [
        ("01 plain", (True, True)),
        ("77 from exclusive", (False, True)),
        ("78 until misses its day", (True, False)),
    ],
)
async def test_a_probe_says_which_bounds_are_left_out(peer: str, bounds: tuple[bool, bool]) -> None:
    async with serving(Peer(behaviour(peer))) as url:
        found = await probed(url)
    assert (found.profile.from_inclusive, found.profile.until_inclusive) == bounds
    named = {each.code for each in found.findings} & {"from_exclusive", "until_exclusive"}
    assert len(named) == bounds.count(False)
    assert found.profile.declared_granularity == "days"
    assert found.requests <= 14


@pytest.mark.parametrize(
    ("bounds", "asked"),
    [
        ({}, ("2026-01-10", "2026-01-20")),
        ({"from_inclusive": False}, ("2026-01-09", "2026-01-20")),
        ({"until_inclusive": False}, ("2026-01-10", "2026-01-21")),
        ({"until_whole_day": False}, ("2026-01-10", "2026-01-21")),
    ],
)
def test_a_bound_that_is_left_out_is_asked_over(bounds: dict[str, bool], asked: tuple[str, str]) -> None:
    feed = Feed(key="k", base_url="x", metadata_prefix="p", until="2026-01-20", profile=Profile(**bounds))
    arguments = dict(list_arguments(feed, Listing(since="2026-01-10")))
    assert (arguments["from"], arguments["until"]) == asked


@pytest.mark.parametrize("worth", ["estimate", "false"])
def test_a_size_that_was_wrong_before_is_none(worth: str) -> None:
    whole = Listing(ended=True, pages=2, said_end=True, since="2026-01-01", claim=500, listed=120)
    assert of_list(whole) == Incomplete(missing=380, reason="count_differs")
    assert of_list(msgspec.structs.replace(whole, claim_worth=worth)) == Complete(evidence="listed")


def test_a_size_that_was_wrong_once_is_not_believed_again_by_itself() -> None:
    right = Listing(ended=True, pages=2, claim=120, listed=120)
    assert learn_from_lists(Profile(), [right])["size_claim"] == "true"
    assert learn_from_lists(Profile(size_claim="false"), [right])["size_claim"] == "false"
    said = Profile(size_claim="false", pins=Pins(size_claim="true"))
    assert said.by_pins().size_claim == "true"


def test_an_only_page_as_long_as_the_longest_is_no_end_by_itself() -> None:
    records = tuple(raw_record(identifier=f"n{n}") for n in range(3))
    page = Page(records=records)

    def says_end(cap: int) -> bool:
        return advanced(Listing(page_cap=cap), page, Fresh(listed=3, started=3), 1.0, Limits()).said_end

    assert [says_end(cap) for cap in (0, 2, 3, 4)] == [True, True, False, True]


def test_a_clock_is_noted_to_the_minute_and_forgotten_once_it_is_right() -> None:
    assert skewed(Profile(), 59) == {}
    assert skewed(Profile(), -3_600) == {"skew_seconds": -3_600}
    assert skewed(Profile(skew_seconds=3_600), 3_630) == {}
    assert skewed(Profile(skew_seconds=3_600), 5) == {"skew_seconds": 0}


def test_what_a_person_says_goes_before_what_is_learned_and_leaves_it_as_it_is() -> None:
    pins = Pins(charset="big5", lag_seconds=0)
    feed = Feed(key="k", base_url="x", metadata_prefix="p", profile=Profile(charset="cp1252", pins=pins))
    place = Place(feed, Checkpoint(run=7))
    assert place.feed.profile.charset == "big5"
    place.learn(charset="gb18030", method="POST")
    place.learn_lag(600)
    by = place.feed.profile
    assert (by.charset, by.method, by.lag_seconds) == ("big5", "POST", 0)
    kept = place.checkpoint.learned
    assert kept is not None
    assert (kept.charset, kept.lag_seconds) == ("gb18030", 600)
    said_later = msgspec.structs.replace(feed, profile=msgspec.structs.replace(feed.profile, pins=Pins()))
    assert Place(said_later, place.checkpoint).feed.profile.charset == "gb18030"


@pytest.mark.parametrize(("name", "refused"), [("69 GET refused", "method"), ("74 token only encoded", "token_form")])
async def test_a_pinned_way_of_asking_is_kept_to_though_it_is_refused(embedded: Store, name: str, refused: str) -> None:
    pinned = {"method": "GET", "token_form": "verbatim"}[refused]
    async with harvested_daily(embedded, behaviour(name)) as days:
        with days.store.transaction() as tx:
            feeds.pin(tx, feed_of(days.store), Pins(**{refused: pinned}))
        await days.day(0)
        profile = feed_of(days.store).profile
    assert profile.by_pins().is_pinned(refused)
    assert not any(lesson.name == refused for lesson in profile.lessons)


async def test_a_pin_lasts_over_runs_and_lessons(embedded: Store) -> None:
    async with harvested_daily(embedded, behaviour("01 plain")) as days:
        with days.store.transaction() as tx:
            feeds.pin(tx, feed_of(days.store), Pins(page_cap=7))
        await days.day(0)
        await days.day(1)
        profile = feed_of(days.store).profile
    assert (profile.page_cap, profile.by_pins().page_cap) == (20, 7)


def test_a_probe_adds_what_it_met_and_nothing_that_was_known() -> None:
    known = learn(Profile(pins=Pins(charset="big5")), run=3, page=1, charset="cp1252")
    found = learn(known, run=0, page=0, granularity="seconds")
    kept = merged(known, found)
    assert (kept.charset, kept.granularity, kept.pins.charset) == ("cp1252", "seconds", "big5")
    assert {lesson.run for lesson in kept.lessons} == {3, 0}


def test_a_later_probe_that_met_something_else_is_believed() -> None:
    first, later = (learn(Profile(), run=0, page=0, deletions=said) for said in ("no", "persistent"))
    assert merged(first, later).deletions == "persistent"
