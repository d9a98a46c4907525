"""Passwords: argon2id, at most four at a time, so that a flood of sign-ins costs 256 MiB and no more."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 12
MOST_LENGTH = 1_000
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_SLOTS = threading.BoundedSemaphore(4)


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


def outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
