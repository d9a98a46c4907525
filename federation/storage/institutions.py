"""The institutions whose catalogues the exchange holds."""

from __future__ import annotations

import re

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.storage import ledger
from federation.storage.bulk import upsert_many
from federation.storage.columns import Instant, instant_text
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

institution = sa.Table(
    "institution",
    metadata,
    sa.Column("slug", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("isil", sa.Text, nullable=True),
    sa.Column("url", sa.Text, nullable=True),
    #: a line each
    sa.Column("other_names", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", Instant, nullable=False),
)

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class StoredInstitution(msgspec.Struct, frozen=True, kw_only=True):
    """A partner."""

    slug: str
    name: str
    isil: str | None = None
    #: its own catalogue or home page
    url: str | None = None
    #: what people call it besides: searches know it by these too
    other_names: tuple[str, ...] = ()


def put(tx: Transaction, wanted: StoredInstitution) -> None:
    """Adds an institution, or gives an existing one its present names, ISIL and address."""
    if not SLUG.fullmatch(wanted.slug):
        raise RequestRefused("slug_invalid", f"expected a-z, 0-9 and inner hyphens, found {wanted.slug!r}")
    stated = msgspec.structs.asdict(wanted) | {"other_names": "\n".join(wanted.other_names)}
    row = {**stated, "created_at": instant_text(tx.now)}
    known = get(tx.connection, wanted.slug)
    if known == wanted:
        return
    row["created_at"] = _created(tx, wanted.slug) or row["created_at"]
    upsert_many(tx, institution, [row], key=("slug",))
    ledger.append_row(tx, "institution.put", "institution", wanted.slug, institution=wanted.slug)


def _created(tx: Transaction, slug: str) -> str | None:
    moment = tx.connection.execute(sa.select(institution.c.created_at).where(institution.c.slug == slug)).scalar()
    return instant_text(moment) if moment is not None else None


def get(connection: sa.Connection, slug: str) -> StoredInstitution | None:
    """One institution."""
    return next(iter(_read(connection, institution.c.slug == slug)), None)


def everyone(connection: sa.Connection) -> list[StoredInstitution]:
    """All institutions by name."""
    return _read(connection, sa.true())


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[StoredInstitution]:
    columns = [institution.c[name] for name in StoredInstitution.__struct_fields__]
    rows = connection.execute(sa.select(*columns).where(where).order_by(institution.c.name)).mappings()
    return [StoredInstitution(**{**row, "other_names": tuple(row["other_names"].splitlines())}) for row in rows]
