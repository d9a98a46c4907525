"""Requests that a program may send again: what was done under which key, and so no second effect.

Whoever asks takes the key before the act, in a transaction of its own, so of many at once one acts. The act notes in
its own transaction what it made, by name; no answer is kept, so whoever asks again is told of it as it is now, and as
they may see it now. A key whose act broke off before its commit may be taken again after a while.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from federation.storage.clashes import repeats_clashes
from federation.storage.columns import Instant
from federation.storage.engine import Store
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

#: how long the same key is the same request
KEPT = timedelta(hours=24)
#: an act that has noted nothing by then broke off
LONGEST_ACT = timedelta(minutes=10)

#: notes in an act's transaction what it made, by name
Note = Callable[[Transaction, str], None]

repeated_request = sa.Table(
    "repeated_request",
    metadata,
    #: whose key it is: account, key or session, and whom they act for
    sa.Column("asker", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    #: of address, parameters and body
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("taken_at", Instant, nullable=False, index=True),
    #: the name of what was made; None while the act is under way
    sa.Column("made", sa.Text, nullable=True),
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request by its key."""

    asker: str
    key: str
    sha256: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is taken; `made` is None while its act is under way."""

    sha256: str
    made: str | None


def asker(account: str, by: str, acting_for: str) -> str:
    """Whose a key is; of one account each key, each session and each institution acted for is another."""
    return f"{_of_account(account)}{by} {acting_for}"


def unnoted(_tx: Transaction, _name: str) -> None:
    """For an act that came without a key."""


@repeats_clashes
def take(store: Store, asked: Asked) -> Taken | None:
    """Takes the key for this request; how it stands where it is taken already."""
    with store.transaction() as tx:
        row = repeated_request.c
        broken_off = row.made.is_(None) & (row.taken_at < tx.now - LONGEST_ACT)
        over = broken_off | (row.taken_at < tx.now - KEPT)
        tx.connection.execute(repeated_request.delete().where(_is(asked) & over))
        build = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
        values = {**msgspec.structs.asdict(asked), "taken_at": tx.now}
        # PostgreSQL tells no number of rows of an INSERT
        taken = build(repeated_request).values(values).on_conflict_do_nothing().returning(repeated_request.c.key)
        return _found(tx.connection, asked) if tx.connection.execute(taken).first() is None else None


def _found(connection: sa.Connection, asked: Asked) -> Taken:
    row = repeated_request.c
    found = connection.execute(sa.select(row.sha256, row.made).where(_is(asked))).one()
    return Taken(sha256=found.sha256, made=found.made)


def note(tx: Transaction, asked: Asked, name: str) -> bool:
    """Notes what the act of this transaction made; whether the key was still its own."""
    own = _is(asked) & repeated_request.c.made.is_(None)
    noted = tx.connection.execute(repeated_request.update().where(own).values(made=name))
    return bool(noted.rowcount)


@repeats_clashes
def keep(store: Store, asked: Asked, name: str) -> None:
    """Notes what was made by an act that is the same act when it is done again."""
    with store.transaction() as tx:
        note(tx, asked, name)


@repeats_clashes
def give_back(store: Store, asked: Asked) -> None:
    """Gives the key back where nothing was done: what was refused may be asked again once that is mended."""
    with store.transaction() as tx:
        tx.connection.execute(repeated_request.delete().where(_is(asked) & repeated_request.c.made.is_(None)))


def tidy(tx: Transaction) -> None:
    """Forgets the keys whose time is over."""
    tx.connection.execute(repeated_request.delete().where(repeated_request.c.taken_at < tx.now - KEPT))


def forget_of(tx: Transaction, account: str) -> None:
    """Forgets every key of an account."""
    own = repeated_request.c.asker.startswith(_of_account(account), autoescape=True)
    tx.connection.execute(repeated_request.delete().where(own))


def _of_account(account: str) -> str:
    return f"{account} "


def _is(asked: Asked) -> sa.ColumnElement[bool]:
    return (repeated_request.c.asker == asked.asker) & (repeated_request.c.key == asked.key)
