"""When a feed was last listed whole, and which live records it did not name then (harvesting, 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.raw_records import raw_record
from federation.storage.runs import run
from federation.storage.transactions import Transaction
from harvester.feeds import DeletionRule, Profile

#: `absent`: no list names it, and nobody has asked for it; `unlisted`: it is given all the same
State = Literal["absent", "unlisted"]

#: between two lists that do not name a record, before it is asked for alone
APART = timedelta(days=1)
#: between two lists of everything, where tombstones are kept for good, and where they are not
_KEPT, _NOT_KEPT = timedelta(days=30), timedelta(days=7)

reconciliation = sa.Table(
    "reconciliation",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    #: the last list of everything that reached its end; None = none did
    sa.Column("listed_at", Instant, nullable=True),
    sa.Column("tried_at", Instant, nullable=False),
)

absence = sa.Table(
    "absence",
    metadata,
    #: of the raw record
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    #: the first list of everything that did not name it
    sa.Column("since", Instant, nullable=False),
    sa.Index("absence_feed", "feed", "state", "since"),
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a feed is reconciled."""

    listed_at: datetime | None = None
    #: the last list of everything that was tried; before any, when the feed was first harvested
    tried_at: datetime | None = None
    #: records that the last whole list did not name: still to be asked for, and given all the same
    absent: int = 0
    unlisted: int = 0
    #: when the first of the absent was not named for a day; None where none is
    first_due: datetime | None = None

    @property
    def last_was_whole(self) -> bool:
        """Whether the last list of everything that was tried reached its end."""
        return self.listed_at is not None and self.listed_at == self.tried_at


def of_feed(connection: sa.Connection, feed: str) -> Standing:
    """How far the feed is reconciled."""
    columns = (reconciliation.c.listed_at, reconciliation.c.tried_at)
    row = connection.execute(sa.select(*columns).where(reconciliation.c.feed == feed)).first()
    first = sa.select(sa.func.min(run.c.started_at, type_=Instant)).where(run.c.feed == feed)
    query = sa.select(absence.c.state, sa.func.count().label("number")).where(absence.c.feed == feed)
    counts = {each.state: each.number for each in connection.execute(query.group_by(absence.c.state))}
    return Standing(
        listed_at=row.listed_at if row else None,
        tried_at=row.tried_at if row else connection.execute(first).scalar(),
        absent=counts.get("absent", 0),
        unlisted=counts.get("unlisted", 0),
        first_due=first_due(connection, feed),
    )


def first_due(connection: sa.Connection, feed: str) -> datetime | None:
    """From when on a list that does not name it either settles the first of a feed's absent records."""
    since = sa.func.min(absence.c.since, type_=Instant)
    query = sa.select(since).where(absence.c.feed == feed, absence.c.state == "absent")
    first: datetime | None = connection.execute(query).scalar()
    return None if first is None else first + APART


def are_due(connection: sa.Connection, feed: str, now: datetime) -> bool:
    """Whether the next list of everything settles anything."""
    first = first_due(connection, feed)
    return first is not None and first <= now


def is_due(
    connection: sa.Connection, feed: str, profile: Profile, now: datetime, *, rule: DeletionRule = "declared"
) -> bool:
    """Whether everything is to be listed again: after its time, or to see a second time what is absent."""
    standing = of_feed(connection, feed)
    if standing.tried_at is None:
        return False
    if asks_again(standing, rule, now):
        return True
    return now >= standing.tried_at + (_KEPT if profile.deletions == "persistent" and rule != "sweep" else _NOT_KEPT)


def asks_again(standing: Standing, rule: DeletionRule, now: datetime) -> bool:
    """Whether everything is to be listed a second time, because of what the first list did not name."""
    if rule == "never_inferred" or not standing.absent or standing.listed_at is None:
        return False
    return standing.tried_at is not None and now >= standing.tried_at + APART


def tried(tx: Transaction, feed: str, *, listed: bool) -> None:
    """A list of everything was tried now, and reached its end if `listed`."""
    known = of_feed(tx.connection, feed)
    listed_at = tx.now if listed else known.listed_at
    row: Row = {
        "feed": feed,
        "listed_at": instant_text(listed_at) if listed_at else None,
        "tried_at": instant_text(tx.now),
    }
    upsert_many(tx, reconciliation, [row], key=("feed",))


def compare(tx: Transaction, feed: str, run_id: int) -> int:
    """Notes which live records a run that listed everything did not name; gives how many."""
    mine = absence.c.feed == feed
    missing = sa.select(raw_record.c.rid).where(*_missing(feed, run_id))
    tx.connection.execute(absence.delete().where(mine & absence.c.rid.not_in(missing)))
    fresh = missing.where(raw_record.c.rid.not_in(sa.select(absence.c.rid)))
    columns = [raw_record.c.rid, raw_record.c.feed, sa.literal("absent"), sa.literal(instant_text(tx.now))]
    tx.connection.execute(
        absence.insert().from_select(["rid", "feed", "state", "since"], fresh.with_only_columns(*columns))
    )
    return tx.connection.execute(sa.select(sa.func.count()).select_from(absence).where(mine)).scalar_one()


def doubtful(connection: sa.Connection, feed: str, now: datetime, limit: int) -> Sequence[str]:
    """Identifiers that two whole lists, a day apart, did not name, and that were not asked for yet."""
    query = sa.select(raw_record.c.identifier).join(absence, absence.c.rid == raw_record.c.rid)
    query = query.where(*_due(feed, now)).order_by(absence.c.rid).limit(limit)
    return connection.execute(query).scalars().all()


def count_doubtful(connection: sa.Connection, feed: str, now: datetime) -> int:
    """How many those are."""
    query = sa.select(sa.func.count()).select_from(absence).where(*_due(feed, now))
    return connection.execute(query).scalar_one()


def _due(feed: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return absence.c.feed == feed, absence.c.state == "absent", absence.c.since <= now - APART


def give(tx: Transaction, feed: str, identifier: str) -> None:
    """A record that no list names is given all the same."""
    named = sa.select(raw_record.c.rid).where(raw_record.c.feed == feed, raw_record.c.identifier == identifier)
    tx.connection.execute(absence.update().where(absence.c.rid.in_(named)).values(state="unlisted"))


def named(tx: Transaction, feed: str, identifiers: Sequence[str]) -> None:
    """Something names these again: whatever was absent of them is not any more."""
    if tx.connection.execute(sa.select(absence.c.rid).where(absence.c.feed == feed).limit(1)).first() is not None:
        settle(tx, feed, identifiers)


def settle(tx: Transaction, feed: str, identifiers: Sequence[str]) -> None:
    """These are absent no more: they count as deleted."""
    named = sa.select(raw_record.c.rid).where(raw_record.c.feed == feed, raw_record.c.identifier.in_(identifiers))
    tx.connection.execute(absence.delete().where(absence.c.rid.in_(named)))


def forget(tx: Transaction, feed: str) -> None:
    """Whatever was absent of a feed counts as named until two lists more do not name it."""
    tx.connection.execute(absence.delete().where(absence.c.feed == feed))


def _missing(feed: str, run_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return raw_record.c.feed == feed, raw_record.c.deleted.is_(False), raw_record.c.seen_run != run_id
