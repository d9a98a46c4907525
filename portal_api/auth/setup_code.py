"""The code that `serve` prints and `/setup` takes: 80 bits, one use, 24 hours, 5 tries.

It lives in the serving process alone: a restart prints another.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from typing import Literal

#: Crockford's letters: none is mistaken for another
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 16
LIFETIME_SECONDS = 24 * 3600
TRIES = 5

Verdict = Literal["right", "wrong", "spent"]


class SetupCode:
    """One code and what is left of it."""

    def __init__(self, now: float, text: str = "") -> None:
        self.text = text or "-".join(_group() for _ in range(_LENGTH // 4))
        self._until = now + LIFETIME_SECONDS
        self._tries = TRIES
        self._lock = threading.Lock()

    def check(self, given: str, now: float) -> Verdict:
        """Whether `given` is the code; each wrong one costs a try, and after the last nothing is right."""
        with self._lock:
            if self._tries <= 0 or now > self._until:
                return "spent"
            if hmac.compare_digest(_plain(given), _plain(self.text)):
                return "right"
            self._tries -= 1
            return "wrong"

    def spend(self) -> None:
        """The first account was made: the code opens nothing more."""
        with self._lock:
            self._tries = 0


def _group() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def _plain(text: str) -> bytes:
    """Case, spaces, hyphens and letters that look alike make no difference."""
    folded = text.upper().replace("O", "0").replace("I", "1").replace("L", "1")
    return "".join(letter for letter in folded if letter in _LETTERS).encode()
