"""What came lately, by institution and day, of what everybody may know of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from federation.storage.arrivals import Arrival, arrivals
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from mappings.schema.access import PUBLIC
from tests.federation.pipeline.trees import Tree, fonds, letter, series

TODAY = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


async def test_the_last_day_of_each_institution_is_told_without_what_is_hidden(store: Store) -> None:
    await Tree(store).take(fonds(), series(), letter(), letter(identifier="lost", above="nobody"))
    told = {"series": TODAY, "letter": TODAY, "lost": TODAY, "fonds": TODAY - timedelta(days=2)}
    with store.transaction() as tx:
        for name, when in told.items():
            changes = catalogue_record.update().where(catalogue_record.c.native_id == name)
            tx.connection.execute(changes.values(first_seen_at=when))
    with store.reading() as connection:
        hidden = catalogue_record.select().where(catalogue_record.c.audience != PUBLIC)
        assert [found.native_id for found in connection.execute(hidden)] == ["lost"]
        assert arrivals(connection, TODAY - timedelta(days=30)) == [
            Arrival(institution="peer", day=date(2026, 11, 28), records=2)
        ]
        assert arrivals(connection, TODAY + timedelta(days=1)) == []
