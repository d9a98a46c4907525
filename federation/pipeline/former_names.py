"""What a record is called now that another one calls by a former native identifier.

A rekey and a change of a repository's names leave references to the old ones in records that nobody changed.
"""

from __future__ import annotations

import sqlalchemy as sa

from federation.storage import aliases, catalogue_records, raw_records
from mappings.schema.ids import record_id


def present_name(connection: sa.Connection, feed: str, native_id: str) -> str:
    """The native identifier of the record that was called `native_id`; the same where one is called so, or none was."""
    if raw_records.is_called(connection, feed, native_id):
        return native_id
    old = record_id(feed, native_id)
    found = (catalogue_records.native_id(connection, each) for each in (aliases.renamed(connection, old), old) if each)
    return next(filter(None, found), native_id)
