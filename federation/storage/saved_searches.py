"""Searches that people keep, and what each has found since: a thing once a search, however often it changes.

A search finds what its owner may see who acts for `acting_for`; who lost the role sees what everybody sees.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage.accounts import account
from federation.storage.columns import Instant
from federation.storage.linkage import clusters
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

#: of one person
MOST = 100
LONGEST_NAME = 200
#: things that are listed
LISTED = 100

saved_search = sa.Table(
    "saved_search",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    #: what the results page was asked, as the query of its address
    sa.Column("asked", sa.Text, nullable=False),
    #: `index.saved.SavedQuery` as JSON
    sa.Column("query", sa.Text, nullable=False),
    #: slug of the institution that its owner acted for; empty = none
    sa.Column("acting_for", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    #: things that were there by then are no news
    sa.Column("after_seq", sa.BigInteger, nullable=False),
    #: the query can no longer be read
    sa.Column("broken", sa.Boolean, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)

saved_hit = sa.Table(
    "saved_hit",
    metadata,
    sa.Column("search", sa.Text, sa.ForeignKey("saved_search.id"), primary_key=True),
    sa.Column("cluster", sa.Text, primary_key=True),
    sa.Column("found_at", Instant, nullable=False),
)


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search that somebody keeps."""

    id: str
    account: str
    name: str
    asked: str
    query: str
    acting_for: str
    created_at: datetime
    after_seq: int
    broken: bool
    seen_at: datetime


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that a search found."""

    cluster: str
    found_at: datetime


def add(tx: Transaction, account_id: str, *, name: str, asked: str, query: str, acting_for: str) -> SavedSearch:
    """Keeps a search from now on; raises RequestRefused where somebody keeps as many as they may."""
    count = sa.select(sa.func.count()).select_from(saved_search).where(saved_search.c.account == account_id)
    if tx.connection.execute(count).scalar_one() >= MOST:
        raise RequestRefused("too_many_searches", f"at most {MOST} searches can be kept; delete one first")
    made = SavedSearch(
        id=f"s-{secrets.token_hex(8)}",
        account=account_id,
        name=name.strip()[:LONGEST_NAME] or asked[:LONGEST_NAME],
        asked=asked,
        query=query,
        acting_for=acting_for,
        created_at=tx.now,
        after_seq=clusters.last_seq(tx.connection),
        broken=False,
        seen_at=tx.now,
    )
    tx.connection.execute(saved_search.insert().values(**msgspec.structs.asdict(made)))
    return made


def of(connection: sa.Connection, account_id: str) -> list[SavedSearch]:
    """Somebody's searches, newest first."""
    return _read(connection, saved_search.c.account == account_id)


def get(connection: sa.Connection, account_id: str, search_id: str) -> SavedSearch | None:
    """One of somebody's searches."""
    owned = (saved_search.c.account == account_id) & (saved_search.c.id == search_id)
    return next(iter(_read(connection, owned)), None)


def watching(connection: sa.Connection) -> list[SavedSearch]:
    """Every search of people who may sign in, but those that are broken."""
    active = sa.select(account.c.id).where(account.c.state == "active")
    return _read(connection, ~saved_search.c.broken & saved_search.c.account.in_(active))


def exist(connection: sa.Connection) -> bool:
    """Whether anybody keeps a search."""
    return connection.execute(sa.select(saved_search.c.id).limit(1)).first() is not None


def remove(tx: Transaction, search_id: str) -> None:
    """Keeps a search no longer."""
    tx.connection.execute(saved_hit.delete().where(saved_hit.c.search == search_id))
    tx.connection.execute(saved_search.delete().where(saved_search.c.id == search_id))


def note_broken(tx: Transaction, search_id: str) -> None:
    """The query cannot be read by this version."""
    tx.connection.execute(saved_search.update().where(saved_search.c.id == search_id).values(broken=True))


def note_seen(tx: Transaction, search_id: str) -> None:
    """Its owner has looked at what it found."""
    tx.connection.execute(saved_search.update().where(saved_search.c.id == search_id).values(seen_at=tx.now))


def note_found(tx: Transaction, found: Mapping[str, frozenset[str]]) -> None:
    """Search -> clusters; what it found before stays as it was."""
    query = sa.select(saved_hit.c.search, saved_hit.c.cluster).where(saved_hit.c.search.in_(found))
    known = {(search, cluster) for search, cluster in tx.connection.execute(query)}
    fresh = {(search, cluster) for search, names in found.items() for cluster in names} - known
    rows = [{"search": search, "cluster": cluster, "found_at": tx.now} for search, cluster in sorted(fresh)]
    if rows:
        tx.connection.execute(saved_hit.insert(), rows)


def hits(connection: sa.Connection, search_ids: Collection[str], start: int = 0) -> dict[str, list[Hit]]:
    """Search -> what it found, newest first, `LISTED` of them after the first `start`; absent where there are none."""
    hit = saved_hit.c
    place = sa.func.row_number().over(partition_by=hit.search, order_by=(hit.found_at.desc(), hit.cluster))
    placed = sa.select(*hit, place.label("place")).where(hit.search.in_(search_ids)).subquery().c
    query = sa.select(placed.search, placed.cluster, placed.found_at).order_by(placed.search, placed.place)
    found: dict[str, list[Hit]] = defaultdict(list)
    for search, cluster, at in connection.execute(query.where(placed.place > start, placed.place <= start + LISTED)):
        found[search].append(Hit(cluster=cluster, found_at=at))
    return found


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[SavedSearch]:
    query = sa.select(saved_search).where(where).order_by(saved_search.c.created_at.desc(), saved_search.c.id)
    return [SavedSearch(**row) for row in connection.execute(query).mappings()]
