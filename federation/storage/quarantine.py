"""What harvests could not read, kept as it came until it can be: one row for each record, over all runs of its feed.

A record with an identifier is asked for alone, with the next harvest of its feed, when it has lain here for 1, 7 and 30
days and whenever a person wants it; it is mended once it comes in a form that can be read. What a person acknowledges
is not asked for any more, and still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.errors import RequestRefused
from federation.ledger.entry import Act, Entry
from federation.storage import ledger
from federation.storage.columns import Instant
from federation.storage.metadata import metadata
from federation.storage.raw_records import raw_record
from federation.storage.transactions import Transaction
from harvester.oaipmh.page import Quarantined
from harvester.trail import digest_of

State = Literal["open", "acknowledged", "mended"]

#: why a record lies here that its source names and does not give
UNFETCHABLE = "unfetchable"
#: names that are looked for at once
_NAMES = 500

#: days that a record lies here before each try; after the last, only a person asks
RETRY_DAYS = (1, 7, 30)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("feed", sa.Text, nullable=False),
    #: identifier, or a digest of the bytes of a record that has none
    sa.Column("name", sa.Text, nullable=False),
    #: the run that met it last, the page there, and its place in that page, characters
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    #: None where the header cannot be read
    sa.Column("identifier", sa.Text, nullable=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    #: times that it was asked for alone, in vain
    sa.Column("tries", sa.Integer, nullable=False),
    #: None = only when a person asks
    sa.Column("retry_at", Instant, nullable=True),
    sa.UniqueConstraint("feed", "name"),
    sa.Index("quarantine_feed", "feed", "state"),
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where records were met that could not be read."""

    feed: str
    run: int
    #: number of the page in the run
    page: int


class QuarantineLine(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read, without its bytes."""

    id: int
    feed: str
    #: the run that met it last, and the number of its page there
    run: int
    page: int
    identifier: str | None
    reason: str
    #: offset in its page, characters
    position: int
    size_bytes: int
    state: State
    #: times that it was asked for alone, in vain
    tries: int
    #: when it is asked for alone next; None = only when a person asks
    retry_at: datetime | None


def put(tx: Transaction, place: Place, found: Sequence[Quarantined]) -> None:
    """Keeps records that could not be read; one that is known is where it was met last, its tries and state stay."""
    known = _known(tx.connection, place.feed, [_name(each) for each in found])
    for each in found:
        number = known.get(_name(each))
        met: dict[str, object] = {"run": place.run, "page": place.page, "position": each.offset}
        said: dict[str, object] = {"identifier": each.identifier, "reason": each.reason, "body": each.body}
        if number is None:
            known[_name(each)] = _insert(tx, place.feed, each, met | said)
        else:
            tx.connection.execute(quarantine.update().where(quarantine.c.id == number).values(**met, **said))
            _reopen(tx, number)


def _insert(tx: Transaction, feed: str, found: Quarantined, values: dict[str, object]) -> int:
    number = (tx.connection.execute(sa.select(sa.func.max(quarantine.c.id))).scalar() or 0) + 1
    retry_at = tx.now + timedelta(days=RETRY_DAYS[0]) if found.identifier else None
    kept = {"id": number, "feed": feed, "name": _name(found), "state": "open", "tries": 0, "retry_at": retry_at}
    tx.connection.execute(quarantine.insert().values(**kept, **values))
    return number


def _reopen(tx: Transaction, number: int) -> None:
    """What was mended once and cannot be read again is new."""
    values = {"state": "open", "tries": 0, "retry_at": tx.now + timedelta(days=RETRY_DAYS[0])}
    mended = (quarantine.c.id == number) & (quarantine.c.state == "mended")
    tx.connection.execute(quarantine.update().where(mended).values(**values))


def _name(found: Quarantined) -> str:
    return found.identifier or digest_of(found.body)


def _known(connection: sa.Connection, feed: str, names: Sequence[str]) -> dict[str, int]:
    where = (quarantine.c.feed == feed) & quarantine.c.name.in_(names)
    return {row.name: row.id for row in connection.execute(sa.select(quarantine.c.name, quarantine.c.id).where(where))}


def lack(tx: Transaction, place: Place, identifiers: Sequence[str]) -> None:
    """Keeps that these did not come although the source names them; what lies here already is as it was."""
    for start in range(0, len(identifiers), _NAMES):
        names = identifiers[start : start + _NAMES]
        known = _known(tx.connection, place.feed, names)
        found = [Quarantined(identifier=name, reason=UNFETCHABLE, offset=0, body=b"") for name in names]
        put(tx, place, [each for each in found if each.identifier not in known])
        for number in known.values():
            _reopen(tx, number)


def settle(tx: Transaction, feed: str) -> None:
    """The source was listed whole and every record of it could be read: what lies here still is there no more."""
    _mended(tx, quarantine.c.feed == feed)


def settle_unheld(tx: Transaction, feed: str) -> None:
    """The headers of all records came, and each is held: what lies here and is not held is there no more.

    What is held in a former version stays, since a header does not tell it from one that cannot be read.
    """
    held = sa.select(raw_record.c.identifier).where(raw_record.c.feed == feed)
    is_unheld = quarantine.c.identifier.is_(None) | quarantine.c.identifier.not_in(held)
    _mended(tx, (quarantine.c.feed == feed) & is_unheld)


def _mended(tx: Transaction, where: sa.ColumnElement[bool]) -> None:
    lying = where & (quarantine.c.state != "mended")
    tx.connection.execute(quarantine.update().where(lying).values(state="mended", retry_at=None))


def mend(tx: Transaction, feed: str, identifiers: Sequence[str]) -> None:
    """These records came in a form that can be read."""
    if not count(tx.connection, feed):
        return
    _mended(tx, (quarantine.c.feed == feed) & quarantine.c.identifier.in_(identifiers))


def met_at(connection: sa.Connection, feed: str, run: int, page: int) -> frozenset[str]:
    """Identifiers of what could not be read of a page, and still was not."""
    where = (quarantine.c.feed == feed) & (quarantine.c.run == run) & (quarantine.c.page == page)
    query = sa.select(quarantine.c.identifier).where(where, quarantine.c.state != "mended")
    return frozenset(name for name in connection.execute(query).scalars() if name)


def due(connection: sa.Connection, feed: str, now: datetime, limit: int) -> list[str]:
    """Identifiers of a feed that are to be asked for alone by now."""
    where = (quarantine.c.feed == feed) & (quarantine.c.state == "open") & (quarantine.c.retry_at <= now)
    query = sa.select(quarantine.c.identifier).where(where).order_by(quarantine.c.id).limit(limit)
    return [name for name in connection.execute(query).scalars() if name]


def tried(tx: Transaction, feed: str, identifier: str) -> None:
    """The record was asked for alone in vain, and is again when `RETRY_DAYS` says so."""
    where = (quarantine.c.feed == feed) & (quarantine.c.name == identifier)
    tries = (tx.connection.execute(sa.select(quarantine.c.tries).where(where)).scalar() or 0) + 1
    tx.connection.execute(quarantine.update().where(where).values(tries=tries, retry_at=_following(tries, tx.now)))


def _following(tries: int, now: datetime) -> datetime | None:
    if tries >= len(RETRY_DAYS):
        return None
    return now + timedelta(days=RETRY_DAYS[tries] - RETRY_DAYS[tries - 1])


# --- what people see and say ------------------------------------------------------------------------------------------


def line(connection: sa.Connection, number: int) -> QuarantineLine | None:
    """One record."""
    return next(iter(_lines(connection, quarantine.c.id == number, limit=1)), None)


def listed(
    connection: sa.Connection,
    feed: str | None = None,
    *,
    state: State | None = "open",
    after: int = 0,
    limit: int = 100,
) -> list[QuarantineLine]:
    """Records above the number `after`, in order: of a feed or of all, in one state or in any."""
    where = quarantine.c.id > after
    where &= sa.true() if feed is None else quarantine.c.feed == feed
    where &= sa.true() if state is None else quarantine.c.state == state
    return _lines(connection, where, limit=limit)


def of_run(connection: sa.Connection, feed: str, run: int, *, after: int = 0, limit: int = 100) -> list[QuarantineLine]:
    """What a run of the feed met last, and what runs before it did and still lacks; above `after`, in order."""
    lacks = (quarantine.c.run < run) & (quarantine.c.state != "mended")
    where = (quarantine.c.feed == feed) & ((quarantine.c.run == run) | lacks)
    return _lines(connection, where & (quarantine.c.id > after), limit=limit)


def count(connection: sa.Connection, feed: str) -> int:
    """How many records of a feed cannot be read, acknowledged ones among them."""
    where = (quarantine.c.feed == feed) & (quarantine.c.state != "mended")
    return connection.execute(sa.select(sa.func.count()).select_from(quarantine).where(where)).scalar_one()


def lacking(
    connection: sa.Connection, feed: str, *, but_of: int | None = None, limit: int | None = None
) -> list[QuarantineLine]:
    """What a feed lacks over all of its runs, or over all but one, in the order in which it was met."""
    where = (quarantine.c.feed == feed) & (quarantine.c.state != "mended")
    if but_of is not None:
        where &= quarantine.c.run != but_of
    return _lines(connection, where, limit=limit)


def body(connection: sa.Connection, number: int) -> bytes:
    """The bytes of a record as they came last; empty where there is none."""
    found: bytes | None = connection.execute(sa.select(quarantine.c.body).where(quarantine.c.id == number)).scalar()
    return found or b""


def retry(tx: Transaction, number: int, institution: str) -> None:
    """Asks for the record with the next harvest; raises RequestRefused where it cannot be asked for alone."""
    known = _unmended(tx, number)
    if known.identifier is None:
        message = f"record {number} has no identifier to ask for; it comes again only with the list that it stands in"
        raise RequestRefused("identifier_unknown", message)
    _say(tx, known, "quarantine.retried", institution, state="open", retry_at=tx.now)


def acknowledge(tx: Transaction, number: int, institution: str) -> None:
    """The record is known to be lost: it is not asked for any more, and still counts."""
    _say(tx, _unmended(tx, number), "quarantine.acknowledged", institution, state="acknowledged", retry_at=None)


def _unmended(tx: Transaction, number: int) -> QuarantineLine:
    known = line(tx.connection, number)
    if known is None:
        raise RequestRefused("no_such_record", f"no record {number} lies in quarantine")
    if known.state == "mended":
        raise RequestRefused("mended", f"record {number} came since in a form that can be read")
    return known


def _say(
    tx: Transaction, known: QuarantineLine, act: Act, institution: str, *, state: State, retry_at: datetime | None
) -> None:
    changed = quarantine.update().where(quarantine.c.id == known.id)
    tx.connection.execute(changed.values(state=state, retry_at=retry_at))
    ledger.append(tx, [Entry(act=act, object=f"quarantine:{known.id}", institution=institution, actor=tx.actor)])


def _lines(connection: sa.Connection, where: sa.ColumnElement[bool], *, limit: int | None) -> list[QuarantineLine]:
    names = [name for name in QuarantineLine.__struct_fields__ if name != "size_bytes"]
    columns = [*(quarantine.c[name] for name in names), sa.func.length(quarantine.c.body).label("size_bytes")]
    query = sa.select(*columns).where(where).order_by(quarantine.c.id).limit(limit)
    return [QuarantineLine(**row) for row in connection.execute(query).mappings()]
