"""The cursors that doors hand out: signed with the exchange's key, by the clock of the running process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from index.cursors import read_cursor, written_cursor
from index.orders import Reached
from index.request import SearchRequest
from portal_api.signing_keys import CURSORS, signing_key


class Cursors:
    """Cursors of one exchange."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder, self._now = folder, now
        self._key = b""

    def written(self, reached: Reached | None, request: SearchRequest) -> str:
        """The cursor that goes on from a hit; empty where nothing follows that a cursor leads to."""
        return "" if reached is None else written_cursor(reached, request, self._signing_key, self._now())

    def read(self, cursor: str, request: SearchRequest) -> Reached:
        """Where a cursor goes on; raises CursorInvalid."""
        return read_cursor(cursor, request, self._signing_key, self._now())

    @property
    def _signing_key(self) -> bytes:
        self._key = self._key or signing_key(self._folder, CURSORS)
        return self._key
