"""A backup is whole or refused; a restored exchange says what the first one said."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline.backup import MANIFEST, back_up, restore
from federation.pipeline.ledger_check import verify
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import DATABASE, Store, embedded_url
from tests.federation.linkage.records import catalogue_record as made
from tests.federation.pipeline.linked import linked, partition


@pytest.fixture
def saved(embedded: Store, tmp_path: Path) -> Path:
    """A backup of a store with two records and a key."""
    linked(embedded, [made(1, "Weaving in the north"), made(2, "Ships")])
    (tmp_path / "oai-token.key").write_bytes(b"secret")
    (tmp_path / "index").mkdir()
    back_up(embedded, tmp_path, tmp_path / "saved")
    return tmp_path / "saved"


def test_what_is_restored_is_what_was_backed_up_without_the_index(embedded: Store, saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    manifest = restore(saved, folder)
    assert sorted(path.name for path in saved.iterdir()) == [DATABASE, MANIFEST, "oai-token.key"]
    assert (folder / "oai-token.key").read_bytes() == b"secret"
    again = Store(embedded_url(folder))
    assert partition(again) == partition(embedded)
    assert verify(again).whole
    assert verify(again).entries == manifest.ledger_size + 1
    again.close()


def test_a_folder_with_anything_in_it_is_refused_and_left(embedded: Store, saved: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestRefused, match="not_empty"):
        restore(saved, tmp_path)
    with pytest.raises(RequestRefused, match="not_empty"):
        back_up(embedded, tmp_path, saved)
    assert partition(embedded)


def test_a_changed_byte_is_found_and_nothing_is_left(saved: Path, tmp_path: Path) -> None:
    body = bytearray((saved / DATABASE).read_bytes())
    body[-1] ^= 1
    (saved / DATABASE).write_bytes(body)
    with pytest.raises(RequestRefused, match="backup_damaged"):
        restore(saved, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_backup_that_was_cut_off_is_none(saved: Path, tmp_path: Path) -> None:
    (saved / MANIFEST).unlink()
    with pytest.raises(RequestRefused, match="no_backup"):
        restore(saved, tmp_path / "new")


def test_rows_changed_behind_the_ledger_are_not_restored(embedded: Store, tmp_path: Path) -> None:
    linked(embedded, [made(1, "Ships")])
    with embedded.transaction() as tx:
        tx.connection.exec_driver_sql("UPDATE institution SET name = 'Other'")
    back_up(embedded, tmp_path, tmp_path / "saved")
    with pytest.raises(RequestRefused, match="ledger"):
        restore(tmp_path / "saved", tmp_path / "new")


def test_the_store_goes_on_while_it_is_backed_up(embedded: Store, saved: Path) -> None:
    linked(embedded, [made(3, "Later")])
    with sa.create_engine(f"sqlite:///{saved / DATABASE}").connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(catalogue_record)).scalar() == 2
    connection.engine.dispose()
