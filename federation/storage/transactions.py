"""A write transaction: its connection, its time, and the numbers it takes in the order of commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa

from federation.ledger.entry import SYSTEM
from federation.storage import ledger, sequence

Now = Callable[[], datetime]


def _at_once() -> None:
    """Nobody is to go first."""


class Transaction:
    """Handed out by `Store.transaction`; lives until the block ends."""

    def __init__(
        self,
        connection: sa.Connection,
        now: datetime,
        actor: str = SYSTEM,
        *,
        database_now: Now | None = None,
        give_way: Callable[[], None] = _at_once,
    ) -> None:
        self.connection = connection
        self._database_now = database_now
        #: the moment of this transaction, aware and UTC
        self.now = now
        #: who acts, as the ledger names them
        self.actor = actor
        #: what the ledger will say of this transaction
        self.pending: list[ledger.Pending] = []
        self.callbacks: list[Callable[[], None]] = []
        #: called between the parts of long work (`Store.give_way`)
        self.give_way = give_way
        self._seq: int | None = None

    @cached_property
    def database_now(self) -> datetime:
        """The moment at which this was first asked for, by the clock that all machines of one database share."""
        return self.now if self._database_now is None else self._database_now()

    def in_order(self) -> None:
        """From now on no other transaction takes a number: what is counted now is the highest until the commit."""
        sequence.lock(self.connection)

    def next_seq(self) -> int:
        """The next number in the order of commits; from the first call on, no other transaction takes one."""
        if self._seq is None:
            self.in_order()
            self._seq = sequence.last_seq(self.connection)
        self._seq += 1
        return self._seq

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls `callback` once everything is on the disk; never where the transaction fails."""
        self.callbacks.append(callback)

    def close(self) -> None:
        """Writes the ledger's entries and keeps the numbers taken; the store calls it last before the commit."""
        if self.pending:
            sequence.lock(self.connection)
            ledger.write(self, self.pending, self.now)
        if self._seq is not None:
            sequence.keep(self.connection, self._seq)
