"""Where a fetch of a ResourceSync source stands: the list in hand, its part, the entry in it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from harvester.resourcesync.documents import Entry
from harvester.trail import digest_of

#: resources that could not be had, and are asked for again alone; of more than these the source is read whole again
MOST_OWED = 1_000


Kind = Literal["resourcelist", "resourcedump", "changelist", "changedump"]
#: what tells of all there is, what tells of changes, and what comes in packages: each in the order of preference
WHOLE: tuple[Kind, ...] = ("resourcedump", "resourcelist")
CHANGES: tuple[Kind, ...] = ("changedump", "changelist")
DUMPS: tuple[Kind, ...] = ("resourcedump", "changedump")


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that is listed and could not be had."""

    entry: Entry
    reason: str


class SyncPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where the fetch of one source stands."""

    #: empty = nothing was asked yet
    kind: Kind | Literal[""] = ""
    #: of the list, or the index of its parts; empty = there is nothing to read but what is owed
    address: str = ""
    #: part, or package, in hand; empty before the first
    part: str = ""
    #: entries of it that are done, and the digest of their addresses: a list that was written anew is read anew
    done: int = 0
    digest: str = ""
    #: changes from here on are wanted; None = all
    since: datetime | None = None
    #: up to here everything is known once the fetch has ended
    reached: datetime | None = None
    owed: tuple[Owed, ...] = ()
    #: how many more could not be had than are asked for again alone
    more_owed: int = 0
    #: dumps that this fetch could not read, each with its reason: what they hold is asked for in another way
    passed: dict[str, str] = {}
    #: a change dump is behind it, with what earlier fetches owed
    behind_dump: bool = False
    ended: bool = False


def goes_on(place: SyncPlace, entries: Sequence[Entry]) -> int:
    """How many of `entries` are done; 0 where they are not those that were read before."""
    return place.done if digest(entries[: place.done]) == place.digest else 0


def settled(place: SyncPlace, entry: Entry, reason: str) -> SyncPlace:
    """The place behind an entry that was had, or is owed for `reason`."""
    owed = tuple(each for each in place.owed if each.entry.address != entry.address)
    is_kept = len(owed) < MOST_OWED
    more = place.more_owed + (1 if reason and not is_kept else 0)
    if reason and is_kept:
        owed = (*owed, Owed(entry=entry, reason=reason))
    moments = [moment for moment in (place.reached, entry.changed) if moment]
    reached = max(moments, default=None) if place.kind in CHANGES else place.reached
    return msgspec.structs.replace(place, owed=owed, more_owed=more, reached=reached)


def digest(entries: Sequence[Entry]) -> str:
    """What is kept of entries that are done."""
    return digest_of("\n".join(entry.address for entry in entries).encode())
