"""What tells the records and units of a feed apart: where it changes, identifiers do."""

from __future__ import annotations

import sqlalchemy as sa

from federation.pipeline.crosswalks import crosswalk_of, live_text, program_of, text_of
from federation.pipeline.naming import keys_of, live_keys
from federation.storage.crosswalks import Version
from federation.storage.feeds import StoredFeed
from harvester.files.keys import KEYED
from mappings.engine.compiled import Compiled


def same_identity(connection: sa.Connection, feed: StoredFeed, version: Version) -> bool:
    """Whether a version tells records and units apart by the keys of what is live."""
    live, tried = crosswalk_of(connection, feed), program_of(connection, version)
    if _split(live) != _split(tried):
        return False
    keys = keys_of(feed, live_text(feed), tried, text_of(version))
    return tried.format.name not in KEYED or keys == live_keys(feed, live)


def _split(program: Compiled) -> object:
    split = program.split
    return (split.root, split.each, split.key) if split is not None else None
