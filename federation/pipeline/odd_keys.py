"""Blocking keys that are out of the ordinary: held by too many, or naming no one thing."""

from __future__ import annotations

from collections.abc import Collection

from federation.linkage.generic_values import is_generic
from federation.linkage.ruleset import base
from federation.pipeline.link_reading import LinkReading
from federation.storage.linkage.keyed import KeyState


def turned(
    reading: LinkReading, keys: Collection[int], identifiers: Collection[int]
) -> tuple[dict[int, KeyState], set[int]]:
    """What those of `keys` have become that are not what was noted of them, and the records that hold these.

    identifiers   the keys that are known to be of identifiers
    """
    noted, holders, most = reading.key_states(keys), reading.holders(keys), base().limits.key
    found = {}
    for key in sorted(keys):
        rids = [holder.rid for holder in holders.get(key, ()) if holder.public]
        judged = key in identifiers or noted.get(key, KeyState()).generic
        now = KeyState(len(rids) > most, judged and _is_generic(reading, rids))
        if now != noted.get(key, KeyState()):
            found[key] = now
    return found, {holder.rid for key in found for holder in holders.get(key, ())}


def _is_generic(reading: LinkReading, rids: Collection[int]) -> bool:
    """Whether the holders of an identifier, the 120 lowest of them, speak of unlike things."""
    found = reading.get_many(sorted(rids)[: base().limits.key])
    return is_generic(each.features.title for each in found.values() if each.features and each.features.title)
