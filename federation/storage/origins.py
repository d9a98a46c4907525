"""Whose turn it is to ask an origin, and how it is to be spared (`harvester.ports.Origins`).

A line an origin, which all processes of a store see. Its times are by the database's clock. What is kept here is over
before a machine is up again, so no commit waits for the disk.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from federation.storage.clashes import repeats_clashes
from federation.storage.columns import Instant, Json
from federation.storage.engine import Store
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction
from harvester.load import Load
from harvester.ports import Turn
from harvester.turns import EVER, Pace, Standing, come, go, stay

log = logging.getLogger(__name__)

#: what becomes of a standing by the rules
Rule = Callable[[Standing, str, Pace, datetime], Standing]

origin_turn = sa.Table(
    "origin_turn",
    metadata,
    #: scheme, host and port
    sa.Column("origin", sa.Text, primary_key=True),
    #: process that has the turn; empty = none
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("lease_until", Instant, nullable=False),
    #: process that stands in line; empty = none
    sa.Column("next", sa.Text, nullable=False),
    sa.Column("next_until", Instant, nullable=False),
    #: nobody asks before
    sa.Column("free_at", Instant, nullable=False),
    sa.Column("load", Json(Load), nullable=False),
)


class StoredOrigins:
    """The turns of one process."""

    def __init__(self, store: Store, holder: str = "") -> None:
        """`holder`: the name of the process, unlike any other's; it is given one if it has none."""
        self._store, self._holder = store, holder or uuid.uuid4().hex

    @repeats_clashes
    def come(self, origin: str, pace: Pace) -> Turn:
        """Asks for the turn; nothing is written where there is only to wait on."""
        with self._store.reading() as connection:
            now, before = self._store.database_now(connection), of(connection, origin)
            after = come(before, self._holder, pace, now)
        if after != before:
            before, after, now = self._moved(origin, come, pace)
        is_ours = after.holder == self._holder
        return Turn(is_ours=is_ours, is_new=is_ours and before.holder != self._holder, pace=after.pace(now))

    def stay(self, origin: str, pace: Pace) -> bool:
        """Keeps the turn, if this process has it; where that cannot be written it lasts as long as was said last."""
        return self._tried(origin, stay, pace)

    def go(self, origin: str, pace: Pace) -> None:
        """Gives the turn back; where that cannot be written its lease runs out."""
        self._tried(origin, go, pace)

    def _tried(self, origin: str, rule: Rule, pace: Pace) -> bool:
        """Whether it is written, and this process has the turn now."""
        try:
            _, after, _ = self._moved(origin, rule, pace)
        except (SQLAlchemyError, OSError):
            log.warning("the turn at %s could not be written", origin, exc_info=True)
            return False
        return after.holder == self._holder

    @repeats_clashes
    def _moved(self, origin: str, rule: Rule, pace: Pace) -> tuple[Standing, Standing, datetime]:
        """What stood and what stands now, with the moment between them."""
        with self._store.fleeting() as tx:
            before = _locked(tx, origin)
            after = rule(before, self._holder, pace, tx.database_now)
            if after != before:
                changed = origin_turn.update().where(origin_turn.c.origin == origin)
                tx.connection.execute(changed.values(msgspec.structs.asdict(after)))
            return before, after, tx.database_now


def of(connection: sa.Connection, origin: str) -> Standing:
    """How it stands with an origin; one that nobody has asked yet is free."""
    return _read(connection, sa.select(origin_turn).where(origin_turn.c.origin == origin))


def release_all(tx: Transaction, holder: str | None = None) -> None:
    """Whoever had a turn, or `holder` alone, asks no more; the pauses stand."""
    own = sa.true() if holder is None else origin_turn.c.holder == holder
    tx.connection.execute(origin_turn.update().where(own).values(holder="", lease_until=EVER, next="", next_until=EVER))


@repeats_clashes
def release_embedded(store: Store) -> None:
    """Whoever holds the folder of an embedded store is the only one who asks: what had turns before is gone."""
    if store.dialect == "sqlite":
        with store.fleeting() as tx:
            release_all(tx)


def _locked(tx: Transaction, origin: str) -> Standing:
    """The line of the origin, which is nobody else's until the transaction ends."""
    build = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    fresh = {"origin": origin, **msgspec.structs.asdict(Standing())}
    tx.connection.execute(build(origin_turn).values(fresh).on_conflict_do_nothing())
    return _read(tx.connection, sa.select(origin_turn).where(origin_turn.c.origin == origin).with_for_update())


def _read(connection: sa.Connection, query: sa.Select[tuple[str, ...]]) -> Standing:
    row = connection.execute(query).mappings().first()
    return Standing() if row is None else Standing(**{name: row[name] for name in Standing.__struct_fields__})
