"""How far a list goes, which only sizes its windows; what is said on the way is kept."""

from __future__ import annotations

from harvester.checkpoint import Listing
from harvester.learning import declared_granularity
from harvester.place import Place
from harvester.source import Source
from harvester.windows import Reach


async def reach_of(listing: Listing, place: Place, source: Source) -> Reach:
    """How far the list goes; the repository is asked when it began only where nothing else says so."""
    identity = await source.identity(place.feed) if listing.since is None else None
    if identity is not None:
        place.learn(**declared_granularity(identity))
    return source.reach_by(place.feed, listing, identity)
