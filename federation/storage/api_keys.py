"""Keys by which a person's programs ask: what each may, until when, and what it spent on which day.

Of a key only an HMAC is kept, made under a secret that lies beside the database and not in it: whoever steals either
of them alone can neither use a key nor make one. A key is never changed, only revoked.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from federation.errors import RequestRefused
from federation.storage import accounts, ledger
from federation.storage.columns import Instant, Json
from federation.storage.locks import KEYS, lock_own
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

#: `read` what everybody or its person may read; `export` lists; `feed` feeds, runs, crosswalks, tables; `admin` jobs
Scope = Literal["read", "export", "feed", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
#: of whose points a day there are more
Kind = Literal["personal", "project"]
#: of one person, that are neither revoked nor past
MOST = 20
LONGEST_NAME = 100
LONGEST_DAYS = 365
#: how long is known what a key spent, and a key that opens nothing any more
KEPT = timedelta(days=90)

api_key = sa.Table(
    "api_key",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    #: what its person calls it
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("scopes", Json(tuple[Scope, ...]), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    #: slug of the institution that it acts for; empty = it sees what everybody sees
    sa.Column("acting_for", sa.Text, nullable=False),
    #: HMAC-SHA-256 of the key
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("until_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant, nullable=True),
)

api_key_use = sa.Table(
    "api_key_use",
    metadata,
    sa.Column("key", sa.Text, sa.ForeignKey("api_key.id"), primary_key=True),
    #: ISO 8601, UTC
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("points", sa.BigInteger, nullable=False),
)


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without what opens anything."""

    id: str
    account: str
    name: str
    scopes: tuple[Scope, ...]
    kind: Kind = "personal"
    acting_for: str = ""
    made_at: datetime
    until_at: datetime
    revoked_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """Whether it is neither revoked nor past at `now`."""
        return self.revoked_at is None and now < self.until_at


class WantedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is asked for."""

    name: str
    scopes: tuple[Scope, ...]
    days: int = LONGEST_DAYS
    kind: Kind = "personal"
    acting_for: str = ""


def fresh_id() -> str:
    """The part of a key by which it is found and spoken of."""
    return secrets.token_hex(8)


def add(tx: Transaction, account_id: str, key_id: str, wanted: WantedKey, digest: bytes) -> ApiKey:
    """Keeps a key from now on; raises RequestRefused where it may not be, or its person has as many as they may."""
    _check(wanted)
    lock_own(tx.connection, KEYS, account_id)
    if sum(each.opens(tx.now) for each in of(tx.connection, account_id)) >= MOST:
        raise RequestRefused("too_many_keys", f"at most {MOST} keys can be had; revoke one first")
    made = ApiKey(
        id=key_id,
        account=account_id,
        name=wanted.name.strip(),
        scopes=tuple(each for each in SCOPES if each in wanted.scopes),
        kind=wanted.kind,
        acting_for=wanted.acting_for,
        made_at=tx.now,
        until_at=tx.now + timedelta(days=wanted.days),
    )
    tx.connection.execute(api_key.insert().values(**msgspec.structs.asdict(made), digest=digest))
    ledger.append_row(tx, "key.made", "api_key", key_id, institution=made.acting_for)
    return made


def _check(wanted: WantedKey) -> None:
    name = wanted.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RequestRefused("key_name", f"expected a name of 1 to {LONGEST_NAME} characters, found {name[:40]!r}")
    if not wanted.scopes or not set(wanted.scopes) <= set(SCOPES):
        raise RequestRefused("key_scopes", f"expected some of {', '.join(SCOPES)}, found {wanted.scopes}")
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise RequestRefused("key_days", f"expected 1 to {LONGEST_DAYS} days, found {wanted.days}")


def revoke(tx: Transaction, key_id: str) -> None:
    """From now on the key opens nothing."""
    found = get(tx.connection, key_id)
    if found is None or found.revoked_at is not None:
        return
    tx.connection.execute(api_key.update().where(api_key.c.id == key_id).values(revoked_at=tx.now))
    ledger.append_row(tx, "key.revoked", "api_key", key_id, institution=found.acting_for)


def revoke_all(tx: Transaction, account_id: str) -> None:
    """From now on none of somebody's keys opens anything."""
    for each in of(tx.connection, account_id):
        revoke(tx, each.id)


def get(connection: sa.Connection, key_id: str) -> ApiKey | None:
    """One key, whatever its state."""
    return next(iter(_read(connection, api_key.c.id == key_id)), None)


def digest_of(connection: sa.Connection, key_id: str) -> bytes:
    """What the whole key must come to; empty where there is no such key."""
    found = connection.execute(sa.select(api_key.c.digest).where(api_key.c.id == key_id)).scalar()
    return bytes(found or b"")


def of(connection: sa.Connection, account_id: str) -> list[ApiKey]:
    """Somebody's keys, newest first."""
    return _read(connection, api_key.c.account == account_id)


def everyone(connection: sa.Connection) -> list[tuple[str, ApiKey]]:
    """All keys, each behind the name that its person signs in by, newest first."""
    names = {each.id: each.sign_in for each in accounts.everyone(connection)}
    return [(names[each.account], each) for each in _read(connection, sa.true())]


def spend(tx: Transaction, key_id: str, day: date, points: int) -> int:
    """Writes points that a key spent on a day; how many it has spent on it then."""
    build = postgresql.insert if tx.connection.dialect.name == "postgresql" else sqlite.insert
    use = build(api_key_use).values(key=key_id, day=day.isoformat(), points=points)
    added = use.on_conflict_do_update(
        index_elements=["key", "day"], set_={"points": api_key_use.c.points + use.excluded.points}
    )
    return int(tx.connection.execute(added.returning(api_key_use.c.points)).scalar_one())


def tidy(tx: Transaction) -> None:
    """Forgets what was spent, and keys that were revoked or past, more than `KEPT` ago."""
    before = tx.now - KEPT
    tx.connection.execute(api_key_use.delete().where(api_key_use.c.day < before.date().isoformat()))
    ended = (api_key.c.revoked_at < before) | (api_key.c.until_at < before)
    old = sa.select(api_key.c.id).where(ended)
    tx.connection.execute(api_key_use.delete().where(api_key_use.c.key.in_(old)))
    tx.connection.execute(api_key.delete().where(ended))


def spent(connection: sa.Connection, key_ids: Sequence[str], day: date) -> dict[str, int]:
    """What keys have spent on a day; absent where that is nothing."""
    use = api_key_use.c
    query = sa.select(use.key, use.points).where(use.key.in_(key_ids), use.day == day.isoformat())
    return {key: int(points) for key, points in connection.execute(query)}


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[ApiKey]:
    columns = [api_key.c[name] for name in ApiKey.__struct_fields__]
    rows = connection.execute(sa.select(*columns).where(where).order_by(api_key.c.made_at.desc(), api_key.c.id))
    return [ApiKey(**row) for row in rows.mappings()]
