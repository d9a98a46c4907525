"""Passwords: argon2id, at most four at a time, so that a flood of sign-ins costs 256 MiB and no more."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 12
MOST_LENGTH = 1_000
#: hashes at once, 64 MiB each
AT_ONCE = 4
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_SLOTS = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt."""
    with _SLOTS:
        return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` has the hash `stored`; takes as long where there is no account (None)."""
    with _SLOTS:
        try:
            return _HASHER.verify(stored or _nobody(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def is_long_enough(password: str) -> bool:
    """Whether `password` may be chosen: 12 to 1,000 characters of any kind."""
    return LEAST_LENGTH <= len(password) <= MOST_LENGTH


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
