"""A dry run on several processes is the one on one, to the last example."""

from __future__ import annotations

import msgspec

from federation.pipeline import dry_run
from federation.pipeline.dry_run_report import DryRun
from federation.storage import raw_records
from federation.storage.crosswalks import Version
from federation.storage.engine import Store
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.versions import drafted, filled, rule

RULES = (
    rule(3, "access.status", "open")
    + rule(17, "access.status", "open")
    + rule(5, "title", "Another")
    + '  - {id: note, const: Seen, to: "descriptions[]"}\n'
)


def report(store: Store, version: Version, processes: int) -> DryRun:
    return msgspec.structs.replace(
        dry_run.try_version(store, version, processes=processes, span=4).report, at=store.now()
    )


async def test_the_report_is_the_same_whoever_made_it(store: Store) -> None:
    await filled(store, 30, deleted_every=7)
    link_all(store)
    version = drafted(store, RULES)
    shared, alone = report(store, version, 2), report(store, version, 1)
    assert msgspec.structs.replace(shared, at=alone.at) == alone
    assert (alone.records, alone.sums["deleted"], alone.relinked) == (30, 4, 1)
    assert len(alone.examples) > 10


async def test_spans_hold_every_record_once(store: Store) -> None:
    await filled(store, 10)
    with store.reading() as connection:
        assert raw_records.spans(connection, "k", 4) == [(0, 4), (4, 8), (8, 10)]
        assert raw_records.spans(connection, "k", 5) == [(0, 5), (5, 10)]
        assert raw_records.spans(connection, "nobody", 5) == []
