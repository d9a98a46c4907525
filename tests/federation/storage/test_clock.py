"""The server's clock: asked once a minute, counted on in between, whatever this machine's clock says."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from federation.storage.clock import TRUSTED_SECONDS, DatabaseClock
from federation.storage.engine import Store
from tests.peers.postgresql import Server


@pytest.mark.postgres
def test_the_server_is_asked_once_a_minute_and_its_time_counted_on(postgresql: Server) -> None:
    counted = [0.0]
    clock = DatabaseClock(monotonic=lambda: counted[0])
    store = Store(postgresql.url("postgres"))
    with store.reading() as connection:
        first = clock.now(connection)
        counted[0] = TRUSTED_SECONDS
        assert (clock.now(connection) - first).total_seconds() == TRUSTED_SECONDS
        counted[0] = TRUSTED_SECONDS + 1
        again = clock.now(connection)
        asked: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    store.close()
    assert 0 <= (asked - again).total_seconds() < 30
    assert (again - first).total_seconds() < TRUSTED_SECONDS
