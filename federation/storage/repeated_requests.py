"""Requests that a program may send again: what was answered under which key, and so no second effect.

Whoever asks takes the key before the act, in a transaction of its own, so of many at once one acts; the answer is
kept behind the act. A key whose act broke off without an answer may be taken again after a while: each act that is kept
here refuses by its own state to be done twice.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from federation.storage.clashes import repeats_clashes
from federation.storage.columns import Instant
from federation.storage.engine import Store
from federation.storage.metadata import metadata

#: how long the same key has the same answer
KEPT = timedelta(hours=24)
#: an act that has no answer by then broke off
LONGEST_ACT = timedelta(minutes=10)

repeated_request = sa.Table(
    "repeated_request",
    metadata,
    #: whose key it is: the keys of two people are two
    sa.Column("asker", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    #: of address, parameters and body
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("taken_at", Instant, nullable=False, index=True),
    #: None while the act is under way
    sa.Column("status", sa.Integer, nullable=True),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request by its key."""

    asker: str
    key: str
    sha256: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a request with this key got; `status` is None while it is under way."""

    sha256: str
    status: int | None
    #: names and values as a JSON object
    headers: str
    body: bytes


@repeats_clashes
def take(store: Store, asked: Asked) -> Answered | None:
    """Takes the key for this request; what it was answered where it is taken already."""
    with store.transaction() as tx:
        _forget(tx.connection, asked, tx.now - KEPT, tx.now - LONGEST_ACT)
        build = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
        row = {**msgspec.structs.asdict(asked), "taken_at": tx.now, "headers": "{}", "body": b""}
        taken = tx.connection.execute(build(repeated_request).values(row).on_conflict_do_nothing())
        return None if taken.rowcount else _found(tx.connection, asked)


def _forget(connection: sa.Connection, asked: Asked, old: object, broken_off: object) -> None:
    """Whatever is past, and this key where its act broke off."""
    row = repeated_request.c
    left = _is(asked) & row.status.is_(None) & (row.taken_at < broken_off)
    connection.execute(repeated_request.delete().where((row.taken_at < old) | left))


def _found(connection: sa.Connection, asked: Asked) -> Answered:
    row = repeated_request.c
    found = connection.execute(sa.select(row.sha256, row.status, row.headers, row.body).where(_is(asked))).one()
    return Answered(sha256=found.sha256, status=found.status, headers=found.headers, body=bytes(found.body))


@repeats_clashes
def keep(store: Store, asked: Asked, answered: Answered) -> None:
    """Keeps what the request was answered."""
    values = {"status": answered.status, "headers": answered.headers, "body": answered.body}
    with store.transaction() as tx:
        tx.connection.execute(repeated_request.update().where(_is(asked)).values(**values))


@repeats_clashes
def give_back(store: Store, asked: Asked) -> None:
    """Gives the key back: the request was refused, and may be asked again once what refused it is mended."""
    with store.transaction() as tx:
        tx.connection.execute(repeated_request.delete().where(_is(asked) & repeated_request.c.status.is_(None)))


def _is(asked: Asked) -> sa.ColumnElement[bool]:
    return (repeated_request.c.asker == asked.asker) & (repeated_request.c.key == asked.key)
