"""What a page that came brings into the store, and how it comes there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from harvester.brake import Weighed
from harvester.checkpoint import Listing
from harvester.flags import flagged
from harvester.oaipmh.client import Fetched
from harvester.place import Place
from harvester.ports import Changed, HarvestStore, PageCommit, Tally
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


def with_weighed(commit: PageCommit, changed: Changed, weighed: Sequence[Weighed]) -> PageCommit:
    """The page with what each record that it changes is in the catalogue, and would be."""
    names = [record.identifier for _, record in changed]
    return msgspec.structs.replace(commit, weighed=dict(zip(names, weighed, strict=True)))


async def committed(store: HarvestStore, commit: PageCommit) -> Tally:
    """Keeps a page, once it is known what becomes of the records that it changes."""
    changed = await asyncio.to_thread(store.to_weigh, commit)
    if changed:
        commit = with_weighed(commit, changed, await store.weigh(changed))
    return await asyncio.to_thread(store.commit_page, commit)
