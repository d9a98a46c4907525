"""An embedded store that an earlier day's version made under the same revision takes in what its tables lack.

Until the first release the schema grows under one revision. New columns say what the rows before them had: they may be
empty, or state a default of the database. Where a record stands is read from the record once more.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from federation.errors import SchemaMismatch
from federation.storage import standing_below
from federation.storage.catalogue_records import catalogue_record
from federation.storage.engine import Store
from federation.storage.metadata import HEAD, whole

_COLUMNS = (
    "SELECT held.name, part.name FROM sqlite_master AS held, pragma_table_info(held.name) AS part"
    " WHERE held.type = 'table'"
)
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"


def complete(store: Store) -> None:
    """Makes columns and indexes that the tables of a store lack; what stands is left as it is.

    raises  SchemaMismatch where the rows that stand have no value for a column
    """
    with store.reading() as connection:
        columns, indexes = list(_columns_lacking(connection)), list(_indexes_lacking(connection))
    if not columns and not indexes:
        return
    with store.altering() as connection:
        for column in columns:
            described = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f'ALTER TABLE "{column.table.name}" ADD COLUMN {described}')
        if any(column is catalogue_record.c.place for column in columns):
            standing_below.fill(connection)
        for index in indexes:
            index.create(connection, checkfirst=True)


def _columns_lacking(connection: sa.Connection) -> Iterator[sa.Column[object]]:
    """raises  SchemaMismatch"""
    held = {(table, name) for table, name in connection.exec_driver_sql(_COLUMNS)}
    for column in (each for table in whole().tables.values() for each in table.columns):
        if (column.table.name, column.name) in held:
            continue
        if not column.nullable and column.server_default is None:
            lack = f"the store's table {column.table.name} has no column {column.name}: it was made by another version"
            raise SchemaMismatch(HEAD, HEAD, lack)
        yield column


def _indexes_lacking(connection: sa.Connection) -> Iterator[sa.Index]:
    held = {name for (name,) in connection.exec_driver_sql(_INDEXES)}
    return (each for table in whole().tables.values() for each in table.indexes if each.name not in held)
