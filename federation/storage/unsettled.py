"""Records of which something newer is stored than what was made of them, or of whose parent."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from federation.storage.bulk import parted
from federation.storage.outcomes import mapping_outcome
from federation.storage.placements import placement
from federation.storage.raw_records import raw_record

#: identifiers that one statement asks for
_PART = 5_000

_raw, _made, _placed = raw_record.c, mapping_outcome.c, placement.c
_BESIDE = raw_record.outerjoin(mapping_outcome, _made.rid == _raw.rid).outerjoin(placement, _placed.rid == _raw.rid)


def among(connection: sa.Connection, feed: str, names: Collection[str], cursor: int) -> dict[str, int]:
    """Those of a feed's records that are to be mapped, or derived again, with their numbers.

    cursor   the mapping stage's
    """
    is_due = (_raw.seq > cursor) & (sa.func.coalesce(_made.raw_seq, -1) < _raw.seq)
    query = sa.select(_raw.identifier, _raw.rid).select_from(_BESIDE).where(_raw.feed == feed)
    query = query.where(is_due | sa.func.coalesce(_placed.waiting, sa.false()))
    parts = (query.where(_raw.identifier.in_(part)) for part in parted(names, _PART))
    return {row.identifier: row.rid for part in parts for row in connection.execute(part)}
