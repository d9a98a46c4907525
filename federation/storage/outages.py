"""Faults of what is around the exchange: the database is away, the disk is full. They pass, and no work is to blame.

A job that meets one waits, however long it lasts, and is not counted as failed.
"""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from federation.storage.clashes import sqlite_code

_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN)
#: classes of SQLSTATE: connection, resources (a full disk among them), the operator's intervention, the system
_CLASSES = ("08", "53", "57", "58")
_SYSTEM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE)


def is_outage(error: BaseException) -> bool:
    """Whether the error says nothing of the work that met it."""
    if isinstance(error, DBAPIError):
        return _is_databases(error)
    return isinstance(error, PoolTimeout) or (isinstance(error, OSError) and error.errno in _SYSTEM)


def _is_databases(error: DBAPIError) -> bool:
    found = error.orig
    if isinstance(found, sqlite3.Error):
        return sqlite_code(found) in _SQLITE
    state = getattr(found, "sqlstate", None)
    if state is None:
        # a server that cannot be reached names no state
        return error.connection_invalidated or isinstance(error, OperationalError)
    return str(state).startswith(_CLASSES)
