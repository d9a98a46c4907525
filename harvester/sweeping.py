"""A sweep: the headers of a list whose end is not proved, by date windows, and what they name that the list did not.

The list was asked for once and is not asked for again: its headers are cheap, and each record that they name beyond it
is fetched alone. What cannot be fetched is missing, by name (harvesting, 5). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from harvester.advance import CUT, Fresh, in_window, started
from harvester.checkpoint import Listing
from harvester.evidence import of_list
from harvester.oaipmh.header import Header
from harvester.oaipmh.page import Page
from harvester.ports import Complete
from harvester.settings import Limits
from harvester.trail import digest_of
from harvester.windows import Reach, Window, heeds, plan
from mappings.schema.raw import RawRecord

#: what a list is stuck with that is to be listed once more
RELIST = "relist"
#: records in vain, after which no more are asked for one by one
MOST_UNFETCHED = 200
#: records in vain, before any was given, after which a repository counts as one that gives none alone
_REFUSED = 3
#: lists are cut at multiples of the first; of the second where a window that cannot be parted is not believed
_ROUND, _ROUNDER = 10, 50


def begin(listing: Listing, reach: Reach) -> Listing:
    """The list before its sweep; its windows are those of headers now."""
    windows = plan(Window(), reach)
    kept = msgspec.structs.replace(
        listing,
        sweep="headers",
        believed=of_list(listing) == Complete(evidence="listed"),
        gaps=(),
        listed_gaps=listing.gaps,
        fruitless=0,
        successes=0,
        restarts=listing.restarts + 1,
    )
    return in_window(kept, windows[0], windows[1:])


def page_of(headers: Sequence[Header], page: Page, feed: str) -> Page:
    """The page as a list moves by it: its headers stand for records, which nobody keeps."""
    records = tuple(
        RawRecord(
            feed=feed,
            identifier=header.identifier,
            datestamp=header.datestamp,
            deleted=header.deleted,
            payload="",
            payload_sha256="",
        )
        for header in headers
    )
    return msgspec.structs.replace(page, records=records, quarantined=())


def freshness(listing: Listing, headers: Sequence[Header]) -> Fresh:
    """Whether the page came before since the last start: headers are not kept, so a page is known by its digest."""
    return Fresh(listed=0, started=0 if _digest(headers) in listing.header_pages else len(headers))


def beyond(listing: Listing, headers: Sequence[Header], marks: Mapping[str, int]) -> list[str]:
    """What headers name and the list did not; `marks` says what the run has listed."""
    return [header.identifier for header in headers if marks.get(header.identifier, 0) < listing.first_start]


def swept(listing: Listing, headers: Sequence[Header], beyond: Sequence[str], limits: Limits) -> Listing:
    """The list after a page of headers, of which `beyond` are to be fetched."""
    unlisted = tuple(dict.fromkeys((*listing.unlisted, *beyond)))
    moved = msgspec.structs.replace(
        listing, unlisted=unlisted, header_pages=listing.header_pages.passed(_digest(headers))
    )
    if len(unlisted) > limits.fetches:
        return failed(moved) if moved.relisted else relisted(moved)
    return _closed(moved) if moved.ended else moved


def relisted(listing: Listing) -> Listing:
    """The list where its headers name more than can be asked for one by one: it is listed once more, in windows.

    Where the list stopped, one of a window may stop too: such a window is parted until none does.
    """
    return msgspec.structs.replace(
        started(listing),
        window=Window(),
        windows=(),
        sweep="",
        unlisted=(),
        missing=(),
        believed=False,
        relisted=True,
        cut_at=listing.listed,
        stuck=RELIST,
    )


def stops_like_the_list(listing: Listing, headers: Sequence[Header], page: Page, limits: Limits) -> bool:
    """Whether a window ends with `page` at just as many headers as the whole list had, and no size says that it is all.

    A repository that ends every list at one number of records, a round one, ends those of its headers there too.
    One that gives headers outside of the window does not heed it: all its windows are one.
    """
    size = listing.start_records + page.size
    is_cut = not page.token and page.claim != size and size == listing.listed <= limits.cut_records
    return is_cut and size > 0 and not size % _ROUND and heeds(listing.window, (each.datestamp for each in headers))


def unproved(listing: Listing, window: Window) -> Listing:
    """The list where a window that cannot be parted may have been cut: the next run lists it again.

    Small lists whose records all came in one day are common: only a number that many repositories cut at is doubted.
    """
    if listing.listed % _ROUNDER:
        return listing
    return msgspec.structs.replace(listing, gaps=(*listing.gaps, window))


def passed(listing: Listing) -> Listing:
    """The list after a window without headers."""
    return _closed(listing) if listing.ended else listing


def fetched(listing: Listing) -> Listing:
    """The list after the first of the unlisted records came."""
    kept = msgspec.structs.replace(listing, given_alone=True, listed=listing.listed + 1)
    return _closed(msgspec.structs.replace(kept, unlisted=listing.unlisted[1:]))


def unfetched(listing: Listing) -> Listing:
    """The list after the first of the unlisted records could not be had."""
    missing = (*listing.missing, listing.unlisted[0])
    # a list that was asked for in windows already gives no more in others
    if len(missing) >= _REFUSED and listing.restarts <= 1 and not (listing.given_alone or listing.relisted):
        return relisted(listing)
    moved = msgspec.structs.replace(listing, unlisted=listing.unlisted[1:], missing=missing)
    return failed(moved) if len(missing) >= MOST_UNFETCHED else _closed(moved)


def failed(listing: Listing) -> Listing:
    """The list where no sweep can be had: its end stays unproved; what it named is missing."""
    missing = tuple(dict.fromkeys((*listing.missing, *listing.unlisted)))
    cut = (listing.window, *listing.windows) if listing.stuck == CUT else ()
    gaps = tuple(dict.fromkeys((*listing.listed_gaps, *listing.gaps, *cut)))
    return msgspec.structs.replace(
        listing, sweep="failed", unlisted=(), missing=missing, gaps=gaps, listed_gaps=(), stuck="", ended=True
    )


def _closed(listing: Listing) -> Listing:
    if listing.unlisted:
        return msgspec.structs.replace(listing, sweep="fetch", ended=False, token=None)
    return msgspec.structs.replace(listing, sweep="done", ended=True, token=None)


def _digest(headers: Sequence[Header]) -> str:
    return digest_of("\n".join(header.identifier for header in headers).encode("utf-8", "surrogatepass"))
