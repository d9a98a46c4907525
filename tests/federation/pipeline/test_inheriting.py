"""Records are derived again a batch at a time, and a batch is no larger than fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from federation.pipeline import inheriting
from federation.pipeline.crosswalks import FeedMapper
from federation.storage import placements, raw_records
from federation.storage.engine import Store
from tests.federation.pipeline.test_parents_first import Brought
from tests.federation.pipeline.trees import fonds, series

PARTS = 5


async def test_a_batch_holds_no_more_than_fits_and_what_is_left_comes_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Brought(store)
    await tree.take(fonds(), *(replace(series(), identifier=f"s{number}") for number in range(PARTS)))
    await tree.bring(fonds(rights="Closed."))
    tree.map(100)
    monkeypatch.setattr(raw_records, "MOST_PAYLOAD", 1)
    for left in reversed(range(PARTS)):
        with store.reading() as connection:
            results = inheriting.prepare(connection, FeedMapper(store), 50)
        with store.transaction() as tx:
            assert inheriting.write(tx, results).done == 1
            assert placements.waiting(tx.connection) == left
    assert {record.access.status for record in tree.records().values()} == {"closed"}
