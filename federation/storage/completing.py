"""An embedded store that an earlier day's version made under the same revision takes in what its tables lack.

Until the first release the schema grows under one revision. New columns say what the rows before them had: they may be
empty, or state a default of the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn

from federation.errors import SchemaMismatch
from federation.storage.metadata import HEAD, whole

_COLUMNS = (
    "SELECT held.name, part.name FROM sqlite_master AS held, pragma_table_info(held.name) AS part"
    " WHERE held.type = 'table'"
)
_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index'"


def complete(connection: sa.Connection) -> None:
    """Makes missing tables, columns and indexes; what stands is left as it is.

    raises  SchemaMismatch where the rows that stand have no value for a column
    """
    whole().create_all(connection)
    held: dict[str, set[str]] = defaultdict(set)
    for table, name in connection.exec_driver_sql(_COLUMNS):
        held[table].add(name)
    for column in _lacking(held):
        described = CreateColumn(column).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f'ALTER TABLE "{column.table.name}" ADD COLUMN {described}')
    indexes = {name for (name,) in connection.exec_driver_sql(_INDEXES)}
    for index in (each for table in whole().tables.values() for each in table.indexes):
        if index.name not in indexes:
            index.create(connection)


def _lacking(held: dict[str, set[str]]) -> Iterator[sa.Column[object]]:
    """Columns that a table which stands has not.

    raises  SchemaMismatch
    """
    for table in whole().tables.values():
        for column in table.columns:
            if column.name in held[table.name]:
                continue
            if not column.nullable and column.server_default is None:
                lack = f"the store's table {table.name} has no column {column.name}: it was made by another version"
                raise SchemaMismatch(HEAD, HEAD, lack)
            yield column
