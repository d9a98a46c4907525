"""What a repository teaches, and where it taught it; pure."""

from __future__ import annotations

import msgspec

from harvester.feeds import Lesson, Method, Profile, TokenForm
from harvester.oaipmh.datestamps import granularity_of, read_datestamp
from harvester.oaipmh.page import Page


def learn(profile: Profile, *, run: int, page: int, **taught: object) -> Profile:
    """`profile` with these values, each with the run and page that taught it; the same where nothing is new."""
    new = {name: value for name, value in taught.items() if getattr(profile, name) != value}
    if not new:
        return profile
    known = tuple(lesson for lesson in profile.lessons if lesson.name not in new)
    lessons = tuple(Lesson(name=name, run=run, page=page) for name in new)
    return msgspec.structs.replace(profile, **new, lessons=(*known, *lessons))


def learn_from_page(profile: Profile, page: Page, *, run: int, number: int) -> Profile:
    """What a page of a list says by being as it is: its charset, and how finely it dates.

    A repository that has refused seconds is never asked for them again, however it writes its datestamps.
    """
    taught: dict[str, object] = {}
    if page.charset != "utf-8":
        taught["charset"] = page.charset
    if not profile.knows("granularity") and _counts_seconds(page):
        taught["granularity"] = "seconds"
    return learn(profile, run=run, page=number, **taught)


def learn_days(profile: Profile, *, run: int, page: int) -> Profile:
    """Day level, for good."""
    seconds = msgspec.structs.replace(profile, granularity="seconds")
    return learn(seconds, run=run, page=page, granularity="days")


def merged(known: Profile, found: Profile) -> Profile:
    """`known` with whatever `found` was taught; what that was not taught stays."""
    for lesson in found.lessons:
        known = learn(known, run=lesson.run, page=lesson.page, **{lesson.name: getattr(found, lesson.name)})
    return known


def other_method(profile: Profile) -> Method:
    """The method that is not used yet."""
    return "POST" if profile.method == "GET" else "GET"


def other_token_form(profile: Profile) -> TokenForm:
    """The form of tokens that is not used yet."""
    return "verbatim" if profile.token_form == "encoded" else "encoded"


def _counts_seconds(page: Page) -> bool:
    stamps = [record.datestamp for record in page.records]
    return bool(stamps) and all(granularity_of(stamp) == "seconds" and read_datestamp(stamp) for stamp in stamps)
