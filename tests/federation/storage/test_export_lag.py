"""Whether exported items are behind, on every database."""

from __future__ import annotations

from federation.pipeline.export import STAGE, export_batch
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.unifying import Clusters
from federation.storage.engine import Store
from federation.storage.export_lag import is_behind
from tests.federation.linkage.records import catalogue_record
from tests.federation.pipeline.linked import link_all, put


def behind(store: Store) -> bool:
    with store.reading() as connection:
        return is_behind(connection)


def test_every_stage_up_to_the_export_counts(store: Store) -> None:
    assert not behind(store)
    put(store, [catalogue_record(1, "Almost strangers"), catalogue_record(2, "Letters")])
    assert behind(store)
    link_all(store)
    assert behind(store)
    while export_batch(store, Clusters(store, STAGE), ExportSettings(authority="exchange.example")).behind:
        pass
    assert not behind(store)
    put(store, [catalogue_record(1, "Almost strangers", line="hidden")])
    assert behind(store)
