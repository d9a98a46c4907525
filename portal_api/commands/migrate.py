"""`migrate`: brings a store to this version's schema."""

from __future__ import annotations

from contextlib import closing

from federation.storage import schema
from federation.storage.engine import Store, embedded_url
from federation.storage.room import told_of
from portal_api import config
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption
from portal_api.commands.output import say


def migrate(data: AnyDataOption = DEFAULT_FOLDER) -> None:
    """Bring a PostgreSQL store to the schema of this version; an embedded one does so itself when it is opened."""
    url = config.load(data).settings.storage.url
    with told_of(data), closing(Store(url or embedded_url(data))) as store:
        if url:
            schema.migrate(store)
        else:
            schema.open_schema(store)
        say(f"schema {schema.revision(store)}")
