"""What a stage could not take in: the record or cluster over which it failed, and why, until that changes.

A row says: leave this out in the state that it has. A stage that finds a newer state tries it again, and forgets the
row once it took it in. A row of a stage behind the mapping is also an issue of the raw record that it came from.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

#: code of the issue
CODE = "step_crashed"
#: characters of an error that are kept
MOST_ERROR = 200
set_aside = sa.Table(
    "set_aside",
    metadata,
    sa.Column("stage", sa.Text, primary_key=True),
    #: of the record, or of the pivot of the cluster
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    #: the state that is left out; a later one is tried again
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("feed", sa.Text, nullable=False),
    #: OAI identifier of the raw record
    sa.Column("identifier", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("set_aside_feed", "feed", "identifier"),
)


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage takes up next, by its numbers alone."""

    #: the name under which it is set aside
    stage: str
    number: int
    seq: int
    feed: str
    identifier: str


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """A row, as the stage reads it."""

    seq: int
    error: str


def put(tx: Transaction, subject: Subject, error: str) -> None:
    """Sets it aside in its present state."""
    row: Row = {
        "stage": subject.stage,
        "number": subject.number,
        "seq": subject.seq,
        "feed": subject.feed,
        "identifier": subject.identifier,
        "error": error[:MOST_ERROR],
        "at": instant_text(tx.now),
    }
    upsert_many(tx, set_aside, [row], key=("stage", "number"))


def of(connection: sa.Connection, stage: str, numbers: Collection[int]) -> dict[int, Aside]:
    """What of `numbers` a stage has set aside."""
    table = set_aside.c
    query = sa.select(table.number, table.seq, table.error).where(table.stage == stage, table.number.in_(numbers))
    return {number: Aside(seq=seq, error=error) for number, seq, error in connection.execute(query)}


def everything(connection: sa.Connection, stage: str) -> dict[int, Aside]:
    """All that a stage has set aside."""
    table = set_aside.c
    query = sa.select(table.number, table.seq, table.error).where(table.stage == stage)
    return {number: Aside(seq=seq, error=error) for number, seq, error in connection.execute(query)}


def forget(tx: Transaction, stages: Sequence[str], numbers: Collection[int]) -> None:
    """These were taken in, or are to be tried again."""
    table = set_aside.c
    tx.connection.execute(set_aside.delete().where(table.stage.in_(stages), table.number.in_(numbers)))


def forget_feed(tx: Transaction, stage: str, feed: str) -> None:
    """Whatever of a feed a stage set aside is to be tried again."""
    tx.connection.execute(set_aside.delete().where(set_aside.c.stage == stage, set_aside.c.feed == feed))
