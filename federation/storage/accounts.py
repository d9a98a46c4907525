"""Accounts, the roles they were given, and the key that each person's pseudonyms derive from.

Passwords lie here as the hash that `portal_api.auth.passwords` made; nothing here can read one. A role is in one
institution, or in every one (`*`); it is never changed, only ended, so that who could do what is known of any day.
"""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime
from typing import Literal, get_args

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import SYSTEM
from federation.ledger.pseudonyms import pseudonym
from federation.storage import institutions, ledger, repeated_requests
from federation.storage.columns import Instant
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

State = Literal["active", "locked"]
Role = Literal[
    "reader",
    "cataloguer",
    "fulfiller",
    "approver",
    "harvest_admin",
    "institution_admin",
    "auditor",
    "exchange_admin",
]
ROLES: tuple[Role, ...] = get_args(Role)
#: every institution, those to come included
EVERYWHERE = "*"
LONGEST_NAME = 200

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    #: what is typed to sign in, folded
    sa.Column("sign_in", sa.Text, nullable=False, unique=True),
    #: what pages call the person
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("signed_in_at", Instant, nullable=True),
)

role_grant = sa.Table(
    "role_grant",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account", sa.Text, sa.ForeignKey("account.id"), nullable=False, index=True),
    sa.Column("institution", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("from_at", Instant, nullable=False),
    #: None = until it is ended
    sa.Column("until_at", Instant, nullable=True),
    #: account of who gave it; `operator` from the command line, `setup` for the first account's
    sa.Column("granted_by", sa.Text, nullable=False),
)

#: part of the key set: erasing a row leaves every pseudonym of that person without its owner
person = sa.Table(
    "person",
    metadata,
    sa.Column("account", sa.Text, sa.ForeignKey("account.id"), primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False),
)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may sign in."""

    id: str
    sign_in: str
    name: str
    state: State = "active"
    created_at: datetime
    signed_in_at: datetime | None = None


class RoleGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A role in one institution, or in every one."""

    role: Role
    institution: str = EVERYWHERE
    department: str | None = None


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What signing in is judged by."""

    account: str
    password: str
    state: State


def folded(sign_in: str) -> str:
    """The form under which a sign-in name is kept and found; raises RequestRefused where it can be none."""
    text = unicodedata.normalize("NFKC", sign_in).strip().casefold()
    if not text or len(text) > LONGEST_NAME or any(letter.isspace() or not letter.isprintable() for letter in text):
        raise RequestRefused("sign_in_invalid", f"expected 1 to {LONGEST_NAME} letters without spaces")
    return text


def add(tx: Transaction, sign_in: str, name: str, password_hash: str) -> Account:
    """Adds an account with a key of its own; raises RequestRefused where its sign-in name is taken."""
    wanted = folded(sign_in)
    if credentials(tx.connection, wanted) is not None:
        raise RequestRefused("name_taken", f"an account already signs in as {wanted!r}")
    made = Account(id=f"u-{secrets.token_hex(8)}", sign_in=wanted, name=name.strip() or wanted, created_at=tx.now)
    values = msgspec.structs.asdict(made)
    tx.connection.execute(account.insert().values(**values, password=password_hash))
    tx.connection.execute(person.insert().values(account=made.id, key=secrets.token_bytes(32)))
    ledger.append_row(tx, "account.added", "account", made.id)
    return made


def get(connection: sa.Connection, account_id: str) -> Account | None:
    """One account."""
    return next(iter(_read(connection, account.c.id == account_id)), None)


def find(connection: sa.Connection, sign_in: str) -> Account | None:
    """The account that signs in so."""
    return next(iter(_read(connection, account.c.sign_in == folded(sign_in))), None)


def everyone(connection: sa.Connection) -> list[Account]:
    """All accounts by sign-in name."""
    return _read(connection, sa.true())


def exist(connection: sa.Connection) -> bool:
    """Whether there is any account; the first one is made by `/setup` or by an operator."""
    return connection.execute(sa.select(account.c.id).limit(1)).first() is not None


def credentials(connection: sa.Connection, folded_sign_in: str) -> Credentials | None:
    """The password hash and state behind a sign-in name."""
    query = sa.select(account.c.id, account.c.password, account.c.state).where(account.c.sign_in == folded_sign_in)
    row = connection.execute(query).first()
    return None if row is None else Credentials(account=row.id, password=row.password, state=row.state)


def set_password(tx: Transaction, account_id: str, password_hash: str) -> None:
    """Writes a new hash."""
    _change(tx, account_id, password=password_hash)
    ledger.append_row(tx, "account.changed", "account", account_id)


def set_state(tx: Transaction, account_id: str, state: State) -> None:
    """Locks an account or opens it again; of one that is locked the keys of requests are forgotten."""
    _change(tx, account_id, state=state)
    if state == "locked":
        repeated_requests.forget_of(tx, account_id)
    ledger.append_row(tx, "account.changed", "account", account_id)


def note_sign_in(tx: Transaction, account_id: str) -> None:
    """Writes when the person last signed in."""
    _change(tx, account_id, signed_in_at=tx.now)


def grant(tx: Transaction, account_id: str, wanted: RoleGrant, *, granted_by: str) -> None:
    """Gives a role from now on; one that the account holds already is left as it is.

    raises   RequestRefused for an institution that is not there, and for a role over the whole exchange in one of them
    """
    _check(tx.connection, wanted)
    if wanted in grants_of(tx.connection, account_id, tx.now):
        return
    values = msgspec.structs.asdict(wanted)
    given = role_grant.insert().values(
        **values, account=account_id, from_at=tx.now, until_at=None, granted_by=granted_by
    )
    (number,) = tx.connection.execute(given).inserted_primary_key or (None,)
    ledger.append_row(tx, "role.granted", "role_grant", number, institution=_slug(wanted.institution))


def revoke(tx: Transaction, account_id: str, unwanted: RoleGrant) -> None:
    """Ends a role now."""
    where = (role_grant.c.account == account_id) & (role_grant.c.role == unwanted.role)
    where &= (role_grant.c.institution == unwanted.institution) & _in_force(tx.now)
    ended = list(tx.connection.execute(sa.select(role_grant.c.id).where(where)).scalars())
    tx.connection.execute(role_grant.update().where(where).values(until_at=tx.now))
    for number in ended:
        ledger.append_row(tx, "role.ended", "role_grant", number, institution=_slug(unwanted.institution))


def _slug(institution: str) -> str:
    return "" if institution == EVERYWHERE else institution


def grants_of(connection: sa.Connection, account_id: str, now: datetime) -> tuple[RoleGrant, ...]:
    """The roles that an account holds at `now`, oldest first."""
    columns = [role_grant.c[name] for name in RoleGrant.__struct_fields__]
    query = sa.select(*columns).where(role_grant.c.account == account_id, _in_force(now)).order_by(role_grant.c.id)
    return tuple(RoleGrant(**row) for row in connection.execute(query).mappings())


def key_of(connection: sa.Connection, account_id: str) -> bytes | None:
    """The key behind a person's pseudonyms; None once it was erased."""
    query = sa.select(person.c.key).where(person.c.account == account_id)
    found: bytes | None = connection.execute(query).scalar()
    return found


def actor_of(connection: sa.Connection, account_id: str, now: datetime) -> str:
    """How the ledger names a person at `now`: not by name, and in another month by another word."""
    key = key_of(connection, account_id)
    return pseudonym(key, now) if key else SYSTEM


def _check(connection: sa.Connection, wanted: RoleGrant) -> None:
    if wanted.institution == EVERYWHERE:
        return
    if wanted.role == "exchange_admin":
        raise RequestRefused("role_invalid", "exchange_admin is a role over the whole exchange, not in an institution")
    if institutions.get(connection, wanted.institution) is None:
        raise RequestRefused("no_such_institution", f"no institution is called {wanted.institution!r}")


def _in_force(now: datetime) -> sa.ColumnElement[bool]:
    return (role_grant.c.from_at <= now) & (role_grant.c.until_at.is_(None) | (role_grant.c.until_at > now))


def _change(tx: Transaction, account_id: str, **values: object) -> None:
    tx.connection.execute(account.update().where(account.c.id == account_id).values(**values))


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Account]:
    columns = [account.c[name] for name in Account.__struct_fields__]
    rows = connection.execute(sa.select(*columns).where(where).order_by(account.c.sign_in)).mappings()
    return [Account(**row) for row in rows]
