"""A dry run over records that come to no end is ended early, and says what it did not try."""

from __future__ import annotations

import pytest

from federation.pipeline import children, crosswalk_life, dry_run_spans, mapping_watch
from federation.storage import crosswalks
from federation.storage.engine import Store
from tests.federation.pipeline.test_mapping_watch import impatient
from tests.federation.pipeline.test_retiring import map_all
from tests.federation.pipeline.test_slow_feeds import SLOW, brought, named
from tests.federation.pipeline.versions import drafted, feed_of, rule

pytestmark = pytest.mark.usefixtures("no_foreign_callbacks")


async def test_after_so_many_slow_records_the_others_are_not_tried(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dry_run_spans, "MOST_SLOW", 2)
    await brought(store, "k", *named("slow", 7, title=SLOW))
    map_all(store, 100)
    version = drafted(store, rule(1, "access.status", "restricted"))
    with store.transaction() as tx:
        crosswalk_life.ask_for_trial(tx, feed_of(store), version.number)
    watch = impatient()
    monkeypatch.setattr(mapping_watch, "_of_this_process", lambda: watch)
    assert children.dry_run_once(store.url).done == 1
    with store.reading() as connection:
        found = crosswalks.get(connection, "k", version.number)
    assert found is not None
    assert found.state == "draft"
    assert found.trial_error.startswith("2 records came to no end (the first: oai:slow:0")
    assert found.trial_error.endswith("2 of 7 records were tried, 5 were not")
