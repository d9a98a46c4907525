"""The one collection of tables; each aggregate declares its own, here they are gathered."""

from __future__ import annotations

import importlib
import pkgutil

import sqlalchemy as sa

import federation.storage

#: constraints are named alike on both databases, so that migrations can speak of them
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


#: revision of the schema that this version serves
HEAD = "0001"

#: which revision a store has; migrations move it
schema_revision = sa.Table(
    "alembic_version",
    metadata,
    sa.Column("version_num", sa.String(32), primary_key=True),
)


def whole() -> sa.MetaData:
    """`metadata` with the tables of every module of `federation.storage` in it."""
    for module in pkgutil.walk_packages(federation.storage.__path__, "federation.storage."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    return metadata
