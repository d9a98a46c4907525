"""Where raw records come from, without their payloads unless these tell of an earlier harvest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.storage.raw_records import raw_record

_namespaces = msgspec.json.Decoder(dict[str, str])


class RawOrigin(msgspec.Struct, frozen=True, kw_only=True):
    """The header of a raw record, and what came with it."""

    identifier: str
    #: as sent
    datestamp: str
    format: str
    harvested: datetime
    namespaces: dict[str, str]
    #: empty where it does not hold the mark that was asked for
    payload: str


def find(connection: sa.Connection, feed: str, identifiers: Sequence[str], *, mark: str) -> dict[str, RawOrigin]:
    """The origins of a feed's records by identifier, with the payloads that hold `mark`."""
    raw = raw_record.c
    marked = sa.case((raw.payload.contains(mark, autoescape=True), raw.payload), else_="")
    columns = (raw.identifier, raw.datestamp, raw.format, raw.harvested, raw.namespaces, marked.label("payload"))
    query = sa.select(*columns).where(raw.feed == feed, raw.identifier.in_(identifiers))
    return {row["identifier"]: _origin(row) for row in connection.execute(query).mappings()}


def _origin(row: sa.RowMapping) -> RawOrigin:
    return RawOrigin(**{**row, "namespaces": _namespaces.decode(row["namespaces"])})
