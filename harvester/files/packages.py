"""ZIP, gzip and tar: one level deep, looked at before anything is unpacked, counted while it is.

A package with a name that leads out of it, with a link, or with more than it says is refused whole.
"""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from harvester.files.units import FileRefused, PackageLimits

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_TAR_MARK, _TAR_PLACE = b"ustar", 257
_CHUNK_BYTES = 1 << 20
#: unpacked bytes below which the ratio says nothing
_SMALL = 10 << 20
_GZIP_MEMBERS = 64
#: what packing programs leave behind
_LEFT_BEHIND = ("__MACOSX", ".DS_Store", "Thumbs.db")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a package, unpacked; it is gone once the next one is asked for."""

    name: str
    path: Path


def is_package(path: Path) -> bool:
    """Whether a file is a package of this kind, by its first bytes."""
    head = first_bytes(path)
    return head.startswith((GZIP, ZIP)) or _is_tar(head)


def is_workbook(path: Path) -> bool:
    """Whether a ZIP file is a spreadsheet (OOXML)."""
    if not first_bytes(path).startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as package:
            return "xl/workbook.xml" in package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        return False


def first_bytes(path: Path) -> bytes:
    """As many as tell what a file is."""
    with path.open("rb") as file:
        return file.read(512)


def _is_tar(head: bytes) -> bool:
    return head[_TAR_PLACE : _TAR_PLACE + len(_TAR_MARK)] == _TAR_MARK


def members(path: Path, limits: PackageLimits = PackageLimits()) -> Iterator[Member]:  # noqa: B008
    """The files of a package in its order.

    raises  FileRefused: `package_bomb`, `package_name`, `package_link`, `package_broken`, `package_locked`
    """
    head = first_bytes(path)
    if head.startswith(ZIP):
        yield from _of_zip(path, limits)
    elif head.startswith(GZIP):
        yield from _of_gzip(path, limits)
    else:
        yield from _of_tar(path, limits)


class _Counting:
    """What may still be unpacked."""

    def __init__(self, packed_bytes: int, limits: PackageLimits) -> None:
        self._packed, self._limits = packed_bytes, limits
        self.given = 0

    def take(self, part: bytes, name: str) -> bytes:
        self.given += len(part)
        if self.given > self._limits.unpacked_bytes:
            raise FileRefused("package_bomb", f"more than {self._limits.unpacked_bytes} bytes when unpacked", name)
        if self.given > _SMALL and self.given > self._packed * self._limits.ratio:
            raise FileRefused("package_bomb", f"more than {self._limits.ratio} bytes for each packed one", name)
        return part


# --- ZIP --------------------------------------------------------------------------------------------------------------


def _of_zip(path: Path, limits: PackageLimits) -> Iterator[Member]:
    counting = _Counting(path.stat().st_size, limits)
    try:
        with zipfile.ZipFile(path) as package:
            for entry in check_entries(package, limits):
                with package.open(entry) as packed, _kept() as kept:
                    _copy(packed, kept, counting, entry.filename)
                    yield Member(name=entry.filename, path=Path(kept.name))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise FileRefused("package_broken", str(error)) from error


class ZipMembers:
    """The files of a ZIP by their names, behind the bounds of `members`; raises FileRefused as it does."""

    def __init__(self, path: Path, limits: PackageLimits = PackageLimits()) -> None:  # noqa: B008
        self._counting = _Counting(path.stat().st_size, limits)
        try:
            self._package = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise FileRefused("package_broken", str(error)) from error
        try:
            self._entries = {entry.filename: entry for entry in check_entries(self._package, limits)}
        except FileRefused:
            self.close()
            raise

    def read(self, name: str, most_bytes: int) -> bytes | None:
        """A file whole; None where there is none of this name, or it has more than `most_bytes`."""
        entry = self._entries.get(name)
        if entry is None or entry.file_size > most_bytes:
            return None
        body = bytearray()
        try:
            with self._package.open(entry) as packed:
                while part := packed.read(_CHUNK_BYTES):
                    body += self._counting.take(part, name)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
            raise FileRefused("package_broken", str(error), name) from error
        return bytes(body)

    def close(self) -> None:
        """Closes the package."""
        self._package.close()


def check_entries(package: zipfile.ZipFile, limits: PackageLimits) -> list[zipfile.ZipInfo]:
    """The files of a ZIP, all of them looked at; raises FileRefused."""
    entries = package.infolist()
    _check_count(len(entries), limits)
    for entry in entries:
        _check_name(entry.filename, limits)
        if (entry.external_attr >> 16) & 0o170000 == 0o120000:
            raise FileRefused("package_link", "a package with links is not read", entry.filename)
        if entry.flag_bits & 1:
            raise FileRefused("package_locked", "a package with a password is not read", entry.filename)
    return [entry for entry in entries if not entry.is_dir() and not _left_behind(entry.filename)]


def check_workbook(path: Path, limits: PackageLimits = PackageLimits()) -> None:  # noqa: B008
    """Unpacks a workbook for nothing, so that a bomb is met here and not in the reader; raises FileRefused."""
    for member in _of_zip(path, limits):
        if b"<!DOCTYPE" in first_bytes(member.path):
            raise FileRefused("doctype_refused", "a workbook with a DOCTYPE is not read", member.name)


# --- gzip -------------------------------------------------------------------------------------------------------------


def _of_gzip(path: Path, limits: PackageLimits) -> Iterator[Member]:
    name = path.name
    with path.open("rb") as packed, _kept() as kept:
        counting = _Counting(path.stat().st_size, limits)
        for part in _inflated(packed):
            kept.write(counting.take(part, name))
        kept.flush()
        inside = Path(kept.name)
        if _is_tar(first_bytes(inside)):
            yield from _of_tar(inside, limits)
        else:
            yield Member(name="", path=inside)


def _inflated(packed: IO[bytes]) -> Iterator[bytes]:
    inflater, number = zlib.decompressobj(wbits=31), 1
    chunk = packed.read(_CHUNK_BYTES)
    try:
        while chunk:
            yield inflater.decompress(chunk, _CHUNK_BYTES)
            chunk = inflater.unconsumed_tail
            if inflater.eof:
                chunk = inflater.unused_data or packed.read(_CHUNK_BYTES)
                if not chunk.startswith(GZIP):
                    return
                inflater, number = zlib.decompressobj(wbits=31), number + 1
                if number > _GZIP_MEMBERS:
                    raise FileRefused("package_bomb", f"more than {_GZIP_MEMBERS} gzip members")
            chunk = chunk or packed.read(_CHUNK_BYTES)
    except zlib.error as error:
        raise FileRefused("package_broken", str(error)) from error
    if not inflater.eof:
        raise FileRefused("package_broken", "expected the end of the gzip file, found the end of the bytes")


# --- tar --------------------------------------------------------------------------------------------------------------


def _of_tar(path: Path, limits: PackageLimits) -> Iterator[Member]:
    counting = _Counting(path.stat().st_size, limits)
    try:
        with tarfile.open(path, mode="r:") as package:
            for entry in _checked(package, limits):
                packed = package.extractfile(entry)
                if packed is not None:
                    with packed, _kept() as kept:
                        _copy(packed, kept, counting, entry.name)
                        yield Member(name=entry.name, path=Path(kept.name))
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise FileRefused("package_broken", str(error)) from error


def _checked(package: tarfile.TarFile, limits: PackageLimits) -> list[tarfile.TarInfo]:
    found = []
    for number, entry in enumerate(package, start=1):
        _check_count(number, limits)
        _check_name(entry.name, limits)
        if not (entry.isfile() or entry.isdir()):
            raise FileRefused("package_link", "a package with links or devices is not read", entry.name)
        if entry.isfile() and not _left_behind(entry.name):
            found.append(entry)
    return found


# --- shared -----------------------------------------------------------------------------------------------------------


@contextmanager
def _kept() -> Iterator[IO[bytes]]:
    with tempfile.NamedTemporaryFile(prefix="exchange-member-") as kept:
        yield kept


def _copy(packed: IO[bytes], kept: IO[bytes], counting: _Counting, name: str) -> None:
    while part := packed.read(_CHUNK_BYTES):
        kept.write(counting.take(part, name))
    kept.flush()


def _check_count(number: int, limits: PackageLimits) -> None:
    if number > limits.entries:
        raise FileRefused("package_bomb", f"more than {limits.entries} files in a package")


def _check_name(name: str, limits: PackageLimits) -> None:
    shown = name[:200]
    parts = PurePosixPath(name.replace("\\", "/")).parts
    leads_out = name.startswith(("/", "\\")) or ".." in parts or name[1:3] in (":\\", ":/")
    if leads_out or "\0" in name or len(name) > limits.name_characters:
        raise FileRefused("package_name", "a package with a name that leads out of it is not read", shown)


def _left_behind(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part in _LEFT_BEHIND or part.startswith("._") for part in parts)
