"""The migrations through alembic: running them, and writing the first one from the tables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from federation.storage.columns import Instant, Json
from federation.storage.metadata import schema_revision, whole

FOLDER = Path(__file__).parent
FIRST = FOLDER / "versions" / "0001.py"


def known() -> list[str]:
    """Revisions that this version can start from, oldest first."""
    scripts = ScriptDirectory.from_config(_config(None))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def upgrade(connection: sa.Connection) -> None:
    """Runs the migrations that the database lacks."""
    command.upgrade(_config(connection), "head")


def _config(connection: sa.Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def differences(connection: sa.Connection) -> list[object]:
    """What the tables of a migrated store lack of `metadata.whole()`, or have beyond it."""
    upgrade = produce_migrations(_context(connection), whole()).upgrade_ops
    return list(upgrade.as_diffs()) if upgrade is not None else []


def first_migration(connection: sa.Connection) -> str:
    """Source of the one migration that makes every table; `connection` leads to an empty database."""
    context = _context(connection)
    produced = produce_migrations(context, whole())
    assert produced.upgrade_ops is not None
    body = render_python_code(produced.upgrade_ops, render_item=_rendered, migration_context=context)
    lines = "\n".join(f"    {line}" if line and not line.startswith("    ") else line for line in body.splitlines())
    return _HEADER + lines + "\n"


def _context(connection: sa.Connection) -> MigrationContext:
    options = {"compare_type": True, "include_name": lambda name, kind, _: name != schema_revision.name}
    return MigrationContext.configure(connection, opts=options)


def _rendered(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    return "sa.Text()" if kind == "type" and isinstance(item, Instant | Json) else False


_HEADER = '''"""Every table; written by `make schema`, and again with each change until the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
'''
