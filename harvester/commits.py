"""What a page that came brings into the store; pure."""

from __future__ import annotations

import msgspec

from harvester.checkpoint import Listing
from harvester.flags import flagged
from harvester.oaipmh.client import Fetched
from harvester.place import Place
from harvester.ports import PageCommit
from harvester.trail import digest_of


def page_commit(place: Place, listing: Listing, fetched: Fetched) -> PageCommit:
    """The page of `listing` that the run has just turned at `place`, as it is to be kept."""
    page, number = fetched.page, place.checkpoint.pages
    stamp = {"page": number, "harvested": fetched.at}
    return PageCommit(
        number=number,
        sha256=fetched.sha256,
        body=fetched.body,
        token_in=listing.token,
        token_out=page.token,
        records=tuple(msgspec.structs.replace(flagged(record), **stamp) for record in page.records),
        content_sha256=page.content_sha256,
        quarantined=tuple(found for found in page.quarantined if digest_of(found.body) not in listing.lost),
        start=listing.start,
        next=place.checkpoint,
        fetched_at=fetched.at,
        doubtful=len(place.checkpoint.doubtful),
    )
