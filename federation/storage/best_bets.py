"""Best bets: things that people pinned to a query, until a day or for good; every change is in the ledger."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
import sqlalchemy as sa

from federation.storage import ledger
from federation.storage.bulk import upsert_many
from federation.storage.columns import Instant, Json, instant_text, json_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

best_bet = sa.Table(
    "best_bet",
    metadata,
    #: `index.best_bets.bet_key` of the query
    sa.Column("key", sa.Text, primary_key=True),
    #: as typed
    sa.Column("query", sa.Text, nullable=False),
    #: names of clusters, the first first
    sa.Column("clusters", Json(tuple[str, ...]), nullable=False),
    #: ISO 8601 day, the last one that it holds; empty = for good
    sa.Column("until", sa.Text, nullable=False),
    #: account of who pinned it, or `operator`
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)


class BestBet(msgspec.Struct, frozen=True, kw_only=True):
    """What is pinned to one query."""

    key: str
    query: str
    clusters: tuple[str, ...]
    until: str = ""
    author: str
    made_at: datetime

    def holds(self, day: date) -> bool:
        """Whether it holds on that day (UTC)."""
        return not self.until or day.isoformat() <= self.until


def put(tx: Transaction, bet: BestBet) -> None:
    """Pins things to a query, in place of those that were."""
    row = msgspec.structs.asdict(bet)
    row |= {"clusters": json_text(bet.clusters), "made_at": instant_text(bet.made_at)}
    upsert_many(tx, best_bet, [row], key=("key",))
    ledger.append_row(tx, "best_bet.put", "best_bet", bet.key)


def remove(tx: Transaction, key: str) -> bool:
    """Takes the pins off a query; whether there were any."""
    gone = tx.connection.execute(best_bet.delete().where(best_bet.c.key == key)).rowcount > 0
    if gone:
        ledger.append_row(tx, "best_bet.removed", "best_bet", key)
    return gone


def everyone(connection: sa.Connection) -> list[BestBet]:
    """All of them, newest first."""
    query = sa.select(best_bet).order_by(best_bet.c.made_at.desc(), best_bet.c.key)
    return [BestBet(**row) for row in connection.execute(query).mappings()]
