"""Which schema a store has, and how it comes to the one that this version serves.

An embedded store migrates itself, after a copy was made beside it; a PostgreSQL store waits for `archive-exchange
migrate`. A schema newer than this version is never opened.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from federation.errors import SchemaMismatch
from federation.storage.completing import complete
from federation.storage.engine import Store
from federation.storage.metadata import HEAD, schema_revision


def open_schema(store: Store) -> None:
    """Brings an embedded store to this version's schema, or checks a PostgreSQL one.

    raises  SchemaMismatch for a newer schema, and on PostgreSQL for an older one
    """
    found = revision(store)
    if found == HEAD or (found == "" and store.dialect == "sqlite"):
        _complete(store)
        return
    if found not in running().known() and found:
        raise SchemaMismatch(found, HEAD, "the store was opened by a newer version of the software")
    if store.dialect != "sqlite":
        raise SchemaMismatch(found, HEAD, "the store has an older schema: run `archive-exchange migrate` first")
    store.backup_to(_copy_beside(store, found))
    migrate(store)


def _complete(store: Store) -> None:
    """Until the first release a schema grows under one revision: an embedded store takes in what is new."""
    if store.dialect == "sqlite":
        store.create_schema()
        complete(store)


def _copy_beside(store: Store, found: str) -> Path:
    path = Path(str(sa.make_url(store.url).database))
    return path.with_name(f"{path.name}.{found}-{store.now():%Y%m%dT%H%M%S}")


def migrate(store: Store) -> None:
    """Brings a store to this version's schema; raises SchemaMismatch for a newer one."""
    found = revision(store)
    if found and found not in running().known():
        raise SchemaMismatch(found, HEAD, "the store was opened by a newer version of the software")
    with store.altering() as connection:
        running().upgrade(connection)


def revision(store: Store) -> str:
    """The revision that the store has; empty where it has none."""
    with store.reading() as connection:
        if not sa.inspect(connection).has_table(schema_revision.name):
            return ""
        return connection.execute(sa.select(schema_revision.c.version_num)).scalar() or ""


def running() -> ModuleType:
    """The migrations, loaded where they are needed: alembic takes longer to load than all the rest."""
    return importlib.import_module("federation.storage.migrations.running")
