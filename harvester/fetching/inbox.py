"""A folder into which an institution puts files: the newest full one, then what was brought after it, in order.

A file is taken once nobody has touched it for a minute, or once an empty file beside it says that it is whole
(`NAME.done`). A name that says so is an addition (`update`, `delta`, `增量` …); any other file is the whole feed. Files
with endings that no reader knows are passed by.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from harvester.fetching.pieces import Brought, Given, Memory, Piece, Place, Refused, Unchanged
from harvester.ports import Clock
from harvester.retry import Failure
from harvester.settings import Limits

PIECE_BYTES = 4 << 20
#: seconds without a change after which a file is whole
SETTLED_SECONDS = 60.0
#: files that are remembered as taken
_MOST_REMEMBERED = 1_000
_DONE = ".done"
#: endings of what can be read
_ENDINGS = (
    *(".xml", ".rdf", ".mrc", ".marc", ".iso", ".iso2709", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".xlsx"),
    *(".zip", ".gz", ".tgz", ".tar"),
)
_ADDITION = re.compile(
    r"(?i)(?<![a-z])(delta|update|updates|incr|incremental|increment|diff|changes|add|additions)(?![a-z])|增量|更新"
)
#: `2026-11-26`, `20261126`, each with or without a time behind it
_DATE = re.compile(
    r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?:[-_.T ]?(\d{2})[-_.:]?(\d{2})(?:[-_.:]?(\d{2}))?)?(?!\d)"
)


class Lying(msgspec.Struct, frozen=True, kw_only=True):
    """A file that lies in the folder and is whole."""

    name: str
    size: int
    #: digits of the date in its name, to the end of what it names; where it has none, of its last change
    date: str
    is_full: bool
    #: name, size and time of the last change: the same file is not taken twice
    mark: str


class InboxFetch:
    """The folder of one feed."""

    def __init__(self, folder: Path, memory: Memory, clock: Clock, limits: Limits) -> None:
        self._folder, self._memory, self._clock, self._limits = folder, memory, clock, limits
        self._file: BinaryIO | None = None

    async def piece(self, place: Place) -> Given:
        """The next bytes of the file in hand, or of the one that is to be taken now."""
        return await asyncio.to_thread(self._piece, place)

    @property
    def in_hand(self) -> bool:
        """Nothing: the next slice goes on where this one ends."""
        return False

    async def answers(self) -> bool:
        """A folder is there, or is not: nobody else asks for it."""
        return True

    def close(self) -> None:
        """Closes the file in hand."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _piece(self, place: Place) -> Given:
        try:
            lying = list(whole_files(self._folder, self._clock.now().timestamp()))
        except OSError:
            return Failure(reason="folder_unreadable")
        wanted = next((file for file in lying if file.mark == place.state), None)
        anew = bool(place.pieces) and wanted is None
        if wanted is None:
            wanted, place = next_file(lying, self._memory), Place()
            self.close()
        if wanted is None:
            known = msgspec.structs.replace(self._memory, place=None)
            return Unchanged(memory=known, said=False, still_whole=still_lies(lying, known))
        if wanted.size > self._limits.file_bytes:
            return Refused(reason="oversize", memory=self._took(wanted))
        try:
            body = self._read(wanted, place.offset)
        except OSError:
            return Refused(reason="file_unreadable", memory=self._took(wanted))
        if body or anew:
            moved = msgspec.structs.replace(place, offset=place.offset + len(body), state=wanted.mark)
            return Piece(body=body, place=moved, anew=anew)
        self.close()
        return Brought(name=wanted.name, mode="replace" if wanted.is_full else "add", memory=self._took(wanted))

    def _took(self, file: Lying) -> Memory:
        taken = (file.mark, *self._memory.taken)[:_MOST_REMEMBERED]
        kept = msgspec.structs.replace(self._memory, taken=taken, place=None)
        if not file.is_full:
            return kept
        return msgspec.structs.replace(kept, newest_full=_order(file), full_before=self._memory.newest_full)

    def _read(self, wanted: Lying, offset: int) -> bytes:
        if self._file is None:
            descriptor = os.open(self._folder / wanted.name, os.O_RDONLY | os.O_NOFOLLOW)
            self._file = os.fdopen(descriptor, "rb")
            self._file.seek(offset)
        return self._file.read(PIECE_BYTES)


def whole_files(folder: Path, now: float) -> Iterator[Lying]:
    """The files of a folder that nobody writes any more; links, hidden files and folders are not looked at.

    now     seconds since 1970
    raises  OSError
    """
    with os.scandir(folder) as entries:
        lying = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
    for name, found in sorted(lying.items()):
        if name.startswith(".") or not stat.S_ISREG(found.st_mode) or not name.lower().endswith(_ENDINGS):
            continue
        settled = now - max(found.st_mtime, found.st_ctime) >= SETTLED_SECONDS
        if settled or f"{name}{_DONE}" in lying:
            yield _lying(name, found)


def next_file(lying: Sequence[Lying], memory: Memory) -> Lying | None:
    """The file that is to be taken next; None where all that counts was taken.

    The newest full file counts, and the additions that are newer than it, in the order of their dates. A full file that
    is older than one that was taken never counts again.
    """
    fulls = (file for file in lying if file.is_full and _order(file) >= memory.newest_full)
    full = max(fulls, key=_order, default=None)
    if full is not None and full.mark not in memory.taken:
        return full
    newest = _order(full) if full else memory.newest_full
    newer = (file for file in lying if not file.is_full and _order(file) > newest)
    return next((file for file in sorted(newer, key=_order) if file.mark not in memory.taken), None)


def still_lies(lying: Sequence[Lying], memory: Memory) -> bool:
    """Whether the full file that was taken last is there as it was."""
    return any(file.is_full and file.mark in memory.taken and _order(file) == memory.newest_full for file in lying)


def _order(file: Lying) -> str:
    return f"{file.date} {file.name}"


def _lying(name: str, found: os.stat_result) -> Lying:
    dated = _DATE.search(name)
    date = "".join(filter(None, dated.groups())) if dated else _changed(found.st_mtime)
    return Lying(
        name=name,
        size=found.st_size,
        date=date.ljust(14, "9"),
        is_full=_ADDITION.search(name) is None,
        mark=f"{name} {found.st_size} {found.st_mtime_ns}",
    )


def _changed(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d%H%M%S")
