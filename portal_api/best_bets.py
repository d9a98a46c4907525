"""Best bets between people and the index: what may be pinned, and what is pinned now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.pipeline.lately import Lately
from federation.storage import best_bets
from federation.storage.best_bets import BestBet
from federation.storage.engine import Store
from federation.storage.linkage.clusters import Live, Moved, resolve_name
from federation.storage.transactions import Transaction
from index.best_bets import MOST, bet_key
from index.query.model import QueryNode
from index.query.syntax import parse
from index.understanding import asks_words

_LONGEST_QUERY = 512


def pin(tx: Transaction, query: str, names: Sequence[str], until: str, author: str) -> BestBet:
    """Pins things to a query, in place of those that were.

    names    clusters by their name or the address of their page, the first first
    until    the last day, YYYY-MM-DD; empty = for good
    raises   RequestRefused for a query without words, a thing the public does not see, or a day that is none or is past
    """
    bet = BestBet(
        key=bet_key(_tree(query)),
        query=query.strip(),
        clusters=_clusters(tx.connection, names),
        until=_day(until.strip(), tx.now.date()),
        author=author,
        made_at=tx.now,
    )
    best_bets.put(tx, bet)
    return bet


def unpin(tx: Transaction, key: str) -> None:
    """Takes the pins off; raises RequestRefused where there are none."""
    if not best_bets.remove(tx, key):
        raise RequestRefused("best_bet_unknown", "expected a query with best bets, found one that has none")


def key_of(query: str) -> str:
    """The key under which a query's pins are kept; raises RequestRefused as `pin` does."""
    return bet_key(_tree(query))


def _tree(query: str) -> QueryNode:
    tree = parse(query, "lenient").tree
    if len(query) > _LONGEST_QUERY or not asks_words(tree):
        raise RequestRefused("query_unfit", f"expected a query with words to pin things to, found {query[:40]!r}")
    return tree


def _clusters(connection: sa.Connection, names: Sequence[str]) -> tuple[str, ...]:
    wanted = dict.fromkeys(name.rstrip("/").rpartition("/")[2] for name in names if name.strip())
    found = tuple(dict.fromkeys(_standing(connection, name) for name in wanted))
    if not 0 < len(found) <= MOST:
        raise RequestRefused("too_many_pins", f"expected one to {MOST} things, found {len(found)}")
    return found


def _standing(connection: sa.Connection, name: str) -> str:
    match resolve_name(connection, name):
        case Live(id=standing) | Moved(to=standing):
            return standing
    raise RequestRefused("cluster_unknown", f"expected things that everybody may see, found {name[:80]!r}")


def _day(text: str, today: date) -> str:
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise RequestRefused("day_invalid", f"expected a day as YYYY-MM-DD, found {text[:40]!r}") from error
    if day < today:
        raise RequestRefused("day_past", f"expected a day from {today} on, found {day}")
    return day.isoformat()


def stored_bets(store: Store) -> Lately[Mapping[str, tuple[str, ...]]]:
    """Key of a query -> its things as pinned now, each by its present name (`index.best_bets.BestBets`)."""

    def read() -> Mapping[str, tuple[str, ...]]:
        today = store.now().date()
        with store.reading() as connection:
            holding = [bet for bet in best_bets.everyone(connection) if bet.holds(today)]
            return {bet.key: tuple(_present(connection, name) for name in bet.clusters) for bet in holding}

    return Lately(read)


def _present(connection: sa.Connection, name: str) -> str:
    found = resolve_name(connection, name)
    return found.to if isinstance(found, Moved) else name
