"""Metadata of exported items in the formats that are not stored: made when a harvester asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.giving_on import Form, given_on
from federation.pipeline.unifying import load_unified
from mappings.schema.access import PUBLIC
from mappings.schema.unified import Sourced, UnifiedRecord
from mappings.serialisations.catalogue import SERIALISATIONS
from mappings.serialisations.cover import EntryHidden, FormatUnavailable, cover_of

#: how the identifiers of merged records begin; those of single records do not
CLUSTER = "c-"
_WRITE = {each.prefix: each.write for each in SERIALISATIONS}


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What a harvester gets of an item."""

    #: content of `<metadata>`
    body: str
    #: `<about>` elements
    about: str = ""


def pages_of(item: str, public_url: str) -> list[str]:
    """The address of an item here; none where the exchange does not say its own."""
    page = "r" if item.startswith(CLUSTER) else "m"
    return [f"{public_url}/{page}/{item}"] if public_url else []


def formats_of(shown: UnifiedRecord) -> list[str]:
    """Prefixes of the formats that can say a record; raises EntryHidden."""
    cover = cover_of(shown)
    return [each.prefix for each in SERIALISATIONS if not each.missing(shown, cover)]


def write_in(prefix: str, shown: UnifiedRecord, pages: Sequence[str]) -> str:
    """A record in a format; raises EntryHidden, FormatUnavailable."""
    return _WRITE[prefix](shown, identifiers=pages)


def values_of(field: Any) -> Any:
    """What a field of a record says, without what it rests on."""
    if isinstance(field, tuple):
        return [each.value for each in field]
    return field.value if isinstance(field, Sourced) else field


def made(connection: sa.Connection, items: Sequence[str], prefix: str, settings: ExportSettings) -> dict[str, Made]:
    """Each item in a format as it is now; one that can no longer be said so is absent.

    Of such an item the export stage gives a tombstone as soon as it comes by.
    """
    return written(connection, load_unified(connection, items, PUBLIC), prefix, settings)


def written(
    connection: sa.Connection,
    present: Mapping[str, UnifiedRecord],
    prefix: str,
    settings: ExportSettings,
    *,
    form: Form = "merged",
) -> dict[str, Made]:
    """What of `present` may go on, in a format that can say it."""
    found: dict[str, Made] = {}
    for item, given in given_on(connection, present.values(), settings, form=form).items():
        try:
            body = write_in(prefix, given.record, pages_of(item, settings.public_url))
        except (EntryHidden, FormatUnavailable):
            continue
        found[item] = Made(body=body, about=given.about)
    return found
