"""The next run begins where the clock says that is furthest behind, whichever of the three that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from federation.storage.engine import Store
from harvester.oaipmh.clocks import earliest
from tests.harvester.days import harvested_daily
from tests.harvester.test_awkward import held_of
from tests.peers.awkward.peer import Behaviour
from tests.peers.courteous.repository import Item

OWN = datetime(2026, 2, 1, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "http_date", "first"),
    [
        ("2026-01-31T00:00:00Z", "Sun, 01 Feb 2026 12:00:00 GMT", "2026-01-31T00:00:00Z"),
        ("2099-01-31T00:00:00Z", "Sun, 01 Feb 2026 11:59:00 GMT", "2026-02-01T11:59:00Z"),
        ("2099-01-31T00:00:00Z", "Fri, 01 Feb 2999 11:59:00 GMT", "2026-02-01T12:00:30Z"),
        ("2026-02-01", "soon", "2026-02-01T00:00:00Z"),
        (None, None, "2026-02-01T12:00:30Z"),
        ("31.01.2026", "Sun, 99 Feb 2026", "2026-02-01T12:00:30Z"),
    ],
)
def test_the_earliest_moment_that_can_be_read_counts(stated: str | None, http_date: str | None, first: str) -> None:
    assert earliest(stated, http_date, OWN) == first


@pytest.mark.parametrize("ahead", ["2099-01-31T00:00:00Z", "2026-02-04T00:00:00Z", "2026-01-31T03:00:00Z"])
async def test_what_changes_at_a_source_whose_clock_runs_ahead_is_in_the_next_run(ahead: str, embedded: Store) -> None:
    behaviour = Behaviour(
        name="ahead", spoil=lambda body, number: body.replace(b"2026-01-31T00:00:00Z", ahead.encode())
    )
    async with harvested_daily(embedded, behaviour) as feed:
        await feed.day(0)
        feed.peer.repository.records = [*feed.peer.repository.records, Item("oai:peer:new", "2026-01-31", "New")]
        assert (await feed.day(1)).verdict == "complete"
        assert "oai:peer:new" in held_of(embedded)
