"""Metadata of exported items in the formats that are not stored: made when a harvester asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from federation.pipeline.reexposing import reexposed
from federation.pipeline.unifying import load_unified
from federation.storage import feeds
from mappings.schema.access import PUBLIC
from mappings.schema.unified import Sourced, UnifiedRecord
from mappings.serialisations.catalogue import SERIALISATIONS
from mappings.serialisations.cover import EntryHidden, FormatUnavailable, cover_of

_WRITE = {each.prefix: each.write for each in SERIALISATIONS}


def pages_of(item: str, public_url: str) -> list[str]:
    """The address of an item here; none where the exchange does not say its own."""
    return [f"{public_url}/r/{item}"] if public_url else []


def formats_of(shown: UnifiedRecord) -> list[str]:
    """Prefixes of the formats that can say a record; raises EntryHidden."""
    cover = cover_of(shown)
    return [each.prefix for each in SERIALISATIONS if not each.missing(shown, cover)]


def values_of(field: Any) -> Any:
    """What a field of a record says, without what it rests on."""
    if isinstance(field, tuple):
        return [each.value for each in field]
    return field.value if isinstance(field, Sourced) else field


def licensed(connection: sa.Connection) -> set[str]:
    """Keys of the feeds whose descriptions may be given on."""
    return {feed.key for feed in feeds.everyone(connection) if feed.metadata_licence}


def bodies(connection: sa.Connection, items: Sequence[str], prefix: str, public_url: str) -> dict[str, str]:
    """Content of `<metadata>` of each item as it is now; an item that can no longer be said so is absent.

    Of such an item the export stage gives a tombstone as soon as it comes by.
    """
    may_go_on, write = licensed(connection), _WRITE[prefix]
    found: dict[str, str] = {}
    for item, unified in load_unified(connection, items, PUBLIC).items():
        shown = reexposed(unified, may_go_on)
        if shown is None:
            continue
        try:
            found[item] = write(shown, identifiers=pages_of(item, public_url))
        except (EntryHidden, FormatUnavailable):
            continue
    return found
