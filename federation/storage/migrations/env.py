"""Runs the migrations on the connection that `federation.storage.schema` hands over; alembic loads this file."""

from __future__ import annotations

from alembic import context

from federation.storage.metadata import whole

context.configure(connection=context.config.attributes["connection"], target_metadata=whole())
context.run_migrations()
