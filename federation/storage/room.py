"""A folder that cannot be written to: which it is, and what the system says of it, in place of the error it raised.

What passes by itself while jobs wait for it stands in `outages`.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from federation.errors import StorageFull
from federation.storage.clashes import sqlite_code

_FULL, _READ_ONLY, _FORBIDDEN = "the disk is full", "it can only be read", "it may not be written to"
_FAILED = "the disk does not take what is written"
_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EFBIG: "a file would be larger than the system allows",
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENOTDIR: "there is a file in its place",
    errno.EIO: _FAILED,
}
#: what an open file says, without its name; what a socket says as well is not among them
_OPEN_FILES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO)
_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: "its database cannot be opened",
    sqlite3.SQLITE_IOERR: _FAILED,
}


@contextmanager
def told_of(folder: Path) -> Iterator[None]:
    """Raises StorageFull in place of whatever says that `folder`, or a file that the system names, takes nothing."""
    try:
        yield
    except Exception as error:
        if isinstance(error, StorageFull):
            raise
        said = _said(error, folder)
        if said is None:
            raise
        raise StorageFull(said) from error


def _said(error: BaseException, folder: Path) -> str | None:
    """Where and why; None where the error tells of something else."""
    if isinstance(error, BaseExceptionGroup):
        return next((said for each in error.exceptions if (said := _said(each, folder)) is not None), None)
    if isinstance(error, OSError) and error.errno in _SYSTEM and _is_within(error, folder):
        return f"nothing can be written in {folder}: {_SYSTEM[error.errno]} ({error.strerror})"
    found = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(found, sqlite3.Error) and sqlite_code(found) in _SQLITE:
        cause = _FULL if _is_full(folder) else _SQLITE[sqlite_code(found)]
        return f"nothing can be written in {folder}: {cause} ({found})"
    return None


def _is_full(folder: Path) -> bool:
    """Whether the disk has no block free; the database does not always tell that from a disk that fails."""
    try:
        return shutil.disk_usage(folder).free == 0
    except OSError:
        return False


def _is_within(error: OSError, folder: Path) -> bool:
    """Whether it is of this folder's files; writing to an open file names none."""
    named = [Path(name).absolute() for name in (error.filename, error.filename2) if isinstance(name, str | Path)]
    home = folder.absolute()
    of_it = any(name.is_relative_to(home) or home.is_relative_to(name) for name in named)
    return of_it or (not named and error.errno in _OPEN_FILES)
