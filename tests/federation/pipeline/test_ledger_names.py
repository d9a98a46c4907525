"""Records whose identifiers differ in Unicode composition alone are two objects of the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.ledger import entry
from federation.pipeline.backup import back_up, restore
from federation.pipeline.ledger_check import verify
from federation.storage import ledger
from federation.storage.engine import Store
from tests.federation.pipeline.test_harvest import add_feed, harvest, held
from tests.peers.courteous.repository import Item, Repository, serving

COMPOSED, DECOMPOSED = "caf\u00e9", "cafe\u0301"


async def test_identifiers_that_differ_in_composition_are_verified_and_restored(
    embedded: Store, tmp_path: Path
) -> None:
    async with serving(Repository([_item(COMPOSED), _item(DECOMPOSED), _item("z")])) as url:
        await harvest(embedded, add_feed(embedded, url))
    assert verify(embedded).findings == ()
    back_up(embedded, tmp_path, tmp_path / "saved")
    restore(tmp_path / "saved", tmp_path / "new")


async def test_a_row_of_older_entries_is_known_by_its_older_name_until_it_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository([_item(DECOMPOSED)])
    async with serving(repository) as url:
        feed = add_feed(store, url)
        with monkeypatch.context() as older:
            older.setattr(ledger, "object_name", entry.former_name)
            older.setattr(entry, "object_name", entry.former_name)
            await harvest(store, feed)
        assert verify(store).findings == ()
        for records in ([_item(DECOMPOSED, 2)], [_item(DECOMPOSED, 3), _item(COMPOSED, 3)]):
            repository.records = records
            await harvest(store, feed)
            assert verify(store).findings == ()
    assert [identifier for identifier, _ in held(store)] == [_item(DECOMPOSED).identifier, _item(COMPOSED).identifier]


def _item(name: str, version: int = 1) -> Item:
    return Item(f"oai:p:{name}", f"2026-02-0{version}", f"Title {version}")
