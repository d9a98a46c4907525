"""Lists of items whose bodies are made when they are asked for: which items stand, since when, in which formats.

A list is a feed of files, which gives back under its institution's identifiers, or another that names itself as no
feed's key does (`record_export` and `hosting` in `federation.pipeline`). As with export rows, each change takes a new
number and the datestamp of its commit, written by the one sequencer alone (`exports.sequencing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from federation.storage import export_sets
from federation.storage.bulk import Row, upsert_many
from federation.storage.export_sets import NamedSet, export_set_item
from federation.storage.exports import second
from federation.storage.feeds import feed
from federation.storage.metadata import metadata
from federation.storage.raw_records import raw_record
from federation.storage.transactions import Transaction

#: raw records whose outcome changed, to be looked at by the stage
hosted_pending = sa.Table(
    "hosted_pending",
    metadata,
    sa.Column("rid", sa.Integer, primary_key=True, autoincrement=False),
    #: of the newest change; one that comes while the stage looks at an earlier is not swallowed
    sa.Column("seq", sa.BigInteger, nullable=False),
)

hosted_item = sa.Table(
    "hosted_item",
    metadata,
    sa.Column("feed", sa.Text, primary_key=True),
    #: the institution's own
    sa.Column("identifier", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("datestamp", sa.Text, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    #: prefixes parted and enclosed by blanks; a tombstone keeps those that its item ever stood in
    sa.Column("formats", sa.Text, nullable=False),
    #: setSpecs of the header, parted by blanks
    sa.Column("sets", sa.Text, nullable=False),
    #: of everything that a harvester can see of the item, header stamp aside
    sa.Column("digest", sa.Text, nullable=False),
    sa.Index(None, "feed", "seq"),
    sa.Index(None, "feed", "datestamp"),
)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a feed."""

    identifier: str
    seq: int
    datestamp: str
    deleted: bool
    formats: str
    #: setSpecs of the header, parted by blanks
    sets: str


_Items = sa.Select[Any]


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A record that the stage has still to look at."""

    rid: int
    seq: int
    feed: str
    identifier: str


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """What an item shall be from now on."""

    feed: str
    identifier: str
    #: empty for a tombstone
    prefixes: tuple[str, ...]
    digest: str
    #: the sets it stands in, with the sets above them
    sets: tuple[NamedSet, ...] = ()


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Which items a list holds: stamped from `since` (inclusive, empty = open) to before `before`."""

    feed: str
    prefix: str
    since: str
    before: str
    #: number of the set that they stand in; 0 = whatever set they stand in
    set_number: int = 0


def note(tx: Transaction, rids: Sequence[int]) -> None:
    """Has the stage look at the records that come from files; called where their outcome is written."""
    from_files = (
        sa.select(raw_record.c.rid)
        .join(feed, feed.c.key == raw_record.c.feed)
        .where(raw_record.c.rid.in_(rids), feed.c.source != "oai")
    )
    found = tx.connection.execute(from_files).scalars().all()
    upsert_many(tx, hosted_pending, [{"rid": rid, "seq": tx.next_seq()} for rid in found], key=("rid",))


def note_institution(tx: Transaction, slug: str) -> None:
    """Has the stage look again at everything that an institution's files gave."""
    _note_again(tx, feed.c.institution == slug)


def note_everything(tx: Transaction) -> None:
    """Has the stage look again at everything that files gave."""
    _note_again(tx, sa.true())


def _note_again(tx: Transaction, whose: sa.ColumnElement[bool]) -> None:
    theirs = (
        sa.select(raw_record.c.rid).join(feed, feed.c.key == raw_record.c.feed).where(whose, feed.c.source != "oai")
    )
    seq = tx.next_seq()
    pending_ones = hosted_pending.c.rid
    tx.connection.execute(hosted_pending.update().where(pending_ones.in_(theirs)).values(seq=seq))
    fresh = theirs.add_columns(sa.literal(seq)).where(raw_record.c.rid.not_in(sa.select(pending_ones)))
    tx.connection.execute(hosted_pending.insert().from_select(["rid", "seq"], fresh))


def waiting(connection: sa.Connection) -> int:
    """How many records the stage has still to look at."""
    return connection.execute(sa.select(sa.func.count()).select_from(hosted_pending)).scalar_one()


def pending(connection: sa.Connection, limit: int) -> list[Pending]:
    """The next records to look at."""
    query = (
        sa.select(hosted_pending.c.rid, hosted_pending.c.seq, raw_record.c.feed, raw_record.c.identifier)
        .select_from(hosted_pending)
        .join(raw_record, raw_record.c.rid == hosted_pending.c.rid)
        .order_by(raw_record.c.rid)
        .limit(limit)
    )
    return [Pending(**row) for row in connection.execute(query).mappings()]


def put(tx: Transaction, offered: Sequence[Offered], seen: Sequence[Pending]) -> list[Offered]:
    """Writes what changed under new numbers and one datestamp, and gives it; what was `seen` needs no further look.

    tx   of `exports.sequencing`
    """
    last = max((each.seq for each in seen), default=0)
    looked_at = hosted_pending.c.rid.in_([each.rid for each in seen]) & (hosted_pending.c.seq <= last)
    tx.connection.execute(hosted_pending.delete().where(looked_at))
    known = {key: row for each in {one.feed for one in offered} for key, row in _known(tx, each, offered).items()}
    changed = [each for each in offered if _differs(each, known.get(_key(each)))]
    if changed:
        stamp = max(second(tx.now), _newest(tx.connection))
        numbers = {(each.feed, each.identifier): tx.next_seq() for each in changed}
        sets = _placed(tx, changed, numbers)
        rows = [_row(each, known.get(_key(each)), numbers[_key(each)], stamp, sets[_key(each)]) for each in changed]
        upsert_many(tx, hosted_item, rows, key=("feed", "identifier"))
    return changed


#: list and item
_Key = tuple[str, str]
#: digest and formats of what stands
_Known = dict[_Key, tuple[str, str]]


def _key(offered: Offered) -> _Key:
    return offered.feed, offered.identifier


def _placed(tx: Transaction, changed: Sequence[Offered], numbers: dict[_Key, int]) -> dict[_Key, str]:
    """The setSpecs of each item, written list by list."""
    found: dict[_Key, str] = {}
    for name in dict.fromkeys(each.feed for each in changed):
        ours = [each for each in changed if each.feed == name]
        living = {each.identifier: each.sets for each in ours if each.prefixes}
        gone = [each.identifier for each in ours if not each.prefixes]
        of_list = {each.identifier: numbers[_key(each)] for each in ours}
        specs = export_sets.place(tx, name, living, gone, of_list)
        found |= {(name, item): said for item, said in specs.items()}
    return found


def _known(tx: Transaction, key: str, offered: Sequence[Offered]) -> _Known:
    names = [each.identifier for each in offered if each.feed == key]
    columns = (hosted_item.c.identifier, hosted_item.c.digest, hosted_item.c.formats)
    query = sa.select(*columns).where(hosted_item.c.feed == key, hosted_item.c.identifier.in_(names))
    return {(key, row[0]): (row[1], row[2]) for row in tx.connection.execute(query)}


def _differs(offered: Offered, known: tuple[str, str] | None) -> bool:
    """A tombstone stands only where something was once given out."""
    return bool(offered.prefixes) if known is None else known[0] != offered.digest


def _newest(connection: sa.Connection) -> str:
    newest = sa.select(hosted_item.c.datestamp).order_by(hosted_item.c.seq.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def _row(offered: Offered, known: tuple[str, str] | None, number: int, stamp: str, sets: str) -> Row:
    formats = f" {' '.join(offered.prefixes)} " if offered.prefixes or known is None else known[1]
    return {
        "feed": offered.feed,
        "identifier": offered.identifier,
        "seq": number,
        "datestamp": stamp,
        "deleted": not offered.prefixes,
        "formats": formats,
        "sets": sets,
        "digest": offered.digest,
    }


def rows(connection: sa.Connection, stretch: Stretch, *, after: int, limit: int) -> list[Item]:
    """At most `limit` items with numbers above `after`, ascending."""
    number = export_set_item.c.seq if stretch.set_number else hosted_item.c.seq
    query = _items().where(*_within(stretch), number > after).order_by(number).limit(limit)
    return _read(connection, query)


def newest(connection: sa.Connection, stretch: Stretch) -> Item | None:
    """The last item of a list."""
    query = _items().where(*_within(stretch)).order_by(hosted_item.c.seq.desc()).limit(1)
    return next(iter(_read(connection, query)), None)


def count(connection: sa.Connection, stretch: Stretch) -> int:
    """How many items a list holds."""
    return connection.execute(sa.select(sa.func.count()).select_from(hosted_item).where(*_within(stretch))).scalar_one()


def get(connection: sa.Connection, key: str, identifier: str, before: str) -> Item | None:
    """One item of a feed, if it was stamped before `before`."""
    where = (hosted_item.c.feed == key, hosted_item.c.identifier == identifier, hosted_item.c.datestamp < before)
    return next(iter(_read(connection, _items().where(*where))), None)


def earliest(connection: sa.Connection, key: str) -> str:
    """The oldest datestamp of a feed's items; empty where nothing was ever given out."""
    return (
        connection.execute(sa.select(sa.func.min(hosted_item.c.datestamp)).where(hosted_item.c.feed == key)).scalar()
        or ""
    )


def _items() -> _Items:
    return sa.select(*[hosted_item.c[name] for name in Item.__struct_fields__])


def _read(connection: sa.Connection, query: _Items) -> list[Item]:
    return [Item(**row) for row in connection.execute(query).mappings()]


def _within(stretch: Stretch) -> list[sa.ColumnElement[bool]]:
    item, member = hosted_item.c, export_set_item.c
    conditions = [
        item.feed == stretch.feed,
        item.formats.like(f"% {stretch.prefix} %"),
        item.datestamp >= stretch.since,
        item.datestamp < stretch.before,
    ]
    if stretch.set_number:
        conditions += [member.set_number == stretch.set_number, member.seq == item.seq]
    return conditions
