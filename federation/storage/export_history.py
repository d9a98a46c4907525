"""What stands and what changed among exported items, in pieces of a bounded size: the matter of ResourceSync.

A piece is a span of datestamps: everybody may know these, and an item that changes leaves its piece for a later one
without moving any other. Numbers would tell how much changes here that is not public.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import sqlalchemy as sa

from federation.storage import cursors
from federation.storage.export_sets import export_set_item
from federation.storage.exports import export_beside, export_change, export_item, second
from federation.storage.transactions import Transaction


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked at: everything, or one set, as it was before a moment."""

    #: the second that is not over yet; what was stamped in it is not shown
    before: str
    #: 0 = everything
    set_number: int = 0


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A piece: datestamps above `after` up to `until`."""

    #: the newest that is older; empty = there is none
    after: str
    #: the first that there is
    since: str
    until: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of an item, or how it stands."""

    item: str
    #: `created`, `changed` or `deleted`
    kind: str
    datestamp: str
    #: hex SHA-256 and size of the stored body; None where the item has changed again since, or is gone
    sha256: str | None
    size_bytes: int | None


#: how long a change is kept that another has followed, and until its day is over
KEPT = timedelta(days=400)
#: such changes forgotten at once
MOST_FORGOTTEN = 5_000
#: cursor of the day up to which they are forgotten
_FORGETTING = "forget_changes"
#: changes that are read at once; the stages write some thousands a second
MOST_AT_ONCE = 100_000

Conditions = tuple[sa.ColumnElement[bool], ...]

_change = export_change.c
_COLUMNS = (
    _change.item,
    _change.kind,
    _change.datestamp,
    export_beside.c.sha256,
    export_beside.c.size_bytes,
)


def changes(connection: sa.Connection, whole: Whole, *, after: str, until: str) -> list[Change]:
    """Every change stamped above `after` up to `until`, in order."""
    return _read(connection, _within(whole), after, until)


def standing(connection: sa.Connection, whole: Whole, *, after: str, until: str) -> list[Change]:
    """The living items whose last change is stamped above `after` up to `until`, in order."""
    return _read(connection, (*_within(whole), _living()), after, until)


def _read(connection: sa.Connection, where: Conditions, after: str, until: str) -> list[Change]:
    """No more than `MOST_AT_ONCE`, which no piece reaches: an address can be made up for any span."""
    query = sa.select(*_COLUMNS).select_from(_joined()).where(*where)
    query = query.where(_change.datestamp > after, _change.datestamp <= until).order_by(_change.datestamp, _change.seq)
    return [Change(**row) for row in connection.execute(query.limit(MOST_AT_ONCE)).mappings()]


def standing_spans(connection: sa.Connection, whole: Whole, *, size: int) -> list[Span]:
    """The living items in spans of about `size`: what was stamped in one second stays together."""
    found: list[Span] = []
    where = (*_within(whole), _living())
    while (span := _next(connection, where, _reached(found), size)) is not None:
        found.append(span)
    return found


def daily_spans(connection: sa.Connection, whole: Whole, *, since: str, size: int) -> list[Span]:
    """The changes from `since` on, a span a day, and more where a day has more than about `size`."""
    found: list[Span] = []
    where, after = _within(whole), newest_before(connection, whole, since)
    while (first := _first(connection, where, after)) is not None:
        span = _next(connection, (*where, _change.datestamp < _day_after(first)), after, size)
        if span is not None:
            found.append(span)
            after = span.until
    return found


def newest_before(connection: sa.Connection, whole: Whole, since: str) -> str:
    """The datestamp of the last change below `since`; empty where there is none."""
    query = sa.select(sa.func.max(_change.datestamp)).where(*_within(whole), _change.datestamp < since)
    return connection.execute(query).scalar() or ""


def kept_since(now: str) -> str:
    """The first moment of which changes are kept: lists that are a day's stay whole while they are listed."""
    return f"{second(datetime.fromisoformat(now) - KEPT)[:10]}T00:00:00Z"


def forget(tx: Transaction) -> int:
    """Drops changes that are kept no longer, some at a time, once a day; how many.

    How an item stands is never dropped, a tombstone included. Of what is older than `kept_since` the newest second
    stays: the first list that is still kept is named by it.
    """
    today = tx.now.astimezone(UTC).toordinal()
    if cursors.get(tx.connection, _FORGETTING) >= today:
        return 0
    everything = Whole(before="9999")
    before = newest_before(tx.connection, everything, kept_since(second(tx.now)))
    stands = sa.exists().where(export_item.c.seq == _change.seq)
    old = sa.select(_change.seq).where(_change.datestamp < before, ~stands).limit(MOST_FORGOTTEN)
    dropped = tx.connection.execute(export_change.delete().where(_change.seq.in_(old))).rowcount
    if dropped < MOST_FORGOTTEN:
        cursors.advance(tx, _FORGETTING, today)
    return dropped


def _first(connection: sa.Connection, where: Conditions, after: str) -> str | None:
    query = sa.select(sa.func.min(_change.datestamp)).where(*where, _change.datestamp > after)
    return connection.execute(query).scalar()


def _next(connection: sa.Connection, where: Conditions, after: str, size: int) -> Span | None:
    """The next piece: cut before the second in which it would grow too long, unless it is the only one."""
    query = sa.select(_change.datestamp).where(*where, _change.datestamp > after)
    piece = query.order_by(_change.datestamp, _change.seq).limit(size + 1).subquery().c.datestamp
    count, since, last = connection.execute(sa.select(sa.func.count(), sa.func.min(piece), sa.func.max(piece))).one()
    if not count:
        return None
    before_last = sa.select(sa.func.max(_change.datestamp)).where(*where, _change.datestamp < last)
    is_long = count > size and since < last
    until = connection.execute(before_last).scalar_one() if is_long else last
    return Span(after=after, since=since, until=until)


def _reached(found: list[Span]) -> str:
    return found[-1].until if found else ""


def _day_after(datestamp: str) -> str:
    return f"{date.fromisoformat(datestamp[:10]) + timedelta(days=1)}T00:00:00Z"


def _joined() -> sa.FromClause:
    return export_change.outerjoin(export_beside, export_beside.c.seq == export_change.c.seq)


def _within(whole: Whole) -> Conditions:
    before = _change.datestamp < whole.before
    if not whole.set_number:
        return (before,)
    member = export_set_item.c
    items = sa.select(member.item).where(member.set_number == whole.set_number, member.seq > 0)
    return before, _change.item.in_(items)


def _living() -> sa.ColumnElement[bool]:
    return sa.exists().where(export_item.c.seq == _change.seq, export_item.c.deleted.is_(False))
