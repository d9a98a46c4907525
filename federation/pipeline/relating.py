"""The things that belong to a thing without being it, asked of the present rows whenever a page is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from federation.linkage.blocking_keys import keys_of
from federation.linkage.relations import RelationOfWork, relation
from federation.storage.linkage import clusters, keyed
from federation.storage.linkage.keyed import Keyed
from mappings.schema.access import PUBLIC

#: members that are looked at, holders of a key above which it tells nothing, records that are compared
_MEMBERS, _HOLDERS, _COMPARED = 5, 120, 200


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that belongs to another."""

    #: name of its cluster
    id: str
    type: RelationOfWork


def related(connection: sa.Connection, cluster_id: str, audience: str, limit: int = 12) -> list[Related]:
    """Editions, formats and versions of a thing that the audience may see, by the number of the record.

    A hidden record plays no part for an audience that may not see it.
    """
    own = clusters.members(connection, [cluster_id]).get(cluster_id, [])
    members = _seen(keyed.get_many(connection, keyed.numbers_of(connection, own).values()).values(), audience)
    if not members:
        return []
    others = _seen(keyed.get_many(connection, _met(connection, members)).values(), audience)
    found: dict[int, RelationOfWork] = {}
    for other in others:
        if other.cid is not None and other.cid != members[0].cid and other.cid not in found:
            types = (_relation(member, other) for member in members)
            if (first := next((each for each in types if each is not None), None)) is not None:
                found[other.cid] = first
    names = _names(connection, list(found)[:limit])
    return [Related(id=names[cid], type=kind) for cid, kind in found.items() if cid in names]


def _seen(states: Iterable[Keyed], audience: str) -> list[Keyed]:
    found = [each for each in states if each.alive and each.audience in (PUBLIC, audience)]
    return sorted(found, key=lambda each: each.rid)[:_COMPARED]


def _met(connection: sa.Connection, members: Sequence[Keyed]) -> list[int]:
    """Numbers of the records that share a key with a member; a key that too many hold tells nothing."""
    features = [member.features for member in members[:_MEMBERS] if member.features is not None]
    numbers = {key.number for each in features for key in keys_of(each)}
    own = {member.rid for member in members}
    found: set[int] = set()
    for holders in keyed.holders(connection, numbers).values():
        if sum(holder.public for holder in holders) <= _HOLDERS:
            found |= {holder.rid for holder in holders} - own
    return sorted(found)


def _relation(a: Keyed, b: Keyed) -> RelationOfWork | None:
    return relation(a.features, b.features) if a.features is not None and b.features is not None else None


def _names(connection: sa.Connection, cids: Sequence[int]) -> dict[int, str]:
    return {cid: clusters.name_of(each.record_id) for cid, each in keyed.get_many(connection, cids).items()}
