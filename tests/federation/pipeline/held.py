"""Raw records written by hand."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import upsert_many
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from federation.storage.raw_records import raw_record
from mappings.schema.raw import RawRecord

_LISTS = ("set_specs", "namespaces", "repairs")


def hold(store: Store, *raws: RawRecord) -> None:
    """Stores records as a harvest would have left them."""
    for raw in raws:
        with store.transaction() as tx:
            fields = {name: getattr(raw, name) for name in RawRecord.__struct_fields__}
            lists = {
                name: msgspec.json.encode(fields[name]).decode() for name in ("set_specs", "namespaces", "repairs")
            }
            numbers = {"rid": _last(tx.connection) + 1, "seq": tx.next_seq()}
            marks = {"run": 1, "seen_run": 1, "seen_list": 1, "seen_datestamp": raw.datestamp}
            harvested = instant_text(raw.harvested or tx.now)
            row = fields | lists | numbers | marks | {"harvested": harvested, "content_sha256": raw.payload_sha256}
            upsert_many(tx, raw_record, [row], key=("feed", "identifier"))


def _last(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.max(raw_record.c.rid))).scalar() or 0
