"""What a repository teaches, and where it taught it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec

from harvester.checkpoint import Listing
from harvester.feeds import Deletions, Granularity, Lesson, Method, Profile, SizeClaim, TokenForm
from harvester.oaipmh.datestamps import granularity_of, read_datestamp
from harvester.oaipmh.identity import Identity
from harvester.oaipmh.page import Page

#: less is what clocks differ by
_OFF_SECONDS = 60
_DECLARED: dict[str, Granularity] = {"YYYY-MM-DD": "days", "YYYY-MM-DDThh:mm:ssZ": "seconds"}
#: of two lists the one that says the worse of sizes is believed
_WORSE: tuple[SizeClaim, ...] = ("", "true", "none", "estimate", "false")


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


def skewed(profile: Profile, seconds: int) -> dict[str, object]:
    """What an answer teaches of the repository's clock: to the minute, which is what any two clocks may differ by."""
    off = _OFF_SECONDS * round(seconds / _OFF_SECONDS) if abs(seconds) >= _OFF_SECONDS else 0
    return {"skew_seconds": off} if abs(off - profile.skew_seconds) >= _OFF_SECONDS else {}


def declared(identity: Identity) -> dict[str, object]:
    """What a repository's Identify teaches: how long it keeps tombstones, and how finely it says that it dates."""
    known = identity.deletions in get_args(Deletions)
    return declared_granularity(identity) | ({"deletions": identity.deletions} if known else {})


def declared_granularity(identity: Identity) -> dict[str, object]:
    """How finely a repository says that it dates, where it says that in the protocol's words (4.2)."""
    found = _DECLARED.get(identity.granularity)
    return {} if found is None else {"declared_granularity": found}


def learn_from_lists(profile: Profile, lists: Sequence[Listing]) -> dict[str, object]:
    """What whole lists teach at the end of their run: the worth of the sizes that they state, the size of pages.

    A size that was wrong once, or changed within a list, is not believed again by itself.
    """
    found = [_size_claim(listing) for listing in lists if not listing.reconciles]
    claim = max((profile.size_claim, *found), key=_WORSE.index)
    cap = max((profile.page_cap, *(listing.full_page for listing in lists if not listing.reconciles)))
    return {"size_claim": claim, "page_cap": cap}


def _size_claim(listing: Listing) -> SizeClaim:
    if listing.claim_changed:
        return "estimate"
    if listing.claim is None:
        return "none" if listing.ended and listing.pages > 1 else ""
    if listing.claim in (listing.listed, listing.listed + listing.quarantined):
        return "true"
    return "false" if listing.sweep == "done" and not (listing.missing or listing.gaps) else ""


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
