"""The records of one page beside what stands of them: what each is, and how they are taken in or held back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.ledger.entry import MemberChange
from federation.storage import held_records, raw_records, raw_versions
from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import instant_text
from federation.storage.covered import covered
from federation.storage.held_records import Effect, held_record
from federation.storage.raw_records import Held, raw_record
from federation.storage.transactions import Transaction
from harvester.flags import moved_back, repeated
from harvester.oaipmh.datestamps import read_datestamp
from harvester.ports import PageCommit
from harvester.upsert import Word, decide
from mappings.schema.raw import RawRecord

_encoder = msgspec.json.Encoder()


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A record that is to be kept."""

    rid: int
    record: RawRecord
    #: SHA-256 of what `unchanged` compares
    content: str
    effect: Effect


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What the records of a page are."""

    #: identifier -> the word on it, where the run had not met it before
    words: Mapping[str, Word]
    #: identifier -> its record as it is to be kept
    arrivals: Mapping[str, Arrival]
    #: identifiers of which nothing is to be kept: they are only seen again
    seen: tuple[str, ...]
    #: identifier -> datestamp, of those that are the same under another one
    restamped: Mapping[str, str]
    #: records that were live and are deleted by the page
    withdrawn: int
    #: datestamps of what the run had not met and is not as it was, and was not held under them
    stamps: tuple[str, ...] = ()

    @property
    def changed(self) -> dict[str, Arrival]:
        """Those of the arrivals that are other forms of what stands."""
        return {name: each for name, each in self.arrivals.items() if each.effect == "changed"}

    def parted(self, names: Collection[str]) -> tuple[Judged, Judged]:
        """The page without the arrivals of these names, and with them alone."""
        held = {name: each for name, each in self.arrivals.items() if name in names}
        rest = {name: each for name, each in self.arrivals.items() if name not in names}
        aside = msgspec.structs.replace(self, arrivals=held, seen=(), restamped={})
        stamps = {name: stamp for name, stamp in self.restamped.items() if name not in held}
        return msgspec.structs.replace(self, arrivals=rest, restamped=stamps), aside

    @property
    def newcomers(self) -> dict[str, str]:
        """Identifier -> SHA-256 of its content, of live records that nothing stood for."""
        new = {name: each for name, each in self.arrivals.items() if self.words.get(name) == "new"}
        return {name: each.content for name, each in new.items() if not each.record.deleted}


def judge(connection: sa.Connection, feed: str, commit: PageCommit) -> Judged:
    """Holds a page against what stands, and against what the run holds back."""
    names = [record.identifier for record in commit.records]
    stands = raw_records.held(connection, feed, names)
    known = stands | held_records.known(connection, feed, names)
    last_rid, run = highest_rid(connection), commit.next.run
    former_names = raw_records.former(connection, feed, names)
    words: dict[str, Word] = {}
    arrivals: dict[str, Arrival] = {}
    restamped: dict[str, str] = {}
    withdrawn = 0
    stamps: list[str] = []
    for record, content in zip(commit.records, commit.content_sha256, strict=True):
        name = record.identifier
        if name in former_names:
            words[name] = "unchanged"
            continue
        former = known.get(name)
        word = _word(former, record, content, run)
        if former is None or former.seen_run != run:
            words[name] = word
            if word != "unchanged" and (former is None or former.seen_datestamp != record.datestamp):
                stamps.append(record.datestamp)
        standing = stands.get(name)
        if word == "unchanged" and standing is not None and _is_restamped(standing, record, content):
            restamped[name] = record.datestamp
        if word == "unchanged" and former is not None:
            if name in arrivals:
                restamped[name] = record.datestamp
            known[name] = msgspec.structs.replace(former, seen_run=run, seen_datestamp=record.datestamp)
        if word in ("unchanged", "older"):
            continue
        rid = former.rid if former else last_rid + 1
        last_rid = max(last_rid, rid)
        withdrawn += record.deleted and former is not None and not former.deleted
        arrivals[name] = Arrival(
            rid=rid,
            record=_flagged(former, record, run),
            content=content,
            effect=_effect(standing, record),
        )
        known[name] = as_marked(record, content, rid, run)
        restamped.pop(name, None)
    seen = tuple(name for name in known if name not in arrivals)
    return Judged(
        words=words,
        arrivals=arrivals,
        seen=seen,
        restamped=restamped,
        withdrawn=withdrawn,
        stamps=tuple(stamps),
    )


def highest_rid(connection: sa.Connection) -> int:
    """The highest number of a record, standing or held back; 0 without one."""
    tables = (raw_record, held_record)
    return max(connection.execute(sa.select(sa.func.max(table.c.rid))).scalar() or 0 for table in tables)


def _word(former: Held | None, record: RawRecord, content: str, run: int) -> Word:
    if former is None:
        return decide(None, False, None, None, record, content, run)
    # what a record says unchanged moves its mark alone: of words of one run, the newest is the newest mark
    stamp = former.seen_datestamp if former.seen_run == run else former.datestamp
    return decide(stamp, former.deleted, former.content_sha256, former.seen_run, record, content, run)


def _flagged(former: Held | None, record: RawRecord, run: int) -> RawRecord:
    if former is None:
        return record
    if _is_repeated(former, record, run):
        return repeated(record)
    return moved_back(record) if former.seen_run != run and _is_before(record.datestamp, former.datestamp) else record


def _is_before(stated: str, known: str) -> bool:
    """Whether a datestamp lies before another one, by as much as both of them say."""
    one, other = read_datestamp(stated), read_datestamp(known)
    is_fine = min(len(stated), len(known))
    return one is not None and other is not None and stated[:is_fine] < known[:is_fine]


def _is_repeated(former: Held, record: RawRecord, run: int) -> bool:
    return former.seen_run == run and (former.datestamp, former.deleted) == (record.datestamp, record.deleted)


def _is_restamped(standing: Held, record: RawRecord, content: str) -> bool:
    """Whether a record came as it stands, not as a run holds it back, under another datestamp."""
    return standing.content_sha256 == content and standing.seen_datestamp != record.datestamp


def _effect(stands: Held | None, record: RawRecord) -> Effect:
    if record.deleted:
        return "deleted"
    return "new" if stands is None else "changed"


def as_marked(record: RawRecord, content: str, rid: int, run: int) -> Held:
    """What is held of a record once a run has brought it."""
    return Held(
        rid=rid,
        identifier=record.identifier,
        datestamp=record.datestamp,
        deleted=record.deleted,
        payload_sha256=record.payload_sha256,
        content_sha256=content,
        seen_run=run,
        seen_list=0,
        seen_datestamp=record.datestamp,
        seq=0,
    )


# --- taken in, or held back -------------------------------------------------------------------------------------------


def take_in(tx: Transaction, feed: str, commit: PageCommit, judged: Judged) -> list[MemberChange]:
    """The page's records stand from now on; gives what the ledger is to say of them."""
    run, start = commit.next.run, commit.start
    rows: list[Row] = [
        {
            "rid": each.rid,
            **_content(tx, each.record, each.content, run),
            "seen_run": run,
            "seen_list": start,
            "seen_datestamp": judged.restamped.get(name, each.record.datestamp),
            "seq": tx.next_seq(),
        }
        for name, each in judged.arrivals.items()
    ]
    tx.give_way()
    mark_seen(tx, feed, judged.seen, run, start)
    _restamp(tx, feed, judged.restamped)
    return write(tx, rows)


def hold_back(tx: Transaction, feed: str, commit: PageCommit, judged: Judged) -> list[MemberChange]:
    """The page's records wait for a person's word; those that stand are seen, and stay as they are."""
    run, start = commit.next.run, commit.start
    rows = [
        held_records.as_row(_content(tx, each.record, each.content, run), each.rid, start, each.effect)
        for each in judged.arrivals.values()
    ]
    held_records.put(tx, rows)
    mark_seen(tx, feed, (*judged.seen, *judged.arrivals), commit.next.run, start)
    _restamp(tx, feed, {name: stamp for name, stamp in judged.restamped.items() if name not in judged.arrivals})
    held_records.mark_seen(tx, feed, judged.seen, start)
    return held_records.members(rows)


def write(tx: Transaction, rows: Sequence[Row]) -> list[MemberChange]:
    """Makes these the present versions of their records, and keeps the former ones.

    A row without `first_identifier` keeps the one that its record has.
    """
    rids = [int(row["rid"] or 0) for row in rows]
    first = raw_records.first_identifiers(tx.connection, rids)
    rows = [{"first_identifier": first.get(rid, ""), **row} for rid, row in zip(rids, rows, strict=True)]
    raw_versions.keep(tx, rids)
    tx.give_way()
    upsert_many(tx, raw_record, rows, key=("rid",))
    tx.give_way()
    of_table = covered(raw_record.name)
    return [(of_table.object_of(row), of_table.digest(row)) for row in rows]


class Reread(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was read anew from the page that it came with."""

    held: Held
    record: RawRecord
    #: SHA-256 of what `unchanged` compares
    content: str


def read_anew(tx: Transaction, run: int, records: Sequence[Reread]) -> list[MemberChange]:
    """These stand as they were read anew; that the feed's lists named them, and when, stays as it was."""
    rows: list[Row] = [
        {
            "rid": each.held.rid,
            **_content(tx, each.record, each.content, run),
            "seen_run": each.held.seen_run,
            "seen_list": each.held.seen_list,
            "seen_datestamp": each.held.seen_datestamp,
            "seq": tx.next_seq(),
        }
        for each in records
    ]
    return write(tx, rows)


def _content(tx: Transaction, record: RawRecord, content: str, run: int) -> Row:
    return {
        "feed": record.feed,
        "identifier": record.identifier,
        "datestamp": record.datestamp,
        "set_specs": _encoder.encode(record.set_specs).decode(),
        "deleted": record.deleted,
        "payload_sha256": record.payload_sha256,
        "content_sha256": content,
        "payload": record.payload,
        "charset": record.charset,
        "namespaces": _encoder.encode(record.namespaces).decode(),
        "format": record.format,
        "quality": record.quality,
        "repairs": _encoder.encode(record.repairs).decode(),
        "page": record.page,
        "ordinal": record.ordinal,
        "run": run,
        "harvested": instant_text(record.harvested or tx.now),
    }


def _restamp(tx: Transaction, feed: str, stamps: Mapping[str, str]) -> None:
    """These came as they are held, under other datestamps: the mark says so, that no comparison asks for them again."""
    named = (raw_record.c.feed == feed) & (raw_record.c.identifier == sa.bindparam("name"))
    if stamps:
        changed = raw_record.update().where(named).values(seen_datestamp=sa.bindparam("stamp"))
        tx.connection.execute(changed, [{"name": name, "stamp": stamp} for name, stamp in stamps.items()])


def mark_seen(tx: Transaction, feed: str, identifiers: Sequence[str], run: int, start: int) -> None:
    """A run listed these, in that start of it."""
    if not identifiers:
        return
    where = (raw_record.c.feed == feed) & raw_record.c.identifier.in_(identifiers)
    tx.connection.execute(raw_record.update().where(where).values(seen_run=run, seen_list=start))
