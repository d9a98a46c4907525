"""What a feed's repository taught, as its administrators see it: each value with where it was learned, and by whom."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.pipeline.feed_pins import written
from federation.storage import runs
from federation.storage.feeds import StoredFeed
from federation.storage.runs import StoredRun
from harvester.feeds import PINNABLE, Lesson

#: the values that are shown, in this order
SHOWN = (
    "granularity",
    "declared_granularity",
    "from_inclusive",
    "until_inclusive",
    "until_whole_day",
    "token_form",
    "method",
    "charset",
    "lag_seconds",
    "skew_seconds",
    "size_claim",
    "page_cap",
    "window_seconds",
    "deletions",
)
_ALWAYS = ("lag_seconds", "skew_seconds")
#: number of the run that stands for a probe
_PROBE = 0


class ProfileLine(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a profile."""

    name: str
    #: what requests and verdicts go by, as it is typed; empty = not known
    value: str
    #: what was learned, which a pinned value stands before
    learned: str
    is_pinned: bool
    #: whether a person may say it
    is_pinnable: bool
    #: run that taught it, its number within the feed, and the page in hand; None where nothing did yet
    run: int | None
    run_number: int | None
    page: int | None
    #: a probe taught it, which is no run
    by_probe: bool


def profile_lines(connection: sa.Connection, feed: StoredFeed) -> tuple[ProfileLine, ...]:
    """Every value of the feed's profile; none of a feed that is no OAI-PMH repository."""
    if feed.source != "oai":
        return ()
    lessons = {lesson.name: lesson for lesson in feed.profile.lessons}
    numbers = runs.numbers(connection, {lesson.run for lesson in feed.profile.lessons})
    return tuple(_line(feed, name, lessons.get(name), numbers) for name in SHOWN)


def taught_lines(connection: sa.Connection, feed: StoredFeed, run: StoredRun) -> tuple[ProfileLine, ...]:
    """What this run taught, or has taught by now, and beside it what each run has to say of lag and clock."""
    learned = run.checkpoint.learned or feed.profile
    stated = msgspec.structs.replace(feed, profile=msgspec.structs.replace(learned, pins=feed.profile.pins))
    lines = profile_lines(connection, stated)
    return tuple(line for line in lines if line.run == run.id or line.name in _ALWAYS)


def _line(feed: StoredFeed, name: str, lesson: Lesson | None, numbers: dict[int, int]) -> ProfileLine:
    by_run = lesson is not None and lesson.run != _PROBE
    return ProfileLine(
        name=name,
        value=written(getattr(feed.profile.by_pins(), name)),
        learned=written(getattr(feed.profile, name)),
        is_pinned=feed.profile.is_pinned(name),
        is_pinnable=name in PINNABLE,
        run=lesson.run if lesson is not None and by_run else None,
        run_number=numbers.get(lesson.run) if lesson is not None else None,
        page=lesson.page if lesson is not None and by_run else None,
        by_probe=lesson is not None and not by_run,
    )
