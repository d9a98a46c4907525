"""What the end of a run is worth: a named verdict, never a silent success."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from harvester.checkpoint import Listing
from harvester.ports import Complete, Incomplete, Verdict

#: evidence, the weakest first: a run is worth what the weakest of its lists is
_WEAKEST_FIRST = ("listed", "swept", "counted")


def verdict_of(lists: Sequence[Listing]) -> Verdict:
    """The verdict of lists that all reached an end: the worst of theirs."""
    verdicts = [of_list(listing) for listing in _judged(lists)]
    short = [verdict for verdict in verdicts if isinstance(verdict, Incomplete)]
    if short:
        return Incomplete(missing=sum(verdict.missing for verdict in short), reason=short[0].reason)
    found = {verdict.evidence for verdict in verdicts if isinstance(verdict, Complete)}
    return Complete(evidence=next((each for each in _WEAKEST_FIRST if each in found), "listed"))


def _judged(lists: Sequence[Listing]) -> list[Listing]:
    """A list of everything that reached no end says nothing; one that did, more than a list's own word for its end."""
    whole = {listing.set_spec for listing in lists if listing.reconciles and isinstance(of_list(listing), Complete)}
    named = [listing for listing in lists if not listing.reconciles or listing.set_spec in whole or listing.missing]
    return [each for each in named if each.reconciles or not (each.set_spec in whole and _is_believed(each))]


def _is_believed(listing: Listing) -> bool:
    return of_list(listing) == Complete(evidence="listed")


def needs_look(listing: Listing) -> bool:
    """Whether a look at its tail may prove the end: nothing but the manner of that end speaks against it.

    A list that states a size, that was asked anew, or that is the first whole one is swept instead.
    """
    if listing.sweep or listing.tail or listing.since is None or listing.trusted_claim is not None:
        return False
    asked_anew = listing.restarts or listing.guards or listing.start > listing.first_start
    return not asked_anew and of_list(listing) == Incomplete(missing=0, reason="end_unproved")


def needs_sweep(listing: Listing) -> bool:
    """Whether the list reached an end that its headers may prove or disprove.

    That is an end which nothing proves, and the end of a first full list for which only its own word speaks: there are
    repositories whose lists all stop at the same number of records and say that they ended.
    """
    if listing.sweep:
        return False
    match _of_end(listing):
        case Incomplete():
            return True
        case Complete(evidence=evidence):
            return evidence == "listed" and listing.since is None
        case _:
            return False


def of_list(listing: Listing) -> Verdict:
    """The verdict of one list that reached an end: what could not be read lacks, whatever the end proves."""
    end, lost = _of_end(listing), _lost(listing)
    if not lost:
        return end
    if isinstance(end, Incomplete):
        return msgspec.structs.replace(end, missing=end.missing + lost)
    return Incomplete(missing=lost, reason="quarantined")


def _lost(listing: Listing) -> int:
    """Records that could not be read; what a sweep names was asked for alone, and lacks by name if it did not come."""
    return listing.unnamed if listing.sweep == "done" else listing.quarantined


def _of_end(listing: Listing) -> Verdict:
    """What the list's end proves, as if all of it could be read."""
    claim = None if listing.claim_changed else listing.trusted_claim
    came = listing.listed + _lost(listing)
    short = max((claim or 0) - came, 0)
    if claim is not None and claim in (listing.listed, came):
        return Complete(evidence="counted")
    if listing.missing:
        return Incomplete(missing=max(len(listing.missing), short), reason="unfetchable")
    if listing.gaps:
        return Incomplete(missing=short, reason="windows_unread")
    if listing.sweep == "done":
        return Complete(evidence="swept")
    if claim is not None:
        return Incomplete(missing=short, reason="count_differs")
    if listing.believed:
        return Complete(evidence="listed")
    asked_anew = listing.restarts or listing.guards or listing.start > listing.first_start
    if listing.said_end and listing.trusted_claim is None and not asked_anew:
        return Complete(evidence="listed")
    if listing.tail == "quiet":
        return Complete(evidence="listed")
    return Incomplete(missing=0, reason="end_unproved")
