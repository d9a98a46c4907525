"""The schema: migrations and tables agree, older stores come along, newer ones stay shut."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from federation.errors import SchemaMismatch
from federation.storage import schema
from federation.storage.engine import Store, embedded_url
from federation.storage.metadata import HEAD, schema_revision, whole
from federation.storage.migrations import running
from tests.peers.postgresql import Server


def test_migrations_and_tables_agree(store: Store) -> None:
    with store.altering() as connection:
        whole().drop_all(connection)
    schema.migrate(store)
    with store.reading() as connection:
        assert running.differences(connection) == []
    assert (schema.revision(store), running.known()[-1]) == (HEAD, HEAD)


def test_the_first_migration_is_the_one_that_make_schema_writes() -> None:
    with sa.create_engine("sqlite://").connect() as connection:
        written = running.first_migration(connection)
    kept = running.FIRST.read_text(encoding="utf-8")
    assert _bare(written) == _bare(kept), "run `make schema`"


def _bare(source: str) -> str:
    """Without what formatting adds."""
    return "".join(source.replace('"', "'").split()).replace(",)", ")").replace(",]", "]")


def test_a_store_of_a_newer_version_stays_shut(store: Store) -> None:
    _set_revision(store, "9999")
    with pytest.raises(SchemaMismatch, match="newer version"):
        schema.open_schema(store)
    with pytest.raises(SchemaMismatch, match="newer version"):
        schema.migrate(store)


def _set_revision(store: Store, revision: str) -> None:
    with store.altering() as connection:
        connection.execute(schema_revision.update().values(version_num=revision))


def test_an_empty_folder_gets_the_schema(tmp_path: Path) -> None:
    store = Store(embedded_url(tmp_path))
    schema.open_schema(store)
    assert schema.revision(store) == HEAD
    store.close()


def test_an_older_embedded_store_is_copied_and_migrates_itself(
    embedded: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_revision(embedded, "0000")
    monkeypatch.setattr(running, "known", lambda: ["0000", HEAD])
    monkeypatch.setattr(schema, "migrate", lambda store: _set_revision(store, HEAD))
    schema.open_schema(embedded)
    assert schema.revision(embedded) == HEAD
    (copy,) = tmp_path.glob("exchange.db.0000-*")
    with sa.create_engine(f"sqlite:///{copy}").connect() as connection:
        assert connection.execute(sa.select(schema_revision.c.version_num)).scalar() == "0000"
    connection.engine.dispose()


@pytest.mark.postgres
def test_a_postgresql_store_waits_until_it_is_migrated(postgresql: Server) -> None:
    name = postgresql.create()
    store = Store(postgresql.url(name))
    with pytest.raises(SchemaMismatch, match="archive-exchange migrate"):
        schema.open_schema(store)
    schema.migrate(store)
    schema.open_schema(store)
    store.close()
    postgresql.drop(name)
