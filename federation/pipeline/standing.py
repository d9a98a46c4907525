"""What names of things that were given out stand for now, as far as an audience may see it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from federation.storage import catalogue_records
from federation.storage.linkage import clusters
from mappings.schema.access import PUBLIC


def standing(connection: sa.Connection, cluster_ids: Collection[str], audience: str) -> dict[str, str]:
    """Name -> the name of the cluster that it is now; what is gone, or not for `audience`, is absent."""
    seen = _seen(connection, cluster_ids, audience)
    moved = dict(_moved(connection, [name for name in cluster_ids if name not in seen], audience))
    there = _seen(connection, set(moved.values()), audience)
    return {name: name for name in seen} | {name: to for name, to in moved.items() if to in there}


def _seen(connection: sa.Connection, cluster_ids: Collection[str], audience: str) -> frozenset[str]:
    """Standing clusters that have a member whom the audience may know of."""
    members = clusters.members(connection, list(cluster_ids))
    known = catalogue_records.known(connection, [each for ids in members.values() for each in ids])
    shown = {each.id for each in known.values() if each.alive and each.audience in (PUBLIC, audience)}
    return frozenset(name for name, ids in members.items() if not shown.isdisjoint(ids))


def _moved(connection: sa.Connection, cluster_ids: Collection[str], audience: str) -> Iterator[tuple[str, str]]:
    for name in cluster_ids:
        match clusters.resolve_name(connection, name, audience):
            case clusters.Moved(to=to):
                yield name, to
