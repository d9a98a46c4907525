"""What people read about a run: its pages, and every record behind each number (promise 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.storage import cursors, held_records, outcomes, page_bodies
from federation.storage.outcomes import mapping_outcome
from federation.storage.page_bodies import page_body
from federation.storage.raw_records import raw_record
from federation.storage.runs import StoredRun, page, run
from mappings.schema.ids import record_id

#: where a harvested record stands; `harvested` = any of them
Standing = Literal["harvested", "mapped", "deleted", "rejected", "skipped", "waiting", "held"]


class StoredPage(msgspec.Struct, frozen=True, kw_only=True):
    """One committed page of a run."""

    number: int
    sha256: str
    size_bytes: int
    records: int
    fetched_at: datetime
    #: it can be looked at as it came
    is_kept: bool


class RecordLine(msgspec.Struct, frozen=True, kw_only=True):
    """A harvested record and what became of it."""

    rid: int
    identifier: str
    datestamp: str
    #: empty while it waits to be mapped; `held` while it waits for a person's word
    outcome: str
    #: why it was rejected or skipped
    code: str
    #: id of the catalogue record that it would be or is
    record: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records of a feed are listed."""

    feed: str
    standing: Standing = "harvested"
    #: code of an issue that they have; empty = any
    issue: str = ""
    #: of the issue; empty = any
    field: str = ""
    rule: str = ""


def get(connection: sa.Connection, run_id: int) -> StoredRun | None:
    """One run."""
    columns = [run.c[name] for name in StoredRun.__struct_fields__]
    row = connection.execute(sa.select(*columns).where(run.c.id == run_id)).mappings().first()
    return None if row is None else StoredRun(**row)


def of_number(connection: sa.Connection, feed: str, number: int) -> StoredRun | None:
    """A feed's run by its number within the feed."""
    where = (run.c.feed == feed) & (run.c.number == number)
    found: int | None = connection.execute(sa.select(run.c.id).where(where)).scalar()
    return None if found is None else get(connection, found)


def pages(connection: sa.Connection, run_id: int, *, after: int = 0, limit: int = 100) -> list[StoredPage]:
    """Pages of a run with a number above `after`, in order."""
    columns = [page.c[name] for name in StoredPage.__struct_fields__ if name != "is_kept"]
    is_kept = sa.exists().where(page_body.c.sha256 == page.c.sha256).label("is_kept")
    query = (
        sa.select(*columns, is_kept)
        .where(page.c.run == run_id, page.c.number > after)
        .order_by(page.c.number)
        .limit(limit)
    )
    return [StoredPage(**row) for row in connection.execute(query).mappings()]


def page_as_it_came(connection: sa.Connection, run_id: int, number: int) -> bytes | None:
    """The bytes of a page of a run; None where there is no such page, or it is kept no longer."""
    which = (page.c.run == run_id) & (page.c.number == number)
    sha256 = connection.execute(sa.select(page.c.sha256).where(which)).scalar()
    return None if sha256 is None else page_bodies.get(connection, sha256)


def size_bytes(connection: sa.Connection, run_id: int) -> int:
    """How many bytes the pages of a run have together."""
    query = sa.select(sa.func.coalesce(sa.func.sum(page.c.size_bytes), 0)).where(page.c.run == run_id)
    return int(connection.execute(query).scalar_one())


def records(connection: sa.Connection, wanted: Wanted, *, after: int = 0, limit: int = 100) -> list[RecordLine]:
    """Records of a feed with a number above `after`, in order; those that a run holds stand as `held`."""
    found = _held(connection, wanted, after, limit)
    if wanted.standing != "held":
        found += _not_held(connection, wanted, after, limit)
    return sorted(found, key=lambda line: line.rid)[:limit]


def _held(connection: sa.Connection, wanted: Wanted, after: int, limit: int) -> list[RecordLine]:
    if wanted.standing not in ("harvested", "held") or wanted.issue:
        return []
    return [
        RecordLine(
            rid=line.rid,
            identifier=line.identifier,
            datestamp=line.datestamp,
            outcome="held",
            code="",
            record=record_id(wanted.feed, line.identifier),
        )
        for line in held_records.listed(connection, wanted.feed, after=after, limit=limit)
    ]


def _not_held(connection: sa.Connection, wanted: Wanted, after: int, limit: int) -> list[RecordLine]:
    joined = raw_record.outerjoin(mapping_outcome, mapping_outcome.c.rid == raw_record.c.rid)
    query = (
        sa.select(raw_record.c.rid, raw_record.c.seq, raw_record.c.identifier, raw_record.c.datestamp)
        .add_columns(raw_record.c.first_identifier)
        .add_columns(mapping_outcome.c.outcome, mapping_outcome.c.code)
        .select_from(joined)
        .where(raw_record.c.feed == wanted.feed, raw_record.c.rid > after)
    )
    if not wanted.issue:
        query = query.where(raw_record.c.rid.not_in(held_records.rids()))
    mapped_to = cursors.get(connection, "map")
    query = query.where(*_standing(wanted, mapped_to), *_issue(wanted)).order_by(raw_record.c.rid).limit(limit)
    return [
        RecordLine(
            rid=row.rid,
            identifier=row.identifier,
            datestamp=row.datestamp,
            outcome=(row.outcome or "") if row.seq <= mapped_to else "",
            code=(row.code or "") if row.seq <= mapped_to else "",
            record=record_id(wanted.feed, row.first_identifier or row.identifier),
        )
        for row in connection.execute(query)
    ]


def _standing(wanted: Wanted, mapped_to: int) -> list[sa.ColumnElement[bool]]:
    match wanted.standing:
        case "harvested":
            return []
        case "waiting":
            return [raw_record.c.seq > mapped_to]
        case outcome:
            return [raw_record.c.seq <= mapped_to, mapping_outcome.c.outcome == outcome]


def _issue(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    if not wanted.issue:
        return []
    met = outcomes.issues().c
    where = (met.rid == raw_record.c.rid) & (met.code == wanted.issue)
    if wanted.field:
        where &= met.field == wanted.field
    if wanted.rule:
        where &= met.rule == wanted.rule
    return [sa.exists().where(where)]
