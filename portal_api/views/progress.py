"""How far a run is: records, what the repository says it will list, the window in hand, how fast, how long yet."""

from __future__ import annotations

from datetime import datetime

import msgspec

from federation.storage.runs import StoredRun
from harvester.advance import list_in_hand


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is; of an ended one, how far it came."""

    #: distinct identifiers that its lists named, those that only compare apart
    records: int
    #: that the repository says it will list, of all lists together; None where it does not say it of each
    claim: int | None
    #: edges of the stretch of dates in hand; None where the list begins, or ends, or it is had in one piece
    window_since: str | None
    window_until: str | None
    #: in each second since it began, waits for the repository included
    records_per_second: float
    #: at that rate; None where it has ended, or nothing says how many there are
    seconds_left: float | None


def progress_of(run: StoredRun, now: datetime) -> Progress:
    """How far a run is by its last page."""
    lists = [listing for listing in run.checkpoint.lists if not listing.reconciles]
    records = sum(listing.listed for listing in lists)
    claims = [listing.trusted_claim for listing in lists]
    claim = None if not claims or None in claims else sum(each or 0 for each in claims)
    position = list_in_hand(run.checkpoint) if run.ended_at is None else None
    window = None if position is None else run.checkpoint.lists[position].window
    seconds = ((run.ended_at or now) - run.started_at).total_seconds()
    rate = records / seconds if seconds > 0 else 0.0
    goes_on = run.ended_at is None and claim is not None and rate > 0
    return Progress(
        records=records,
        claim=claim,
        window_since=window.since if window else None,
        window_until=window.until if window else None,
        records_per_second=round(rate, 2),
        seconds_left=round(max((claim or 0) - records, 0) / rate, 1) if goes_on else None,
    )
