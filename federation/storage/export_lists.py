"""What harvesters read of export rows: lists in the order of their numbers, whole or of one set, and single items.

Datestamps never fall as numbers rise (`federation.storage.exports`), so a window of dates begins at a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.storage.export_sets import export_set_item
from federation.storage.exports import export_beside, export_body, export_change


class Listed(msgspec.Struct, frozen=True):
    """One row of a list."""

    seq: int
    item: str
    datestamp: str
    deleted: bool
    #: setSpecs of the header, parted by blanks
    sets: str = ""
    body: str = ""
    #: `<about>` elements
    about: str = ""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows a list holds: stamped from `since` (inclusive, empty = open) to before `before`."""

    format: str
    since: str
    before: str
    #: number of the set that they stand in; 0 = whatever set they stand in
    set_number: int = 0


_Columns = tuple[sa.ColumnElement[Any], ...]
_body = export_body.c
_HEADER: _Columns = (
    _body.seq,
    _body.item,
    _body.datestamp,
    _body.deleted,
    sa.func.coalesce(export_beside.c.sets, ""),
)
_RECORD: _Columns = (*_HEADER, _body.body, sa.func.coalesce(export_beside.c.about, ""))
_WHOLE = export_body.outerjoin(export_beside, export_beside.c.seq == export_body.c.seq)


def rows(connection: sa.Connection, stretch: Stretch, *, after: int, limit: int) -> list[Listed]:
    """At most `limit` rows of `stretch` with numbers above `after`, ascending, bodies with them."""
    return _listed(connection, _RECORD, stretch, after, limit)


def headers(connection: sa.Connection, stretch: Stretch, *, after: int, limit: int) -> list[Listed]:
    """As `rows`, without bodies."""
    return _listed(connection, _HEADER, stretch, after, limit)


def _listed(connection: sa.Connection, columns: _Columns, stretch: Stretch, after: int, limit: int) -> list[Listed]:
    first = _first(connection, stretch) if stretch.since else 0
    if first is None:
        return []
    number = _number(stretch)
    query = sa.select(*columns).select_from(_WHOLE).where(*_within(stretch), number > max(after, first - 1))
    return _read(connection.execute(query.order_by(number).limit(limit)))


def newest(connection: sa.Connection, stretch: Stretch) -> Listed | None:
    """The last row of `stretch`."""
    query = sa.select(*_RECORD).select_from(_WHOLE).where(*_within(stretch), _body.datestamp >= stretch.since)
    newest_first = query.order_by(_body.datestamp.desc(), _body.seq.desc()).limit(1)
    return next(iter(_read(connection.execute(newest_first))), None)


def count(connection: sa.Connection, stretch: Stretch) -> int:
    """How many rows `stretch` holds."""
    query = sa.select(sa.func.count()).select_from(export_body).where(*_within(stretch))
    return connection.execute(query.where(_body.datestamp >= stretch.since)).scalar_one()


def _within(stretch: Stretch) -> list[sa.ColumnElement[bool]]:
    """What holds of the rows of `stretch`, but for where it begins."""
    conditions = [_body.format == stretch.format, _body.datestamp < stretch.before]
    if stretch.set_number:
        member = export_set_item.c
        conditions += [member.set_number == stretch.set_number, member.seq == _body.seq]
    return conditions


def _number(stretch: Stretch) -> sa.ColumnElement[int]:
    """The numbers of a list: a set's own index leads through its rows."""
    return export_set_item.c.seq if stretch.set_number else _body.seq


def _first(connection: sa.Connection, stretch: Stretch) -> int | None:
    """The first number stamped in `stretch`, among all rows of its format; all after it are stamped no earlier."""
    stamped = (_body.format == stretch.format, _body.datestamp >= stretch.since, _body.datestamp < stretch.before)
    first = sa.select(_body.seq).where(*stamped).order_by(_body.datestamp, _body.seq).limit(1)
    return connection.execute(first).scalar()


def formats_of(connection: sa.Connection, item: str, before: str) -> dict[str, Listed]:
    """The item's rows by format, as far as they are stamped before `before`."""
    query = sa.select(_body.format, *_RECORD).select_from(_WHOLE)
    found = connection.execute(query.where(_body.item == item, _body.datestamp < before))
    return {row[0]: Listed(*row[1:]) for row in found}


def earliest(connection: sa.Connection) -> str:
    """A datestamp that no item's is older than; empty before the first item."""
    first = sa.select(export_change.c.datestamp).order_by(export_change.c.seq).limit(1)
    return connection.execute(first).scalar() or ""


def _read(found: Iterable[Any]) -> list[Listed]:
    return [Listed(*row) for row in found]
