"""`make schema`: writes the one migration again from the tables as they are declared."""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage.migrations.running import FIRST, first_migration

with sa.create_engine("sqlite://").connect() as connection:
    FIRST.write_text(first_migration(connection), encoding="utf-8")
