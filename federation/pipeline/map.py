"""The mapping stage: raw records become catalogue records, each with its outcome and reasons.

`prepare` reads and maps outside of any transaction; `write` commits what it made, with the cursor. Only a record that
looks different downstream gets a new `seq`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete

from federation.access.loosening import is_by_a_rule
from federation.linkage.member_records import own_audience
from federation.pipeline import hierarchy
from federation.pipeline.crosswalks import EXCLUDED, FeedMapper
from federation.pipeline.lapsed_units import paired
from federation.pipeline.progress import Progress
from federation.storage import (
    aliases,
    catalogue_records,
    cursors,
    hosted,
    ledger,
    outcomes,
    raw_records,
    set_aside,
    standing_below,
    withheld,
)
from federation.storage.bulk import Row, upsert_many
from federation.storage.catalogue_records import Known, catalogue_record
from federation.storage.columns import instant_text
from federation.storage.linkage import judgements
from federation.storage.outcomes import mapping_issue, mapping_outcome
from federation.storage.raw_records import StoredRaw
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from mappings.engine.outcome import Deleted, Mapped, MappedUnit, Outcome, Rejected, Skipped
from mappings.schema.access import PUBLIC
from mappings.schema.ids import record_id
from mappings.schema.issue import Issue, issue

STAGE = "map"

_encoder = msgspec.json.Encoder()


class MappedRaw(msgspec.Struct, frozen=True, kw_only=True):
    """One raw record with what became of it."""

    stored: StoredRaw
    institution: str
    outcome: Outcome


#: what maps records
Way = Callable[[Connection, FeedMapper, Sequence[StoredRaw]], tuple[MappedRaw, ...]]


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is mapped and not yet written."""

    #: the cursor that it starts from; `write` refuses another
    after: int
    #: the cursor once the batch is written
    last: int
    results: tuple[MappedRaw, ...]
    #: more records wait behind the batch
    behind: bool
    #: not the whole batch, but records above it that go before; the cursor stays where it is
    is_above: bool = False
    #: records that wait behind all others from now on
    put_off: tuple[StoredRaw, ...] = ()


def prepare(
    connection: Connection,
    mapper: FeedMapper,
    limit: int,
    way: Way | None = None,
    *,
    without: Collection[str] = frozenset(),
) -> Prepared:
    """The next `limit` changed raw records, mapped; fewer of a slow feed.

    way      how they are mapped; it may give others that go before them, with them or in their place
    without  feeds whose records are put off where others wait; where only theirs wait, nothing is prepared
    raises   FeedTooSlow, where the next batch takes fewer
    """
    after = cursors.get(connection, STAGE)
    waiting = raw_records.changed_since(connection, after, limit)
    if without and not raw_records.is_any_changed(connection, after, without):
        waiting = []
    put_off = tuple(stored for stored in waiting if stored.raw.feed in without)
    if not without:
        waiting = waiting[: mapper.within_time([stored.raw.feed for stored in waiting])]
    behind = bool(waiting) and raw_records.first_changed(connection, waiting[-1].seq) is not None
    taken = [stored for stored in waiting if stored.raw.feed not in without]
    results = (way or mapped)(connection, mapper, taken)
    is_above = not {stored.rid for stored in taken} <= {result.stored.rid for result in results}
    last = waiting[-1].seq if waiting else after
    behind = behind or bool(put_off)
    return Prepared(after=after, last=last, results=results, behind=behind, is_above=is_above, put_off=put_off)


def mapped(connection: Connection, mapper: FeedMapper, waiting: Sequence[StoredRaw]) -> tuple[MappedRaw, ...]:
    """What becomes of records; what was set aside in its present state is rejected."""
    aside = set_aside.of(connection, STAGE, [stored.rid for stored in waiting])
    results = []
    for stored in waiting:
        failed = aside.get(stored.rid)
        if failed is not None and failed.seq >= stored.seq:
            results.append(crashed(mapper, stored, failed.error))
        else:
            outcome, institution = mapper(stored.raw)
            results.append(MappedRaw(stored=stored, institution=institution, outcome=outcome))
            mapper.check_time(stored.raw.feed)
    return tuple(results)


def crashed(mapper: FeedMapper, stored: StoredRaw, error: str) -> MappedRaw:
    """A record over whose mapping the stage failed: rejected, with what went wrong."""
    found = issue(set_aside.CODE, rule=STAGE, excerpt=error)
    return MappedRaw(stored=stored, institution=mapper.institution(stored.raw.feed), outcome=Rejected(issue=found))


def next_one(connection: Connection) -> Subject | None:
    """The raw record that comes next."""
    found = raw_records.first_changed(connection, cursors.get(connection, STAGE))
    if found is None:
        return None
    return Subject(stage=STAGE, number=found.rid, seq=found.seq, feed=found.feed, identifier=found.identifier)


def write(tx: Transaction, prepared: Prepared) -> Progress:
    """Writes a prepared batch and moves the cursor; a batch prepared from another cursor writes nothing."""
    if not prepared.results and not prepared.put_off:
        return Progress(done=0, behind=False)
    tx.in_order()  # what is read from here on, the cursor before all, stands until the commit
    if cursors.get(tx.connection, STAGE) != prepared.after:
        return Progress(done=0, behind=True)
    if prepared.results:
        write_results(tx, prepared.results, f"batch:map/{prepared.last}")
    raw_records.put_off(tx, {stored.rid: stored.seq for stored in prepared.put_off})
    cursors.advance(tx, STAGE, prepared.last)
    return Progress(done=len(prepared.results), behind=prepared.behind)


def write_results(tx: Transaction, results: Sequence[MappedRaw], batch: str) -> None:
    """Writes what became of raw records, and the ledger's entry under the name `batch`.

    Whatever asked for it, a record that is withheld by now gives nothing.
    """
    tx.in_order()
    results = with_former_refusals(tx.connection, without_withheld(tx.connection, results))
    rows = _write_records(tx, results)
    members = [(f"catalogue_record:{row['id']!s}", _digest(row)) for row in rows]
    ledger.append_batch(tx, act="records.mapped", object=batch, members=members)
    _write_outcomes(tx, results)
    taken = [result.stored.rid for result in results if _kind(result.outcome)[1] != set_aside.CODE]
    set_aside.forget(tx, [STAGE], taken)
    hierarchy.place(tx, [(result.stored, result.outcome) for result in results])
    hosted.note(tx, [result.stored.rid for result in results])


def without_withheld(connection: Connection, results: Sequence[MappedRaw]) -> list[MappedRaw]:
    """The same, where records that are withheld give nothing."""
    names = [(result.stored.raw.feed, result.stored.raw.identifier) for result in results]
    out = withheld.among(connection, names)
    skipped = Skipped(reason=withheld.WITHHELD)
    return [
        msgspec.structs.replace(result, outcome=skipped)
        if name in out and isinstance(result.outcome, Mapped)
        else result
        for name, result in zip(names, results, strict=True)
    ]


def with_former_refusals(connection: Connection, results: Sequence[MappedRaw]) -> list[MappedRaw]:
    """The same, where a record that a rule kept out says so while its set is left out too.

    It is back once its feed leaves the set out no more: then nobody has to have shown it by that alone.
    """
    left_out = Skipped(reason=EXCLUDED)
    former = outcomes.refused(connection, [each.stored.rid for each in results if each.outcome == left_out])
    return [
        msgspec.structs.replace(each, outcome=Skipped(reason=former[each.stored.rid]))
        if each.outcome == left_out and is_by_a_rule(former.get(each.stored.rid, ""))
        else each
        for each in results
    ]


def _digest(row: Row) -> bytes | None:
    """What the ledger says of a made record: its output and who may see it; nothing of a tombstone."""
    seen = f"{row['output_hash']!s} {row['audience']!s} {row['crosswalk']!s}"
    return hashlib.sha256(seen.encode()).digest() if row["alive"] else None


def _write_records(tx: Transaction, results: Sequence[MappedRaw]) -> list[Row]:
    ids = [unit.record.id for result in results for unit in _units(result.outcome)]
    ids += [_root_id(result) for result in results]
    known = catalogue_records.known(tx.connection, list(dict.fromkeys(ids)))
    led = aliases.feeds_with(tx.connection, {result.stored.raw.feed for result in results})
    lapsed = _lapsed(tx, results, led)
    numbers = _Numbers(catalogue_records.highest_rid(tx.connection))
    rows: list[Row] = []
    for result in results:
        units = _units(result.outcome)
        rows += [_live_row(tx, result, unit, known.get(unit.record.id), numbers) for unit in units]
        former = known.get(_root_id(result))
        if not units and former is not None and former.alive:
            rows.append(_tombstone_row(tx, result, former))
        rows += [_tombstone_row(tx, result, lost) for lost in lapsed.get(result.stored.rid, ())]
        if result.stored.raw.feed in led or result.stored.rid in lapsed:
            _lead_on(tx, result, lapsed.get(result.stored.rid, ()), known)
    lost = catalogue_records.last_accesses(tx.connection, [str(row["id"]) for row in rows if not row["alive"]])
    rows = [{**row, "last_access": lost.get(str(row["id"]))} for row in rows]
    upsert_many(tx, catalogue_record, rows, key=("id",))
    return rows


def _lead_on(tx: Transaction, result: MappedRaw, lapsed: Sequence[Known], known: Mapping[str, Known]) -> None:
    """Leads ids that lapse on to the units that were called so; what is called so again leads nowhere any more."""
    fresh = [unit.record for unit in _units(result.outcome) if not _lives(known.get(unit.record.id))]
    if not fresh:
        return
    aliases.drop(tx, [record.id for record in fresh])
    # to what is hidden nothing leads
    shown = [record for record in fresh if record.access.line != "hidden"]
    held = catalogue_records.get_many(tx.connection, [each.id for each in lapsed])
    if renamed := paired([each.record for each in held.values() if each.record is not None], shown):
        aliases.add(tx, result.stored.raw.feed, renamed)
        judgements.rename(tx, renamed)


def _lives(known: Known | None) -> bool:
    return known is not None and known.alive


def _lapsed(tx: Transaction, results: Sequence[MappedRaw], led: set[str]) -> dict[int, list[Known]]:
    """rid -> living units of a record, its root apart, that its new reading no longer has, or calls otherwise.

    led   feeds with identifiers that lead to others
    """
    had_units = outcomes.of_many_units(tx.connection, [result.stored.rid for result in results])
    found: dict[int, list[Known]] = {}
    for result in results:
        if result.stored.rid not in had_units and result.stored.raw.feed not in led:
            continue
        now = {unit.record.id for unit in _units(result.outcome)} | {_root_id(result)}
        former = catalogue_records.known_of(tx.connection, result.stored.raw.feed, result.stored.raw.identifier)
        found[result.stored.rid] = [known for known in former if known.alive and known.id not in now]
    return found


class _Numbers:
    """Hands out the numbers after the highest that is taken."""

    def __init__(self, highest: int) -> None:
        self._last = highest

    def next(self) -> int:
        self._last += 1
        return self._last


def _units(outcome: Outcome) -> tuple[MappedUnit, ...]:
    return outcome.units if isinstance(outcome, Mapped) else ()


def _root_id(result: MappedRaw) -> str:
    return record_id(result.stored.raw.feed, result.stored.raw.named)


def _live_row(tx: Transaction, result: MappedRaw, unit: MappedUnit, former: Known | None, numbers: _Numbers) -> Row:
    record = unit.record
    audience = own_audience(result.institution) if record.access.line == "hidden" else PUBLIC
    same = former is not None and former.alive
    same = same and (former.output_hash, former.audience) == (unit.output_hash, audience)  # type: ignore[union-attr]
    return {
        "id": record.id,
        "rid": former.rid if former else numbers.next(),
        "feed": record.source.feed,
        "native_id": record.source.native_id,
        "institution": result.institution,
        "audience": audience,
        "alive": True,
        "record": _encoder.encode(record).decode(),
        "rules": _encoder.encode(unit.rules).decode(),
        "output_hash": unit.output_hash,
        "crosswalk": record.source.crosswalk,
        "issues": _encoder.encode(unit.issues).decode(),
        "first_seen": former.first_seen if former else result.stored.seq,
        "first_seen_at": _instant(former.first_seen_at if former else result.stored.raw.harvested or tx.now),
        "seq": former.seq if former is not None and same else tx.next_seq(),
        "updated_at": _instant(tx.now),
        **standing_below.stands(record),
    }


def _tombstone_row(tx: Transaction, result: MappedRaw, former: Known) -> Row:
    return {
        "id": former.id,
        "rid": former.rid,
        "feed": result.stored.raw.feed,
        "native_id": result.stored.raw.identifier,
        "institution": result.institution,
        "audience": former.audience,
        "alive": False,
        "record": "",
        "rules": "{}",
        "output_hash": "",
        "crosswalk": "",
        "issues": "[]",
        "first_seen": former.first_seen,
        "first_seen_at": _instant(former.first_seen_at),
        "seq": tx.next_seq(),
        "updated_at": _instant(tx.now),
        **standing_below.NOWHERE,
    }


def _instant(moment: datetime) -> str:
    return instant_text(moment)


def _write_outcomes(tx: Transaction, results: Sequence[MappedRaw]) -> None:
    upsert_many(tx, mapping_outcome, [_outcome_row(result) for result in results], key=("rid",))
    rids = [result.stored.rid for result in results]
    tx.connection.execute(delete(mapping_issue).where(mapping_issue.c.rid.in_(rids)))
    rows: list[Row] = [
        {
            "rid": result.stored.rid,
            "ordinal": ordinal,
            "feed": result.stored.raw.feed,
            "code": found.code,
            "field": found.field,
            "rule": found.rule,
            "excerpt": found.excerpt,
        }
        for result in results
        for ordinal, found in enumerate(_issues(result))
    ]
    upsert_many(tx, mapping_issue, rows, key=("rid", "ordinal"))


def _outcome_row(result: MappedRaw) -> Row:
    kind, code = _kind(result.outcome)
    return {
        "rid": result.stored.rid,
        "feed": result.stored.raw.feed,
        "run": result.stored.run,
        "raw_seq": result.stored.seq,
        "outcome": kind,
        "code": code,
        "units": len(_units(result.outcome)),
        "issues": _encoder.encode(_issues(result)).decode(),
    }


def _kind(outcome: Outcome) -> tuple[outcomes.Kind, str]:
    match outcome:
        case Mapped():
            return "mapped", ""
        case Deleted():
            return "deleted", ""
        case Rejected(issue=found):
            return "rejected", found.code
        case Skipped(reason=reason):
            return "skipped", reason


def _issues(result: MappedRaw) -> tuple[Issue, ...]:
    repairs = result.stored.raw.repairs
    match result.outcome:
        case Mapped(units=units, refused=refused):
            return (*repairs, *(found for unit in units for found in unit.issues), *refused)
        case Rejected(issue=found):
            return (*repairs, found)
        case _:
            return repairs
