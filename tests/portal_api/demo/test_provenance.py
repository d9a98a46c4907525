"""Every shown value names record, path, rule and version, and that rule on that raw record gives the value."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from federation.pipeline.children import key_once, link_once, map_once
from federation.pipeline.crosswalks import context_of, crosswalk_of
from federation.pipeline.harvest import harvest_feed
from federation.pipeline.unifying import load_unified
from federation.storage import catalogue_records, feeds, institutions, raw_records
from federation.storage.engine import Store, embedded_url
from federation.storage.linkage import clusters
from mappings.engine.explain import explain
from mappings.engine.outcome import Mapped
from mappings.schema.access import PUBLIC
from mappings.schema.unified import Origin, Sourced, UnifiedRecord
from portal_api.commands.serve import add_partners
from portal_api.demo.partners import partners
from portal_api.demo.repositories import start_partners
from tests.federation.pipeline.test_harvest import PatientClock, parse

WANTED = ("reading-room", "michigan", "poetry")
CLUSTERS = 200
#: rules of the engine's own: what was filled in or handed down
_OWN = ("default:", "inherit", "line:")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Three demonstration partners, harvested, mapped and linked."""
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    chosen = [partner for partner in partners() if partner.slug in WANTED]
    running = await start_partners(chosen)
    for feed in add_partners(store, chosen, running):
        await harvest_feed(store, feed, parse=parse, clock=PatientClock(), user_agent="test")
    await running.stop()
    for once in (map_once, key_once, link_once):
        while once(store.url).behind:
            pass
    yield store
    store.close()


async def test_a_shown_value_is_what_its_rule_makes_of_its_raw_record(store: Store) -> None:
    with store.reading() as connection:
        names = random.Random(7).sample(clusters.living(connection, "", 100_000), CLUSTERS)
        shown = load_unified(connection, names, PUBLIC)
        origins = [(thing, origin) for thing in shown.values() for origin in _origins(thing)]
        records = {origin.record for _, origin in origins}
        made = {name: _made_again(connection, name) for name in records}
    assert len(origins) > 10 * CLUSTERS
    for thing, origin in origins:
        assert origin.rule, thing.id
        assert "@" in origin.crosswalk, thing.id
        if not origin.rule.startswith(_OWN):
            assert [origin.rule, origin.path] in made[origin.record], (thing.id, origin)


def _origins(thing: UnifiedRecord) -> Iterator[Origin]:
    for name in UnifiedRecord.__struct_fields__:
        value = getattr(thing, name)
        for sourced in value if isinstance(value, tuple) else (value,):
            if isinstance(sourced, Sourced):
                yield from sourced.origins
                for other in sourced.others:
                    yield from other.origins


def _made_again(connection: Any, record_id: str) -> list[list[str]]:
    """Maps a record's raw form again, holds it against what is stored, and gives (rule, path) of its every leaf."""
    row = catalogue_records.get(connection, record_id)
    assert row is not None
    feed = feeds.get(connection, row.feed)
    raw = raw_records.get(connection, row.feed, row.native_id)
    assert feed is not None
    assert raw is not None
    holder = institutions.get(connection, feed.institution)
    assert holder is not None
    outcome = explain(crosswalk_of(connection, feed), raw.raw, context_of(feed, holder)).outcome
    assert isinstance(outcome, Mapped)
    unit = next(unit for unit in outcome.units if unit.record.id == record_id)
    assert unit.record == row.record
    assert unit.rules == row.rules
    assert row.record is not None
    assert row.crosswalk == row.record.source.crosswalk
    return [list(pair) for pairs in msgspec.to_builtins(unit.rules).values() for pair in pairs]
