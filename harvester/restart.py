"""How a list that cannot go on as it was is asked anew: by date, by windows, by smaller windows; pure.

The list's end is never taken from what went wrong. What cannot be had in a window of one granule is a gap, by name.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from harvester.advance import CUT, in_window, next_window, started
from harvester.checkpoint import Listing
from harvester.oaipmh.datestamps import read_datestamp
from harvester.settings import Limits
from harvester.windows import Reach, Window, halve, plan

#: what a list may be stuck with so that it goes on from its newest datestamp
_BY_DATE = ("token", "loop")
#: starts of a window of one granule before it counts as a gap
_GRANULE_STARTS = 2


def goes_by_date(listing: Listing) -> bool:
    """Whether the list goes on from its newest datestamp, undivided; after a loop only once."""
    if listing.stuck not in _BY_DATE or (listing.stuck == "loop" and listing.window_starts):
        return False
    return _rest(listing) != listing.window


def by_date(listing: Listing) -> Listing:
    """The list from the newest datestamp on."""
    return started(msgspec.structs.replace(_again(listing), window=_rest(listing)))


def by_windows(listing: Listing, reach: Reach, width: timedelta | None = None) -> Listing:
    """The list in windows, or with the window in hand halved; `width` is that of windows which served before."""
    rest, divided = _rest(listing), bool(listing.windows) or listing.window.until is not None
    parts = halve(rest, reach) if divided else plan(rest, reach, width=width)
    if listing.stuck == "profile":
        unparted = msgspec.structs.replace(listing, stuck="")
        return in_window(listing, parts[0], parts[1:]) if len(parts) > 1 else unparted
    moved = _again(listing)
    if len(parts) > 1:
        return in_window(moved, parts[0], (*parts[1:], *listing.windows))
    if moved.window_starts <= _GRANULE_STARTS:
        return started(msgspec.structs.replace(moved, window=rest))
    return next_window(msgspec.structs.replace(moved, gaps=(*listing.gaps, rest), successes=0))


def can_part(listing: Listing, reach: Reach) -> bool:
    """Whether what is left of the window in hand is wider than a granule."""
    return len(halve(_rest(listing), reach)) > 1


def given_up(listing: Listing) -> Listing:
    """The list ended here, with all that is left of it a gap; a sweep can still name what stands in it."""
    gaps = (*listing.gaps, listing.window, *listing.windows)
    return msgspec.structs.replace(listing, gaps=gaps, windows=(), token=None, stuck="", ended=True)


def _rest(listing: Listing) -> Window:
    """What is left of the window in hand: all of it, or what is newer than the newest of a list that came in order."""
    newest = listing.newest or ""
    if not listing.ascending or read_datestamp(newest) is None or newest <= (listing.window.since or ""):
        return listing.window
    return Window(since=newest, until=listing.window.until)


def _again(listing: Listing) -> Listing:
    return msgspec.structs.replace(
        listing,
        restarts=listing.restarts + 1,
        # a window that was cut is parted down to a granule, however often it names the same
        fruitless=0 if listing.start_fresh else listing.fruitless + (listing.stuck != CUT),
        window_starts=listing.window_starts + 1,
        successes=0,
    )


def is_broken(listing: Listing, limits: Limits) -> bool:
    """Whether asking anew brings nothing any more."""
    return listing.fruitless > limits.restarts
