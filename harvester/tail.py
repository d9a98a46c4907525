"""A look at a list's tail: whether what stands from its newest datestamp on, and from its middle, was listed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from harvester import sweeping
from harvester.checkpoint import Listing, Tail
from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.datestamps import read_datestamp, write_datestamp
from harvester.oaipmh.headers import read_headers
from harvester.oaipmh.requests import Arguments
from harvester.place import Place
from harvester.ports import HarvestStore
from harvester.retry import BUSY, Failure


async def look(
    listing: Listing,
    place: Place,
    store: HarvestStore,
    ask: Callable[[Arguments], Awaitable[Fetched | Failure]],
) -> Tail | Failure:
    """`quiet` where two lists of headers name nothing that the list did not; a source that is busy is its failure."""
    begins = stamps(listing, place.feed)
    for since in begins:
        answer = await ask(_arguments(listing, place.feed, since))
        if isinstance(answer, Failure):
            return answer if answer.status in BUSY else "more"
        headers = await asyncio.to_thread(read_headers, answer.body, place.feed.profile.charset)
        if headers is None and "noRecordsMatch" not in [error.code for error in answer.page.errors]:
            return "more"
        found = headers or ()
        marks = await asyncio.to_thread(store.marks, place.checkpoint.run, [each.identifier for each in found])
        if sweeping.beyond(listing, found, marks):
            return "more"
    return "quiet" if begins else "more"


def stamps(listing: Listing, feed: Feed) -> Sequence[str]:
    """Where the two lists begin; none where the list named no date."""
    newest, oldest = read_datestamp(listing.newest or ""), read_datestamp(listing.oldest or "")
    if newest is None or oldest is None:
        return ()
    granularity = feed.profile.granularity
    return [write_datestamp(moment, granularity) for moment in (newest, oldest + (newest - oldest) / 2)]


def _arguments(listing: Listing, feed: Feed, since: str) -> Arguments:
    named = (("set", listing.set_spec), ("from", since), ("until", feed.until or ""))
    given = tuple((name, value) for name, value in named if value)
    return (("verb", "ListIdentifiers"), ("metadataPrefix", feed.metadata_prefix), *given)
