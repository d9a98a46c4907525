"""Whether a run has brought as much as its feed may bring at once; pure."""

from __future__ import annotations

from harvester.caps import Caps
from harvester.checkpoint import Checkpoint, Listing

#: why a run ends that has brought as much; the next one goes on
CAPPED = frozenset({"pages_capped", "records_capped"})


def capped(caps: Caps, reached: Checkpoint, listing: Listing) -> str:
    """Why the list in hand is not asked for another page; empty where it may be. Headers alone are not counted."""
    if listing.sweep:
        return ""
    if caps.pages and reached.pages >= caps.pages:
        return "pages_capped"
    is_over = caps.records and sum(each.listed for each in reached.lists) >= caps.records
    return "records_capped" if is_over else ""
