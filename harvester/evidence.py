"""What the end of a run is worth: a named verdict, never a silent success."""

from __future__ import annotations

from collections.abc import Sequence

from harvester.checkpoint import Listing
from harvester.ports import Complete, Incomplete, Verdict


def verdict_of(lists: Sequence[Listing]) -> Verdict:
    """The verdict of lists that all reached an end: the worst of theirs."""
    verdicts = [_of_list(listing) for listing in lists]
    short = [verdict for verdict in verdicts if isinstance(verdict, Incomplete)]
    if short:
        return Incomplete(missing=sum(verdict.missing for verdict in short), reason=short[0].reason)
    counted = all(isinstance(verdict, Complete) and verdict.evidence == "counted" for verdict in verdicts)
    return Complete(evidence="counted" if verdicts and counted else "listed")


def _of_list(listing: Listing) -> Verdict:
    if listing.quarantined:
        return Incomplete(missing=listing.quarantined, reason="quarantined")
    claim = None if listing.claim_changed else listing.claim
    if claim is not None and claim == listing.listed:
        return Complete(evidence="counted")
    if listing.gaps:
        return Incomplete(missing=max((claim or 0) - listing.listed, 0), reason="windows_unread")
    if claim is not None:
        return Incomplete(missing=max(claim - listing.listed, 0), reason="count_differs")
    if (
        listing.said_end
        and listing.claim is None
        and not (listing.restarts or listing.guards or listing.start > listing.first_start)
    ):
        return Complete(evidence="listed")
    return Incomplete(missing=0, reason="end_unproved")
