"""Transactions that clash: the database ended one so that another could go on, and it is run again whole."""

from __future__ import annotations

import functools
import random
import sqlite3
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

P = ParamSpec("P")
T = TypeVar("T")

MOST_TRIES = 5
FIRST_WAIT_SECONDS = 0.02
#: SQLSTATE of PostgreSQL: could not serialise access, deadlock
_CLASHES = ("40001", "40P01")
#: the low byte of SQLite's extended codes names the error
_PRIMARY = 0xFF


def sqlite_code(error: sqlite3.Error) -> int:
    """The primary code of an error, such as `sqlite3.SQLITE_BUSY`; 0 where SQLite gave none."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def is_clash(error: BaseException) -> bool:
    """Whether the database rolled a transaction back, or did not begin it, for the sake of another one."""
    found = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(found, sqlite3.OperationalError):
        return sqlite_code(found) == sqlite3.SQLITE_BUSY
    return getattr(found, "sqlstate", None) in _CLASHES


def wait_seconds(tried: int, chance: float) -> float:
    """How long to wait after the `tried`-th clash; jittered, so that those who clashed do not meet again.

    chance   0 to 1
    """
    longest: float = FIRST_WAIT_SECONDS * 2.0 ** (tried - 1)
    return longest * (0.5 + chance / 2)


def repeats_clashes(function: Callable[P, T]) -> Callable[P, T]:
    """Runs `function` again where it clashed, five times at most.

    function   one transaction with whatever it reads for that before; it may do nothing else that stays
    """

    @functools.wraps(function)
    def again(*arguments: P.args, **named: P.kwargs) -> T:
        for tried in range(1, MOST_TRIES):
            try:
                return function(*arguments, **named)
            except DBAPIError as error:
                if not is_clash(error):
                    raise
                time.sleep(wait_seconds(tried, random.random()))
        return function(*arguments, **named)

    return again
