"""One resource of a ResourceSync source as a record of OAI-PMH: from the package in hand, else from its own address.

What differs from the hash or length that is stated is asked for twice.
"""

from __future__ import annotations

import asyncio
from html import escape

import msgspec

from harvester.fetching.resourcesync_walk import Walk
from harvester.files.units import FileRefused
from harvester.oaipmh.datestamps import write_datestamp
from harvester.resourcesync.documents import Entry, Measured, is_record
from harvester.resourcesync.packages import Package
from harvester.resourcesync.place import DUMPS
from harvester.retry import BUSY, Failure
from harvester.settings import Limits
from mappings.engine.inputs import Format
from mappings.errors import DocumentRefused
from mappings.formats.xml import read_xml, written

#: statuses and reasons that speak of whoever asks, not of what is asked for
_CLOSED, _AWAY = (401, 403), ("other_origin", "address_refused")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an entry: a record as text, empty for what is none; or the reason why it is owed."""

    text: str = ""
    reason: str = ""


class Resources:
    """The resources of one source."""

    def __init__(self, walk: Walk, format_: Format, limits: Limits) -> None:
        self._walk, self._format, self._limits = walk, format_, limits

    async def taken(self, entry: Entry, package: Package | None, attempt: int) -> Taken | Failure:
        """What became of an entry; a failure where it is that of its source or package.

        attempt  of the request, from 0
        """
        if entry.change == "deleted":
            return Taken(text=_record(entry, "", deleted=True))
        if not is_record(entry):
            return Taken()
        if package is None:
            return await self._asked_for(entry, attempt)
        packed = await self._unpacked(package, entry)
        if isinstance(packed, Failure) or not packed.reason:
            return packed
        # what the package does not give as its manifest says may be had at its own address
        taken = await self._asked_for(entry, attempt)
        return packed if isinstance(taken, Failure) and _is_closed(taken) else taken

    async def is_of_dump(self, kind: str, failure: Failure, attempt: int) -> bool:
        """Whether a failure is that of a dump, whose source may give in lists what it holds."""
        return kind in DUMPS and (_is_closed(failure) or await self._is_its_own(failure, attempt))

    async def _unpacked(self, package: Package, entry: Entry) -> Taken | Failure:
        try:
            body = await asyncio.to_thread(package.body, entry, self._format.limits.size_bytes)
        except FileRefused as refused:
            return Failure(reason=refused.reason)
        return Taken(reason="not_packed") if body is None else self._read(entry, body)

    async def _asked_for(self, entry: Entry, attempt: int) -> Taken | Failure:
        taken = await self._fetched(entry, attempt)
        again = isinstance(taken, Taken) and taken.reason in ("hash_differs", "length_differs")
        return await self._fetched(entry, attempt) if again else taken

    async def _fetched(self, entry: Entry, attempt: int) -> Taken | Failure:
        answer = await self._walk.get(entry.address)
        if isinstance(answer, Failure):
            lasts = await self._is_its_own(answer, attempt)
            return Taken(reason=answer.name) if lasts else answer
        return self._read(entry, answer.body)

    def _read(self, entry: Entry, body: bytes) -> Taken:
        if found := Measured(body).difference(entry):
            return Taken(reason=found)
        try:
            root = read_xml(body, limits=self._format.limits)
        except DocumentRefused as refused:
            return Taken(reason=refused.code)
        return Taken(text=_record(entry, written(root)))

    async def _is_its_own(self, failure: Failure, attempt: int) -> bool:
        """Whether a failure is that of what was asked for, and not of its source."""
        if failure.status in BUSY or _is_closed(failure):
            return False
        if not failure.passes:
            return True
        if attempt < len(self._limits.retry_seconds):
            return False
        return not isinstance(await self._walk.get(self._walk.start), Failure)


def _is_closed(failure: Failure) -> bool:
    return failure.status in _CLOSED or failure.reason in _AWAY


def _record(entry: Entry, metadata: str, *, deleted: bool = False) -> str:
    """A resource wrapped as a record of OAI-PMH."""
    stamp = f"<datestamp>{write_datestamp(entry.changed, 'seconds')}</datestamp>" if entry.changed else ""
    status = ' status="deleted"' if deleted else ""
    header = f"<header{status}><identifier>{escape(entry.address)}</identifier>{stamp}</header>"
    return f"<record>{header}{f'<metadata>{metadata}</metadata>' if metadata else ''}</record>\n"
