"""The key by which an institution's own programs ask for what is theirs alone; only its digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage import institutions, ledger
from federation.storage.bulk import upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

institution_key = sa.Table(
    "institution_key",
    metadata,
    sa.Column("institution", sa.Text, sa.ForeignKey("institution.slug"), primary_key=True),
    #: hex SHA-256 of the key
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

_BYTES = 32


def make(tx: Transaction, slug: str) -> str:
    """A new key of an institution, told this once; an older one is worth nothing from now on.

    raises  RequestRefused where there is no such institution
    """
    if institutions.get(tx.connection, slug) is None:
        raise RequestRefused("institution_unknown", f"no institution is called {slug!r}")
    key = secrets.token_urlsafe(_BYTES)
    row = {"institution": slug, "digest": _digest(key), "made_at": instant_text(tx.now)}
    upsert_many(tx, institution_key, [row], key=("institution",))
    ledger.append_row(tx, "institution.key_made", "institution_key", slug, institution=slug)
    return key


def holders(connection: sa.Connection) -> frozenset[str]:
    """The institutions that have a key."""
    return frozenset(connection.execute(sa.select(institution_key.c.institution)).scalars())


def opens(connection: sa.Connection, slug: str, key: str) -> bool:
    """Whether `key` is the institution's present one."""
    query = sa.select(institution_key.c.digest).where(institution_key.c.institution == slug)
    held = connection.execute(query).scalar() or ""
    return hmac.compare_digest(held, _digest(key))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
