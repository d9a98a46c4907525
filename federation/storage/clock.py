"""The clock of a database server, asked once a minute: in between this machine counts the seconds on."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

#: between two askings
TRUSTED_SECONDS = 60.0

Monotonic = Callable[[], float]


class DatabaseClock:
    """What time it is on the server; may be read from any thread."""

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._monotonic = monotonic
        #: what the server said, and how much this machine had counted then
        self._said: tuple[datetime, float] | None = None

    def now(self, connection: sa.Connection) -> datetime:
        """Aware and UTC."""
        counted = self._monotonic()
        if self._said is None or counted - self._said[1] > TRUSTED_SECONDS:
            said: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
            self._said = said.astimezone(UTC), counted
        then, asked = self._said
        return then + timedelta(seconds=counted - asked)
