"""Locks on what somebody has: whoever counts before they add waits for another who does so, until that one commits."""

from __future__ import annotations

import sqlalchemy as sa

#: what is counted -> key of its advisory locks on PostgreSQL, beside the hash of whose it is
KEYS, LISTS = 1, 2


def lock_own(connection: sa.Connection, what: int, account: str) -> None:
    """Holds an account's `what` until this transaction ends; SQLite has one writer at a time since BEGIN IMMEDIATE.

    what      `KEYS` or `LISTS`
    account   its id; empty = of everybody without one
    """
    if connection.dialect.name == "postgresql":
        # the two-number locks share no key with the one-number locks of `sequence`, `exports` and `engine`
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(what, sa.func.hashtext(account))))
