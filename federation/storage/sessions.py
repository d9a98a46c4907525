"""Sessions of signed-in readers, one row each, found by the hash of what the browser keeps.

How long one lasts is the portal's to say; here it is kept, moved and ended. A stolen database opens no session.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.storage.columns import Instant
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

session = sa.Table(
    "session",
    metadata,
    #: hex SHA-256 of the cookie
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    #: slug of the institution that the person acts for; empty = none
    sa.Column("acting_for", sa.Text, nullable=False),
    #: when the password was last given
    sa.Column("signed_in_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False, index=True),
)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser in which a person has signed in."""

    account: str
    acting_for: str = ""
    signed_in_at: datetime
    seen_at: datetime


def start(tx: Transaction, cookie: str, wanted: Session) -> None:
    """Writes a session that the browser holds as `cookie`."""
    tx.connection.execute(session.insert().values(digest=_digest(cookie), **msgspec.structs.asdict(wanted)))


def get(connection: sa.Connection, cookie: str) -> Session | None:
    """The session behind a cookie, whatever its age."""
    columns = [session.c[name] for name in Session.__struct_fields__]
    row = connection.execute(sa.select(*columns).where(session.c.digest == _digest(cookie))).mappings().first()
    return None if row is None else Session(**row)


def touch(tx: Transaction, cookie: str) -> None:
    """The session was used now."""
    tx.connection.execute(session.update().where(session.c.digest == _digest(cookie)).values(seen_at=tx.now))


def move(tx: Transaction, former: str, cookie: str, *, acting_for: str) -> None:
    """Gives the session a new cookie and the institution that the person acts for from now on."""
    changed = session.update().where(session.c.digest == _digest(former))
    tx.connection.execute(changed.values(digest=_digest(cookie), acting_for=acting_for, seen_at=tx.now))


def end(tx: Transaction, cookie: str) -> None:
    """Ends one session."""
    tx.connection.execute(session.delete().where(session.c.digest == _digest(cookie)))


def end_all(tx: Transaction, account_id: str) -> int:
    """Ends every session of an account, in every browser; gives their number."""
    return tx.connection.execute(session.delete().where(session.c.account == account_id)).rowcount


def forget_before(tx: Transaction, seen: datetime) -> None:
    """Removes what was last used before `seen`."""
    tx.connection.execute(session.delete().where(session.c.seen_at < seen))


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
