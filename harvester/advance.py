"""How a page moves a list's checkpoint; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from harvester.checkpoint import Checkpoint, Listing
from harvester.feeds import Feed
from harvester.lag import looking_back
from harvester.oaipmh.datestamps import read_datestamp, write_datestamp
from harvester.oaipmh.page import Page
from harvester.settings import Limits
from harvester.trail import Trail, digest_of, token_digest
from harvester.windows import Window, heeds, merge

#: what a window is stuck with that may have been ended early
CUT = "cut"
#: windows in a row that came to their end, after which the next two are asked for as one
_MERGE_AFTER = 3
#: what clocks may differ by that nothing tells of, at each granularity
_MARGINS = {"days": timedelta(days=1), "seconds": timedelta(minutes=5)}
#: pages whose cost says what a page of this list costs, and the fewest that say anything
_EARLY_PAGES, _FEWEST_EARLY = 10, 3


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """How many identifiers of a page were new."""

    #: to the list
    listed: int
    #: since the list's last start
    started: int


def first_checkpoint(opened: Checkpoint, feed: Feed) -> Checkpoint:
    """A new run: one list a set, each going on from what the last run reached."""
    former = {listing.set_spec: listing for listing in opened.lists if not listing.reconciles}
    wanted = feed.set_specs or ("",)
    lists = tuple(_begun(former.get(name, Listing(set_spec=name)), feed) for name in wanted)
    return msgspec.structs.replace(opened, lists=lists, begun=True)


def _begun(listing: Listing, feed: Feed) -> Listing:
    """The list of a new run: from what the last one reached, or from where it began if it did not reach its end.

    A span that has an end is listed whole each time: what the last run reached may lie behind it.
    """
    again = feed.until is not None or not listing.ended
    since = (listing.since or feed.since) if again else _looking_back(listing.next_since, feed)
    since = _from_gaps(listing, since, feed)
    stuck = "profile" if feed.profile.window_seconds else ""
    is_whole = listing.ended and not (listing.gaps or listing.missing or listing.lost)
    return Listing(
        set_spec=listing.set_spec,
        since=since,
        reached_from=listing.since if is_whole else None,
        reached=listing.next_since if is_whole else None,
        stuck=stuck,
        claim_worth=feed.profile.size_claim,
        page_cap=feed.profile.page_cap,
    )


def _from_gaps(listing: Listing, since: str | None, feed: Feed) -> str | None:
    """Where the new list begins so that it holds every stretch that the last one could not have."""
    stated = [since or "", *(gap.since or "" for gap in listing.gaps)]
    return min(stated) or feed.since


def _looking_back(reached: str | None, feed: Feed) -> str | None:
    moment = read_datestamp(reached or "")
    if moment is None:
        return None
    margin = timedelta(seconds=feed.look_back_seconds) + _MARGINS[feed.profile.granularity] + looking_back(feed.profile)
    return write_datestamp(moment - margin, feed.profile.granularity)


def list_in_hand(checkpoint: Checkpoint) -> int | None:
    """The place of the list to go on with; None where all are ended."""
    return next((n for n, listing in enumerate(checkpoint.lists) if not listing.ended), None)


def numbered(listing: Listing, checkpoint: Checkpoint) -> Listing:
    """The list with the number of its first start, above those of all lists before it."""
    if listing.start:
        return listing
    number = 1 + max(other.start for other in checkpoint.lists)
    return msgspec.structs.replace(listing, start=number, first_start=number)


def counted(listing: Listing, page: Page, marks: Mapping[str, int]) -> Fresh:
    """How much of the page is new; `marks` says in which start of this run an identifier was last listed."""
    names = {record.identifier for record in page.records}
    return Fresh(
        listed=sum(marks.get(name, 0) < listing.first_start for name in names),
        started=sum(marks.get(name, 0) < listing.start for name in names),
    )


def advanced(listing: Listing, page: Page, fresh: Fresh, seconds: float, limits: Limits) -> Listing:
    """The list after `page`, which cost `seconds` from its request to its last byte."""
    moved = _paged(_claiming(_counting(listing, page, fresh), page), page, seconds)
    if fresh.started:
        moved = _dated(moved, page)
    if moved.token is None and _may_be_cut(moved, page):
        return msgspec.structs.replace(moved, stuck=CUT)
    if moved.token is None:
        return next_window(moved)
    if _is_looping(listing, moved, limits):
        done = moved.trusted_claim is not None and moved.trusted_claim == moved.listed
        looping = msgspec.structs.replace(moved, guards=moved.guards + 1, stuck="" if done else "loop")
        return msgspec.structs.replace(looping, ended=True) if done else looping
    if _is_slow(listing, seconds, limits):
        return msgspec.structs.replace(moved, stuck="slow")
    return moved


def _may_be_cut(listing: Listing, page: Page) -> bool:
    """Whether the window ends where the whole list had stopped; what does not keep to windows is not cut by them."""
    is_there = listing.cut_at > 0 and listing.start_records == listing.cut_at
    return is_there and heeds(listing.window, (record.datestamp for record in page.records))


def _counting(listing: Listing, page: Page, fresh: Fresh) -> Listing:
    found = {digest_of(each.body): each for each in page.quarantined}
    new = {digest: each for digest, each in found.items() if digest not in listing.lost}
    lost = (*listing.lost, *new)
    return msgspec.structs.replace(
        listing,
        listed=listing.listed + fresh.listed,
        start_fresh=listing.start_fresh + fresh.listed,
        start_records=listing.start_records + page.size,
        empty_pages=0 if page.size else listing.empty_pages + 1,
        given_pages=0 if fresh.started or not page.records else listing.given_pages + 1,
        quarantined=len(lost),
        unnamed=listing.unnamed + sum(each.identifier is None for each in new.values()),
        lost=lost,
    )


def _claiming(listing: Listing, page: Page) -> Listing:
    """A claim speaks of what was asked for: of the whole list only before it is asked anew, or by windows."""
    if page.claim is None:
        return listing
    stated = msgspec.structs.replace(listing, start_claim=page.claim)
    if listing.restarts or listing.window != Window():
        return stated
    differs = listing.claim is not None and listing.claim != page.claim
    return msgspec.structs.replace(stated, claim=page.claim, claim_changed=listing.claim_changed or differs)


def _dated(listing: Listing, page: Page) -> Listing:
    stated = [record.datestamp for record in page.records]
    stamps = [stamp for stamp in stated if read_datestamp(stamp)]
    ordered = [stamp for stamp in (listing.newest, *stamps) if stamp]
    in_order = len(stamps) == len(stated) and ordered == sorted(ordered)
    return msgspec.structs.replace(
        listing,
        newest=max(ordered, default=None),
        oldest=min([stamp for stamp in (listing.oldest, *stamps) if stamp], default=None),
        ascending=listing.ascending and in_order,
    )


def _paged(listing: Listing, page: Page, seconds: float) -> Listing:
    followed = listing.followed.passed(token_digest(listing.token)) if listing.token else listing.followed
    return msgspec.structs.replace(
        listing,
        next_since=listing.next_since or page.response_date,
        followed=followed,
        token=page.token or None,
        both_forms=False,
        pages=listing.pages + 1,
        start_pages=listing.start_pages + 1,
        seconds=listing.seconds + seconds,
        early_seconds=(*listing.early_seconds, seconds)[:_EARLY_PAGES],
        longest_page=max(listing.longest_page, page.size),
        full_page=max(listing.full_page, page.size if page.token else 0),
        said_end=page.token == "" or (page.token is None and _is_short(listing, page)),
    )


def _is_short(listing: Listing, page: Page) -> bool:
    """Without a token element the end is believed on an only page, or on one shorter than the longest (3.5).

    An only page that is just as long as the longest of other lists may be the first of several.
    """
    if listing.pages == 0:
        return not page.size or page.size != listing.page_cap
    return page.size < listing.longest_page


def _is_looping(before: Listing, after: Listing, limits: Limits) -> bool:
    """A token seen before, empty pages, pages already given, or far more than was claimed; all since the last start."""
    if token_digest(after.token) in after.followed or after.token == before.token:
        return True
    if after.given_pages >= limits.given_pages or after.empty_pages >= limits.empty_pages:
        return True
    if after.start_claim is None or after.claim_worth in ("estimate", "false"):
        return False
    return after.start_records > 1.5 * after.start_claim + 10 * max(after.longest_page, 1)


def _is_slow(before: Listing, seconds: float, limits: Limits) -> bool:
    early = before.early_seconds
    if seconds <= limits.slow_page_seconds or len(early) < _FEWEST_EARLY or before.start_pages < _FEWEST_EARLY:
        return False
    return seconds > limits.slow_factor * sum(early) / len(early)


def without_records(listing: Listing, page: Page) -> Listing:
    """The list where the window in hand holds no record, or none behind the token that was asked with."""
    reached = listing.next_since or page.response_date
    return next_window(msgspec.structs.replace(listing, next_since=reached, said_end=listing.token is None))


def next_window(listing: Listing) -> Listing:
    """The list after the window in hand came to its end: the next one, or its own end."""
    if not listing.windows:
        return msgspec.structs.replace(listing, token=None, ended=True)
    successes = listing.successes + 1
    rest = merge(listing.windows) if successes % _MERGE_AFTER == 0 else listing.windows
    moved = msgspec.structs.replace(listing, successes=successes, fruitless=0)
    return in_window(moved, rest[0], rest[1:])


def in_window(listing: Listing, window: Window, rest: tuple[Window, ...]) -> Listing:
    """The list at the beginning of `window`."""
    moved = msgspec.structs.replace(listing, window=window, windows=rest, window_starts=0)
    return started(moved)


def started(listing: Listing) -> Listing:
    """The list before the first request of its window."""
    return msgspec.structs.replace(
        listing,
        start=listing.start + 1,
        newest=None,
        ascending=True,
        token=None,
        both_forms=False,
        stuck="",
        followed=Trail(),
        header_pages=Trail(),
        start_pages=0,
        start_records=0,
        start_fresh=0,
        start_claim=None,
        empty_pages=0,
        given_pages=0,
        ended=False,
        said_end=False,
    )
