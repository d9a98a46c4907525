"""A ResourceSync source as a file of OAI records: first all that it holds, then what changes.

Packages are read before lists. A dump that cannot be read is passed by, and what it would give asked for one by one.
A resource's address is its identifier. What is listed and cannot be had, or differs from the hash or length that the
list states, stands in the file as a record that could not be read, and is asked for again in the next fetch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

import msgspec

from harvester.feeds import Feed
from harvester.fetching.asking import Asking, is_heard
from harvester.fetching.pieces import Brought, Given, Memory, Mode, Piece, Place, Refused, Unchanged
from harvester.fetching.resourcesync_resources import Resources
from harvester.fetching.resourcesync_walk import OWED_PART, Walk
from harvester.files.xml_records import UNREAD
from harvester.ports import Clock
from harvester.resourcesync.documents import EARLIEST
from harvester.resourcesync.place import (
    CHANGES,
    WHOLE,
    Kind,
    Owed,
    SyncPlace,
    digest,
    goes_on,
    settled,
)
from harvester.retry import Failure
from harvester.settings import Limits
from mappings.engine.inputs import Format

#: resources that are asked for, those of a package, and about how many bytes of them, that are kept in one step
STEP_RESOURCES, STEP_PACKED, STEP_BYTES = 25, 1_000, 4 << 20
_HEAD, _FOOT = "<records>\n", "</records>\n"


class ResourceSyncFetch:
    """The resources of one source."""

    def __init__(
        self, feed: Feed, memory: Memory, format_: Format, asking: Asking, clock: Clock, limits: Limits
    ) -> None:
        self._memory, self._clock, self._limits = memory, clock, limits
        self._walk = Walk(feed, asking, clock, limits)
        self._resources = Resources(self._walk, format_, limits)

    @property
    def in_hand(self) -> bool:
        """Whether a package is."""
        return self._walk.holds_package

    async def piece(self, place: Place) -> Given:
        """The next resources, or the end."""
        if place.sync.ended:
            return self._brought(place)
        begun = place.sync if place.sync.kind else await self._begun(place)
        if not isinstance(begun, SyncPlace):
            return begun
        given = await self._next(place, begun)
        if isinstance(given, Failure) and await self._resources.is_of_dump(begun.kind, given, place.attempt):
            return _anew({**begun.passed, begun.kind: given.name})
        return given

    async def answers(self) -> bool:
        """Whether the source's own address does."""
        return is_heard(await self._walk.get(self._walk.start))

    def close(self) -> None:
        """Drops the package in hand; nothing else stays open between two requests."""
        self._walk.close()

    async def _begun(self, place: Place) -> SyncPlace | Piece | Failure:
        """What is to be read: changes that reach back to what is known, else everything; packages before lists."""
        lists = await self._walk.lists()
        if isinstance(lists, Failure):
            return lists
        before, synced = place.sync, place.sync.reached or self._memory.synced
        passed = dict(before.passed)
        relists = self._memory.relists and not before.behind_dump
        for kind in _wanted(lists, before, synced, relists=relists):
            found = await self._walk.opened(kind, lists, synced, newer=relists)
            if isinstance(found, Failure):
                if not await self._resources.is_of_dump(kind, found, place.attempt):
                    return found
                passed[kind] = found.name
            elif found is not None:
                kept = {"owed": before.owed, "more_owed": before.more_owed, "behind_dump": before.behind_dump}
                return msgspec.structs.replace(found, passed=passed, **kept)
        return _unlisted(lists, before, synced, passed)

    async def _next(self, place: Place, begun: SyncPlace) -> Given:
        parts = await self._parts(begun)
        if isinstance(parts, Failure):
            return parts
        if begun.part and begun.part not in parts:
            # the list was parted in another way meanwhile
            return _anew(begun.passed)
        sync = begun if begun.part or not parts else msgspec.structs.replace(begun, part=parts[0])
        return await self._step(place, sync, parts)

    async def _parts(self, sync: SyncPlace) -> tuple[str, ...] | Failure:
        parts = await self._walk.parts(sync)
        owes = sync.kind in CHANGES and bool(self._memory.owed) and not sync.behind_dump
        return (OWED_PART, *parts) if owes and not isinstance(parts, Failure) else parts

    async def _step(self, place: Place, sync: SyncPlace, parts: Sequence[str]) -> Given:
        if not parts:
            return await self._ended(place, sync)
        entries = await self._walk.entries(sync, self._memory.owed)
        if isinstance(entries, Failure):
            return entries
        first = goes_on(sync, entries)
        texts: list[str] = []
        done, size = first, 0
        latest = self._clock.monotonic() + self._limits.page_seconds
        package = self._walk.package(sync)
        for entry in entries[first : first + (STEP_PACKED if package else STEP_RESOURCES)]:
            taken = await self._resources.taken(entry, package, place.attempt if done == first else 0)
            if isinstance(taken, Failure):
                if done == first:
                    return taken
                break
            behind = settled(sync, entry, taken.reason)
            is_more = behind.more_owed > sync.more_owed
            texts.append(_unread(Owed(entry=entry, reason=taken.reason)) if is_more else taken.text)
            done, size, sync = done + 1, size + len(taken.text), behind
            if size > STEP_BYTES or self._clock.monotonic() > latest:
                break
        behind = msgspec.structs.replace(sync, done=done, digest=digest(entries[:done]))
        if done < len(entries):
            return _kept(place, behind, texts)
        return await self._behind_part(place, behind, parts, texts)

    async def _behind_part(self, place: Place, sync: SyncPlace, parts: Sequence[str], texts: Sequence[str]) -> Given:
        following = parts[parts.index(sync.part) + 1 :]
        if not following:
            return await self._ended(place, sync, texts)
        return _kept(place, msgspec.structs.replace(sync, part=following[0], done=0, digest=digest(())), texts)

    async def _ended(self, place: Place, sync: SyncPlace, texts: Sequence[str] = ()) -> Given:
        self._walk.close()
        if sync.kind == "changedump":
            return _kept(place, await self._behind_dump(sync), texts)
        if sync.kind == "changelist" and not (place.offset or any(texts) or sync.owed):
            return Unchanged(memory=self._known(sync), still_whole=False)
        owed = "".join(_unread(each) for each in sync.owed)
        # a file that lacks something is another file than the last one that lacked the same
        mark = f"<!-- {self._clock.now()} {place.pieces} {sync.reached} -->\n" if owed else ""
        return _kept(place, msgspec.structs.replace(sync, ended=True), texts, f"{owed}{mark}{_FOOT}")

    async def _behind_dump(self, sync: SyncPlace) -> SyncPlace:
        """Behind a change dump, which is written now and then, the change list tells of what is newer."""
        told = (sync.reached, await self._walk.told_until(sync))
        reached = min(self._clock.now(), max((moment for moment in told if moment), default=EARLIEST))
        passed = {**sync.passed, "changedump": ""}
        return SyncPlace(reached=reached, owed=sync.owed, more_owed=sync.more_owed, passed=passed, behind_dump=True)

    def _brought(self, place: Place) -> Brought | Refused:
        sync = place.sync
        if not self._memory.synced and place.offset <= len(_HEAD) + len(_FOOT):
            return Refused(reason="no_records", memory=msgspec.structs.replace(self._memory, place=None))
        mode: Mode = "replace" if sync.kind in WHOLE else "add"
        return Brought(name="records.xml", mode=mode, memory=self._known(sync), note=_note(sync))

    def _known(self, sync: SyncPlace) -> Memory:
        if sync.more_owed:
            return msgspec.structs.replace(self._memory, synced=None, owed=(), place=None)
        # a change that is dated later than now must not hide those that come until then
        synced = min(sync.reached, self._clock.now()) if sync.reached else None
        return msgspec.structs.replace(self._memory, synced=synced, owed=sync.owed, place=None)


def _wanted(lists: Mapping[str, str], place: SyncPlace, synced: datetime | None, *, relists: bool) -> list[Kind]:
    """Kinds of lists and dumps that are offered, in the order in which they are tried."""
    changes, whole = CHANGES if synced else (), () if place.behind_dump else WHOLE
    kinds = (*whole, *changes) if relists else (*changes, *whole)
    return [kind for kind in kinds if kind in lists and kind not in place.passed]


def _unlisted(
    lists: Mapping[str, str], before: SyncPlace, synced: datetime | None, passed: dict[str, str]
) -> SyncPlace | Piece | Failure:
    """What follows where nothing that is offered can be read, or goes beyond what is known."""
    if before.behind_dump and "changelist" in lists:
        return _anew({**passed, "changedump": "changes_gap"})
    broken = [reason for reason in passed.values() if reason]
    if synced and not broken and (before.behind_dump or not lists.keys() & {"resourcelist", *CHANGES}):
        return msgspec.structs.replace(before, kind="changelist", address="", reached=synced)
    offered = lists.keys() & {*WHOLE, *CHANGES}
    return Failure(reason=broken[-1] if broken else "changes_gap" if synced and offered else "no_resource_list")


def _anew(passed: dict[str, str]) -> Piece:
    """What came is dropped; the dumps that could not be read are passed by."""
    broken = {kind: reason for kind, reason in passed.items() if reason}
    return Piece(body=b"", place=Place(pieces=1, sync=SyncPlace(passed=broken)), anew=True)


def _note(sync: SyncPlace) -> str:
    """What is said of a file beside its records."""
    return ", ".join(f"{kind} not read: {reason}" for kind, reason in sync.passed.items() if reason)


def _kept(place: Place, sync: SyncPlace, texts: Sequence[str], foot: str = "") -> Piece:
    text = "".join(texts)
    head = _HEAD if not place.offset and (text or foot) else ""
    body = f"{head}{text}{foot}".encode("utf-8", "replace")
    behind = msgspec.structs.replace(place, offset=place.offset + len(body), sync=sync)
    return Piece(body=body, place=behind, records=sum(map(bool, texts)))


def _unread(owed: Owed) -> str:
    name = escape(owed.entry.address)
    return f'<record {UNREAD}="{owed.reason}"><header><identifier>{name}</identifier></header></record>\n'
