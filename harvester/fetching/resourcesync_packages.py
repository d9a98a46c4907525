"""The packages of a ResourceSync source as they are had: one at a time, in a file that goes with the fetch.

One that breaks off is gone on with where it ended, as long as the server says by a strong validator that it is still
the same (RFC 9110, 13.1.5 and 14).
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from harvester.failures import RAISED, failure_of
from harvester.fetching.answers import Stream, begins_at, going_on, strong
from harvester.fetching.asking import Asking
from harvester.files.units import FileRefused
from harvester.resourcesync.documents import Entry, Measured
from harvester.resourcesync.packages import Package
from harvester.resourcesync.place import Kind
from harvester.retry import Failure
from harvester.settings import Limits

_PART_BYTES = 1 << 20
#: times in a row that a package may break off, each a little further on
_BREAKS = 20


class Packages:
    """Holds the package that was asked for last.

    is_ours  whether an address is one of the source's own
    """

    def __init__(self, asking: Asking, limits: Limits, is_ours: Callable[[str], bool]) -> None:
        self._asking, self._limits, self._is_ours = asking, limits, is_ours
        self._held: tuple[str, Package, IO[bytes]] | None = None

    @property
    def holds_one(self) -> bool:
        """Whether a package is in hand that would have to be asked for again."""
        return self._held is not None

    def held(self, address: str) -> Package | None:
        """The package of an address, if it is in hand."""
        return self._held[1] if self._held and self._held[0] == address else None

    async def package(self, entry: Entry, kind: Kind) -> Package | Failure:
        """The package that a dump names; one that is not as it is stated to be is asked for twice."""
        found = await self._fetched(entry, kind)
        again = isinstance(found, Failure) and found.reason in ("hash_differs", "length_differs")
        return await self._fetched(entry, kind) if again else found

    def close(self) -> None:
        """Drops what is in hand."""
        if self._held is not None:
            self._held[1].close()
            self._held[2].close()
            self._held = None

    async def _fetched(self, entry: Entry, kind: Kind) -> Package | Failure:
        self.close()
        file = tempfile.NamedTemporaryFile(prefix="exchange-dump-")  # noqa: SIM115 - it lives as long as its package
        found = await self._copied(entry, file)
        package = found if found is not None else await asyncio.to_thread(_opened, Path(file.name), kind)
        if isinstance(package, Failure):
            file.close()
            return package
        self._held = (entry.address, package, file)
        return package

    async def _copied(self, entry: Entry, file: IO[bytes]) -> Failure | None:
        """Writes the package into `file`; the failure, if there was one."""
        copy = _Copy(file)
        for _ in range(_BREAKS):
            before = copy.size
            failure = await self._go_on(entry, copy)
            if failure is None or copy.size == before or not copy.validator:
                break
        if failure is not None:
            return failure
        file.flush()
        found = copy.measured.difference(entry)
        return Failure(reason=found) if found else None

    async def _go_on(self, entry: Entry, copy: _Copy) -> Failure | None:
        """Asks for the rest of a package, or for all of it."""
        headers = {"Accept-Encoding": "identity", **copy.going_on()}
        try:
            response = await self._asking.open(entry.address, headers)
            if isinstance(response, Failure):
                return response
            async with response:
                if not self._is_ours(str(response.url)):
                    return Failure(reason="other_origin")
                if response.status not in (200, 206):
                    return self._asking.refused(response)
                if not begins_at(response, copy.size):
                    copy.begin(strong(response.headers.get("ETag", "")))
                return await self._taken(Stream(response, self._limits), copy)
        except RAISED as error:
            return failure_of(error)
        finally:
            self._asking.done()

    async def _taken(self, stream: Stream, copy: _Copy) -> Failure | None:
        while part := await stream.take(_PART_BYTES):
            copy.take(part)
            if copy.size > self._limits.file_bytes:
                copy.validator = ""
                return Failure(reason="oversize")
        return None


class _Copy:
    """A package as far as it came."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.begin("")

    def begin(self, validator: str) -> None:
        """Drops what came: it comes from its beginning."""
        self._file.seek(0)
        self._file.truncate()
        self.measured, self.size, self.validator = Measured(), 0, validator

    def take(self, part: bytes) -> None:
        """The next bytes."""
        self.size += len(part)
        self.measured.take(part)
        self._file.write(part)

    def going_on(self) -> dict[str, str]:
        """Headers that ask for the rest alone."""
        return going_on(self.size, self.validator) if self.size and self.validator else {}


def _opened(path: Path, kind: Kind) -> Package | Failure:
    try:
        return Package(path, kind)
    except FileRefused as refused:
        return Failure(reason=refused.reason)
