"""What a partner's own crosswalk hides or restricts stays so at every door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from federation.pipeline.harvest import harvest_feed
from federation.pipeline.unifying import Clusters, load_unified
from federation.storage import catalogue_records
from federation.storage.engine import Store, embedded_url
from federation.storage.linkage import clusters
from index.document import document_of
from mappings.schema.ids import record_id
from portal_api.commands.serve import add_partners
from portal_api.demo.partners import partners
from portal_api.demo.repositories import start_partners
from tests.federation.pipeline.linked import link_all
from tests.federation.pipeline.test_harvest import PatientClock, parse
from tests.federation.pipeline.test_map import map_all

ROOM = next(partner for partner in partners() if partner.slug == "reading-room")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """The reading room's records, harvested and mapped."""
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    running = await start_partners([ROOM])
    for feed in add_partners(store, [ROOM], running):
        await harvest_feed(store, feed, parse=parse, clock=PatientClock(), user_agent="test")
    await running.stop()
    map_all(store, limit=500)
    link_all(store, limit=500)
    yield store
    store.close()


def found(store: Store, ending: str) -> str:
    identifier = f"oai:{ROOM.authority}:{ending}"
    return "c-" + record_id(ROOM.feed_key, identifier)


async def test_a_hidden_record_is_in_no_public_answer(store: Store) -> None:
    hidden = found(store, "demo-worksheet-2024")
    assert Clusters(store).unified([hidden])[0].audience == "institution:reading-room"
    with store.reading() as connection:
        assert load_unified(connection, [hidden], "public") == {}
        everyone = clusters.of_institution(connection, "reading-room", "", 10_000)
        assert hidden not in everyone
        assert catalogue_records.count_by_institution(connection, "public") == {"reading-room": len(everyone)}


async def test_a_reduced_line_gives_no_title(store: Store) -> None:
    restricted = found(store, "demo-letters-1998")
    with store.reading() as connection:
        shown = load_unified(connection, [restricted], "public")[restricted]
        whole = catalogue_records.get(connection, restricted.removeprefix("c-"))
    assert whole is not None
    assert whole.record is not None
    assert whole.record.access.line == "reduced"
    assert whole.record.title.value not in msgspec.json.encode(shown).decode()


async def test_a_reduced_line_is_not_found_by_its_native_identifier(store: Store) -> None:
    restricted = found(store, "demo-letters-1998")
    with store.reading() as connection:
        shown = load_unified(connection, [restricted], "public")[restricted]
    documents = document_of(shown)
    assert "demo-letters-1998" not in msgspec.json.encode((shown, documents)).decode()
    for document in documents:
        assert not any("letters" in word for strings in document.columns.values() for word in strings)
        assert not any("letters" in value for value in document.lookups["identifier"])
        assert "" not in document.lookups["identifier"]
