"""How a page moves a list's checkpoint; pure."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import msgspec

from harvester.checkpoint import Listing
from harvester.feeds import Feed
from harvester.oaipmh.datestamps import one_granule, read_datestamp, write_datestamp
from harvester.oaipmh.page import Page
from harvester.settings import Limits


def begun(listing: Listing, feed: Feed) -> Listing:
    """The list of a new run: from what the last one reached, or from where it began if it did not reach its end.

    A span that has an end is listed whole each time: what the last run reached may lie behind it.
    """
    again = feed.until is not None or not listing.ended
    since = (listing.began or feed.since) if again else _looking_back(listing.next_since, feed)
    return Listing(set_spec=listing.set_spec, since=since, began=since)


def _looking_back(reached: str | None, feed: Feed) -> str | None:
    moment = read_datestamp(reached or "")
    if moment is None:
        return None
    margin = timedelta(seconds=feed.look_back_seconds) + one_granule(feed.profile.granularity)
    return write_datestamp(moment - margin, feed.profile.granularity)


def advanced(listing: Listing, page: Page, fresh: int, limits: Limits) -> Listing:
    """The list after `page`, which named `fresh` identifiers that this run had not met."""
    datestamps = [record.datestamp for record in page.records]
    ordered = [stamp for stamp in (listing.newest, *datestamps) if stamp]
    followed = (*listing.tokens, _digest(listing.token)) if listing.token else listing.tokens
    moved = msgspec.structs.replace(
        listing,
        next_since=listing.next_since or page.response_date,
        claim=page.claim if page.claim is not None else listing.claim,
        claim_changed=listing.claim_changed or _differs(listing.claim, page.claim),
        listed=listing.listed + fresh,
        newest=max(ordered, default=None),
        ascending=listing.ascending and ordered == sorted(ordered),
        tokens=followed,
        token=page.token or None,
        empty_pages=0 if page.size else listing.empty_pages + 1,
        pages=listing.pages + 1,
        given_pages=0 if fresh or not page.size else listing.given_pages + 1,
        quarantined=listing.quarantined + len(page.quarantined),
        longest_page=max(listing.longest_page, page.size),
        ended=not page.token,
        said_end=page.token == "" or (page.token is None and _is_short(listing, page)),
    )
    return restarted(moved, guard=True) if _is_looping(moved, limits) else moved


def _differs(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and before != after


def _is_short(listing: Listing, page: Page) -> bool:
    """Without a token element the end is believed on an only page, or on one shorter than the longest (3.5)."""
    return listing.pages == 0 or page.size < listing.longest_page


def _is_looping(listing: Listing, limits: Limits) -> bool:
    """A token seen before, empty pages, or pages already given; what was read before a restart may come again."""
    if listing.token is None:
        return False
    seen = _digest(listing.token) in listing.tokens
    given = listing.given_pages > listing.pages_at_restart + limits.given_pages
    return seen or given or listing.empty_pages >= limits.empty_pages


def restarted(listing: Listing, *, guard: bool = False) -> Listing:
    """The list, asked anew by date: from the newest datestamp committed if they came in order, else from its start."""
    newest = read_datestamp(listing.newest or "")
    since = listing.since
    if listing.ascending and newest is not None:
        granularity = "seconds" if "T" in (listing.newest or "") else "days"
        since = write_datestamp(newest - one_granule(granularity), granularity)  # type: ignore[arg-type]
    return msgspec.structs.replace(
        listing,
        since=since,
        token=None,
        tokens=(),
        empty_pages=0,
        given_pages=0,
        pages_at_restart=listing.pages,
        ended=False,
        said_end=False,
        restarts=listing.restarts + 1,
        listed_at_restart=listing.listed,
        guards=listing.guards + guard,
    )


def is_broken(listing: Listing, limits: Limits) -> bool:
    """Whether restarts bring nothing any more: a guard fired twice, or too many restarts without a new identifier."""
    fruitless = listing.restarts > 0 and listing.listed == listing.listed_at_restart
    return (fruitless and listing.guards > 1) or (fruitless and listing.restarts > limits.restarts)


def _digest(token: str | None) -> str:
    return hashlib.sha256((token or "").encode("utf-8", "surrogatepass")).hexdigest()[:16]
