"""Acts that come too late, or that no page offers: what stands in their way, in sentences that each language has."""

from __future__ import annotations

from collections.abc import Iterable

from federation.storage.feeds import StoredFeed
from portal_api.errors import StatePassed
from portal_api.http.marking import N_, Sentence

_FEEDS = {
    "draft": N_("This feed is a draft: begin it first."),
    "probed": N_("This feed is a draft: begin it first."),
    "active": N_("This feed is harvested as it is."),
    "paused": N_("This feed is paused."),
    "retired": N_("This feed is retired: nothing of it is changed any more."),
}


def feed_passed(feed: StoredFeed) -> StatePassed:
    """The feed is in no state for what is asked."""
    return StatePassed(f"the feed is {feed.state}", Sentence(text=_FEEDS[feed.state]))


def refuse_retired(feed: StoredFeed) -> None:
    """Raises StatePassed where the feed is retired."""
    if feed.state == "retired":
        raise feed_passed(feed)


def no_such_act(found: str, known: Iterable[str]) -> StatePassed:
    """No page has a button for this."""
    message = f"expected one of {', '.join(known)}, found {found[:40]!r}"
    return StatePassed(message, Sentence(text=N_("No page here has a button for what was asked: nothing was done.")))
