"""What kept searches found, as their reader may see it now: counts and lists are both taken from here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
import sqlalchemy as sa

from federation.pipeline.standing import standing
from federation.storage import saved_searches
from federation.storage.saved_searches import Hit


def found(connection: sa.Connection, search_ids: Collection[str], audience: str) -> dict[str, list[Hit]]:
    """Search -> what it found and `audience` may see, by its present name, newest first, at most 100.

    Things that were joined are one, found when the first of them was. What may not be seen takes no other's place.
    """
    things: dict[str, dict[str, Hit]] = {key: {} for key in search_ids}
    waiting, start = list(search_ids), 0
    while waiting:
        page = saved_searches.hits(connection, waiting, start)
        names = standing(connection, {hit.cluster for hits in page.values() for hit in hits}, audience)
        for key, hits in page.items():
            _add(things[key], hits, names)
        waiting = [key for key in page if len(things[key]) < saved_searches.LISTED]
        start += saved_searches.LISTED
    return {key: _newest(each.values()) for key, each in things.items()}


def _add(things: dict[str, Hit], hits: Iterable[Hit], names: Mapping[str, str]) -> None:
    """Takes in hits, newest first; the last of those that are one thing now is its oldest."""
    for hit in hits:
        if (now := names.get(hit.cluster)) is not None:
            things[now] = msgspec.structs.replace(hit, cluster=now)


def _newest(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.found_at.timestamp(), hit.cluster))[: saved_searches.LISTED]
