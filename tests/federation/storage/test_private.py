"""A store holds personal data: where the exchange makes its folder and files, their owner alone reads them."""

from __future__ import annotations

import os
from pathlib import Path

from federation.storage.engine import Store, embedded_url
from federation.storage.schema import open_schema


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        folder = tmp_path / "data"
        store = Store(embedded_url(folder))
        open_schema(store)
        found = {path.name: mode(path) for path in folder.glob("exchange.db*")}
        # a lock has nothing in it
        found.pop("exchange.db.write", None)
        store.close()
    finally:
        os.umask(before)
    assert mode(folder) == 0o700
    assert found
    assert set(found.values()) == {0o600}


def test_a_folder_and_a_store_that_are_there_keep_their_modes(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o750)
    store = Store(embedded_url(folder))
    open_schema(store)
    store.close()
    file = next(path for path in folder.iterdir() if path.suffix == ".db")
    file.chmod(0o640)
    Store(embedded_url(folder)).close()
    assert (mode(folder), mode(file)) == (0o750, 0o640)
