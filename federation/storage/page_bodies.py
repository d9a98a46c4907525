"""Pages of harvests as they came, packed, by the SHA-256 of their bytes (ADR 0046).

They are kept for thirty days; one of which a record had to be repaired, or could not be read, for ever: what was made
of it can be looked at again beside what was sent.
"""

from __future__ import annotations

import zlib
from datetime import timedelta

import sqlalchemy as sa

from federation.storage.columns import Instant
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

KEPT = timedelta(days=30)
#: larger ones are not kept, packed: neither database takes values of a gigabyte
MOST_BYTES = 256 << 20
#: pages dropped in one transaction
_AT_ONCE = 100
#: packing is in the way of every page: the quickest level takes a third of the time of the usual one
_LEVEL = 1

_GOES = sa.text("kept_until IS NOT NULL")

page_body = sa.Table(
    "page_body",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("packed", sa.LargeBinary, nullable=False),
    #: None: for ever
    sa.Column("kept_until", Instant, nullable=True),
    sa.Index("page_body_kept_until", "kept_until", sqlite_where=_GOES, postgresql_where=_GOES),
)


def packed(body: bytes) -> bytes:
    """The bytes of a page as they are kept; nothing of one that is too large to be."""
    found = zlib.compress(body, _LEVEL)
    return found if len(found) <= MOST_BYTES else b""


def put(tx: Transaction, sha256: str, page: bytes, *, for_ever: bool) -> None:
    """Keeps a page that was packed, or keeps it for longer where it is kept already."""
    if not page:
        return
    until = None if for_ever else tx.now + KEPT
    this = page_body.c.sha256 == sha256
    known = tx.connection.execute(sa.select(page_body.c.kept_until).where(this)).first()
    if known is None:
        tx.connection.execute(page_body.insert().values(sha256=sha256, packed=page, kept_until=until))
    elif known.kept_until is not None:
        tx.connection.execute(page_body.update().where(this).values(kept_until=until))


def get(connection: sa.Connection, sha256: str) -> bytes | None:
    """The bytes of a page as they came; None where they are kept no longer."""
    found = connection.execute(sa.select(page_body.c.packed).where(page_body.c.sha256 == sha256)).scalar()
    return None if found is None else zlib.decompress(found)


def tidy(tx: Transaction) -> int:
    """Drops pages whose time is over, some at a time; how many."""
    over = sa.select(page_body.c.sha256).where(page_body.c.kept_until <= tx.now).limit(_AT_ONCE)
    return tx.connection.execute(page_body.delete().where(page_body.c.sha256.in_(over))).rowcount
