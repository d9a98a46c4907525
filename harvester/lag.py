"""How late changes appear in a repository's lists after the moment that they are dated by; pure.

Some repositories list from an index that follows hours behind. A record that the last list should have shown, and that
this one shows, tells by how much at least: the next lists begin as much earlier, and as much again (harvesting, 3).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from harvester.checkpoint import Listing
from harvester.feeds import Profile
from harvester.oaipmh.datestamps import granularity_of, one_granule, read_datestamp

#: no list begins earlier than by so much for it
MOST = timedelta(days=14)


def lag_of(listing: Listing, stamps: Iterable[str]) -> int:
    """By how many seconds the latest of these came too late to be in the list of the last run; 0 where none did.

    stamps   datestamps of records that are new here under them
    """
    reached, since = read_datestamp(listing.reached or ""), listing.reached_from or ""
    if reached is None:
        return 0
    latest = timedelta()
    for stamp in stamps:
        moment = read_datestamp(stamp)
        # what is dated before the last list began was not looked for; within its granule it may have come afterwards
        if moment is not None and stamp[: len(since)] >= since[: len(stamp)]:
            latest = max(latest, reached - moment - one_granule(granularity_of(stamp)))
    return int(latest.total_seconds())


def looking_back(profile: Profile) -> timedelta:
    """How much earlier lists begin for it."""
    return min(timedelta(seconds=2 * profile.by_pins().lag_seconds), MOST)
