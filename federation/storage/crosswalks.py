"""The versions of each feed's crosswalk, and where its re-mapping stands.

    draft       may be changed; everything later is as it was when it was tried
    trying      its dry run is asked for
    tried       its dry run is on file and nothing stops it
    awaiting    a gate stopped it: a second person has to confirm
    confirmed   a second person did
    canary      live for some sets of the feed
    active      live; one a feed
    retired     was live, and can be again in one step

The feed names what is live (`feed.crosswalk`, `feed.crosswalk_text`); the version in state `active` is the same
by number. A feed without versions lives by what it was added with, which becomes its first beside the first draft.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from federation.errors import RecordChanged, RequestRefused
from federation.ledger.entry import Act
from federation.storage import ledger, set_aside
from federation.storage.bulk import Row, insert_many, upsert_many
from federation.storage.columns import Instant, Json
from federation.storage.metadata import metadata
from federation.storage.transactions import Transaction

State = Literal["draft", "trying", "tried", "awaiting", "confirmed", "canary", "active", "retired"]
#: of versions that are neither live nor were
UNDER_WAY: tuple[State, ...] = ("draft", "trying", "tried", "awaiting", "confirmed", "canary")

LONGEST_TEXT_BYTES = 256 * 1024

crosswalk_version = sa.Table(
    "crosswalk_version",
    metadata,
    sa.Column("feed", sa.Text, sa.ForeignKey("feed.key"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    #: what the feed names while this version is live: a base, or the own crosswalk's name
    sa.Column("name", sa.Text, nullable=False),
    #: empty where `name` is a base
    sa.Column("text", sa.Text, nullable=False),
    #: `name@version` in the records that it made
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    #: accounts of those who wrote it, or `operator`
    sa.Column("authors", Json(tuple[str, ...]), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    #: SHA-256 of the dry run that is on file; empty without one
    sa.Column("trial_sha256", sa.Text, nullable=False),
    #: why the last dry run came to no end; empty where it did
    sa.Column("trial_error", sa.Text, nullable=False),
    #: account of the second person; empty = nobody
    sa.Column("confirmed_by", sa.Text, nullable=False),
    sa.Column("confirmation", sa.Text, nullable=False),
    sa.Column("canary_sets", Json(tuple[str, ...]), nullable=False),
    #: it was live once, and made records
    sa.Column("was_live", sa.Boolean, nullable=False),
    #: the base to whose newer version it raises the feed, such as `base/oai_dc@2`; empty where people wrote it
    sa.Column("raised_to", sa.Text, nullable=False),
    #: it went live before it was tried on any record: what it would open is held back
    sa.Column("is_guarded", sa.Boolean, nullable=False, server_default="0"),
    sa.Index("crosswalk_version_state", "state"),
)

crosswalk_trial = sa.Table(
    "crosswalk_trial",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("report", sa.Text, nullable=False),
)

#: raw records that a version would loosen; once it is confirmed, it may
crosswalk_loosened = sa.Table(
    "crosswalk_loosened",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("identifier", sa.Text, primary_key=True),
    #: JSON of what is looser in which unit, so that no more than was confirmed comes to pass
    sa.Column("parts", sa.Text, nullable=False),
)

#: raw records that stay with an earlier version because the live one would loosen them and nobody confirmed that
crosswalk_kept = sa.Table(
    "crosswalk_kept",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    sa.Column("identifier", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("parts", sa.Text, nullable=False),
)

#: feeds whose records are being mapped again
crosswalk_remapping = sa.Table(
    "crosswalk_remapping",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    #: number of the last raw record that was mapped again
    sa.Column("after", sa.Integer, nullable=False),
    #: counts the changes of version, so that a batch made before one is not written after it
    sa.Column("turn", sa.Integer, nullable=False),
)


class VersionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a feed's crosswalk, without its text."""

    feed: str
    number: int
    name: str
    label: str
    state: State = "draft"
    authors: tuple[str, ...] = ()
    message: str = ""
    created_at: datetime
    changed_at: datetime
    trial_sha256: str = ""
    trial_error: str = ""
    confirmed_by: str = ""
    confirmation: str = ""
    canary_sets: tuple[str, ...] = ()
    was_live: bool = False
    raised_to: str = ""
    is_guarded: bool = False


class Version(VersionLine, frozen=True, kw_only=True):
    """One version of a feed's crosswalk."""

    text: str

    @property
    def sha256(self) -> str:
        """Of the text: what a dry run and a confirmation are bound to."""
        return hashlib.sha256(f"{self.name}\n{self.text}".encode()).hexdigest()


class Remapping(msgspec.Struct, frozen=True, kw_only=True):
    """How far a feed's re-mapping has come."""

    feed: str
    after: int
    turn: int


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A raw record that stays with an earlier version, and what the live one would loosen."""

    feed: str
    identifier: str
    number: int
    parts: str


def get(connection: sa.Connection, feed: str, number: int) -> Version | None:
    """One version."""
    return next(iter(_read(connection, _is(feed, number))), None)


def found(connection: sa.Connection, feed: str, number: int) -> Version:
    """One version; raises RequestRefused where there is none."""
    version = get(connection, feed, number)
    if version is None:
        raise RequestRefused("no_such_version", f"the feed has no version {number} of its crosswalk")
    return version


def of_feed(connection: sa.Connection, feed: str) -> list[Version]:
    """Every version, newest first."""
    return _read(connection, crosswalk_version.c.feed == feed)


def in_state(connection: sa.Connection, *states: State) -> list[Version]:
    """Versions of any feed that stand so."""
    return _read(connection, crosswalk_version.c.state.in_(states))


def lines_of_feed(connection: sa.Connection, feed: str) -> list[VersionLine]:
    """Every version without its text, newest first."""
    return _read_lines(connection, crosswalk_version.c.feed == feed)


def lines_in_state(connection: sa.Connection, *states: State) -> list[VersionLine]:
    """Versions of any feed that stand so, without their texts, by feed, newest first."""
    return _read_lines(connection, crosswalk_version.c.state.in_(states))


def _read_lines(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[VersionLine]:
    columns = [crosswalk_version.c[name] for name in VersionLine.__struct_fields__]
    query = sa.select(*columns).where(where)
    query = query.order_by(crosswalk_version.c.feed, crosswalk_version.c.number.desc())
    return [VersionLine(**row) for row in connection.execute(query).mappings()]


def add(tx: Transaction, version: Version) -> None:
    """Adds a version."""
    tx.connection.execute(crosswalk_version.insert().values(**_values(version)))
    _note(tx, "crosswalk.saved", version)


def change(tx: Transaction, act: Act, version: Version, *, was: Version) -> Version:
    """Writes a version as it is now.

    raises  RecordChanged where it is no longer what `was` says
    """
    if get(tx.connection, was.feed, was.number) != was:
        raise RecordChanged(f"crosswalk_version:{was.feed}/{was.number}")
    now = msgspec.structs.replace(version, changed_at=tx.now)
    where = _is(version.feed, version.number)
    tx.connection.execute(crosswalk_version.update().where(where).values(**_values(now)))
    _note(tx, act, version)
    return now


def _note(tx: Transaction, act: Act, version: Version) -> None:
    ledger.append_row(tx, act, "crosswalk_version", version.feed, version.number)


def keep_trial(tx: Transaction, feed: str, number: int, report: str, loosened: dict[str, str]) -> None:
    """Puts a dry run on file in place of an earlier one, with the raw records that it found loosened."""
    upsert_many(tx, crosswalk_trial, [{"feed": feed, "number": number, "report": report}], key=("feed", "number"))
    drop_loosened(tx, feed, number)
    rows: list[Row] = [
        {"feed": feed, "number": number, "identifier": name, "parts": parts} for name, parts in loosened.items()
    ]
    insert_many(tx, crosswalk_loosened, rows)


def drop_loosened(tx: Transaction, feed: str, number: int) -> None:
    """Forgets what a version was found to loosen."""
    table = crosswalk_loosened
    tx.connection.execute(table.delete().where(table.c.feed == feed, table.c.number == number))


def trial(connection: sa.Connection, feed: str, number: int) -> str | None:
    """The dry run on file, as it was written."""
    table = crosswalk_trial
    query = sa.select(table.c.report).where(table.c.feed == feed, table.c.number == number)
    found: str | None = connection.execute(query).scalar()
    return found


def loosened_by(connection: sa.Connection, feed: str, number: int, identifiers: list[str]) -> dict[str, str]:
    """Those of `identifiers` that a version was found to loosen, with what was looser."""
    table = crosswalk_loosened
    query = sa.select(table.c.identifier, table.c.parts).where(table.c.feed == feed, table.c.number == number)
    rows = connection.execute(query.where(table.c.identifier.in_(identifiers)))
    return {row.identifier: row.parts for row in rows}


def begin_remapping(tx: Transaction, feed: str) -> None:
    """Has every record of the feed mapped again, from the first."""
    known = remapping_of(tx.connection, feed)
    row: Row = {"feed": feed, "after": 0, "turn": known.turn + 1 if known else 1}
    set_aside.forget_feed(tx, "remap", feed)
    upsert_many(tx, crosswalk_remapping, [row], key=("feed",))


def move_remapping(tx: Transaction, seen: Remapping, after: int | None) -> None:
    """Moves a re-mapping on to the raw record `after`; None ends it."""
    where = crosswalk_remapping.c.feed == seen.feed
    if after is None:
        tx.connection.execute(crosswalk_remapping.delete().where(where))
    else:
        tx.connection.execute(crosswalk_remapping.update().where(where).values(after=after))


def remapping_of(connection: sa.Connection, feed: str) -> Remapping | None:
    """Where the re-mapping of a feed stands; None where none is under way."""
    rows = connection.execute(sa.select(crosswalk_remapping).where(crosswalk_remapping.c.feed == feed))
    return next((Remapping(**row) for row in rows.mappings()), None)


def remappings(connection: sa.Connection) -> list[Remapping]:
    """Every re-mapping that is under way."""
    query = sa.select(crosswalk_remapping).order_by(crosswalk_remapping.c.feed)
    return [Remapping(**row) for row in connection.execute(query).mappings()]


def kept(connection: sa.Connection, feed: str | None = None) -> list[Kept]:
    """Raw records that stay with an earlier version, of one feed or of all."""
    query = sa.select(crosswalk_kept).order_by(crosswalk_kept.c.feed, crosswalk_kept.c.identifier)
    if feed is not None:
        query = query.where(crosswalk_kept.c.feed == feed)
    return [Kept(**row) for row in connection.execute(query).mappings()]


def put_kept(tx: Transaction, feed: str, seen: list[str], staying: list[Kept]) -> None:
    """Of the raw records `seen`, exactly `staying` stay with an earlier version."""
    where = (crosswalk_kept.c.feed == feed) & crosswalk_kept.c.identifier.in_(seen)
    tx.connection.execute(crosswalk_kept.delete().where(where))
    insert_many(tx, crosswalk_kept, [msgspec.structs.asdict(each) for each in staying])


def _is(feed: str, number: int) -> sa.ColumnElement[bool]:
    return (crosswalk_version.c.feed == feed) & (crosswalk_version.c.number == number)


def _read(connection: sa.Connection, where: sa.ColumnElement[bool]) -> list[Version]:
    query = sa.select(crosswalk_version).where(where)
    query = query.order_by(crosswalk_version.c.feed, crosswalk_version.c.number.desc())
    return [Version(**row) for row in connection.execute(query).mappings()]


def _values(version: Version) -> dict[str, Any]:
    return msgspec.structs.asdict(version)


def rename_kept(tx: Transaction, feed: str, old: str, new: str) -> None:
    """What is kept of a record's old reading is kept under its new identifier."""
    where = (crosswalk_kept.c.feed == feed) & (crosswalk_kept.c.identifier == old)
    tx.connection.execute(crosswalk_kept.update().where(where).values(identifier=new))
