"""A file before its records are its feed's: the check, which changes nothing, and the decision over what it would do.

What is approved is applied by `upload_run`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from federation.errors import RequestRefused
from federation.pipeline.crosswalks import context_of, crosswalk_of
from federation.pipeline.file_parents import above_in_file
from federation.pipeline.parent_sources import StoredParents
from federation.storage import feeds, fetches, institutions, raw_records, uploads
from federation.storage.clashes import repeats_clashes
from federation.storage.engine import Store
from federation.storage.feed_runs import end_run, moved_unasked, opened_run
from federation.storage.feeds import StoredFeed
from federation.storage.jobs import Wanted, enqueue
from federation.storage.transactions import Transaction
from federation.storage.uploads import FaultLine, Report, Upload
from harvester.brake import BRAKE, Brake, Cause, Moved, exceeded
from harvester.files.reading import kind_of, units_of
from harvester.files.units import FaultyUnit, FileRefused, Found, Reading, Unit, raw_record, reading_by
from harvester.oaipmh.header import header_end
from harvester.oaipmh.record import content_sha256
from harvester.ports import Blocked
from mappings.engine.compiled import Compiled
from mappings.errors import MappingError
from mappings.schema.raw import RawRecord

#: kinds of jobs; their argument is the upload's number
CHECK, LOAD = "file.check", "file.load"
KINDS = (CHECK, LOAD)
UPLOAD = "upload"

PAGE_UNITS = 500
SAMPLES, FAULTS = 10, 20


# --- the check --------------------------------------------------------------------------------------------------------


def check(store: Store, number: int) -> Upload:
    """The upload with what its file holds; one that cannot be read is refused, with the reason and the place."""
    found, feed = upload_and_feed(store, number)
    if found.state != "received":
        return found
    program = _program(store, feed)
    found = msgspec.structs.replace(found, manner=reading_of(program, feed).manner)
    try:
        with uploads.opened(store, number) as path:
            report = _report(store, feed, found, path, program)
    except FileRefused as refused:
        return _settled(store, found, feed, None, refused)
    return _settled(store, found, feed, report, None)


@repeats_clashes
def _settled(
    store: Store, found: Upload, feed: StoredFeed, report: Report | None, refused: FileRefused | None
) -> Upload:
    checked = msgspec.structs.replace(
        found,
        state="refused" if refused else "checked",
        reason=refused.reason if refused else "",
        detail=str(refused)[:500] if refused else found.detail,
        report=report,
    )
    with store.transaction() as tx:
        uploads.moved(tx, found.id, ("received",))
        uploads.put(tx, checked, "upload.refused" if refused else "upload.checked", feed.institution)
        return _fetched(tx, checked, feed) if checked.fetched else checked


def _fetched(tx: Transaction, checked: Upload, feed: StoredFeed) -> Upload:
    """Nobody looks at each file that is fetched: one that can be read is applied at once, unless the brake holds it."""
    if checked.state == "refused":
        fetches.forget_refused(tx, feed.key)
        end_run(tx, feed, opened_run(tx, feed), Blocked(reason=checked.reason))
        return checked
    before = moved_unasked(tx.connection, feed.key, tx.now)
    return checked if brakes(checked, feed.brake, before) else approve(tx, checked.id, feed.institution, released=False)


def reading_of(program: Compiled, feed: StoredFeed, found: Upload | None = None) -> Reading:
    """How the feed's files are read: its crosswalk says the format and, where the feed does not, the key.

    found  the file, where somebody brought it: the name that they gave it may name what is in it
    """
    return reading_by(
        program,
        key=feed.key_field,
        section=feed.metadata_prefix if feed.source == "static" else "",
        may_be_empty=feed.source in ("sru", "resourcesync"),
        file_name="" if found is None or found.fetched else found.name.removesuffix(".gz"),
    )


def stored_reading(store: Store, feed: StoredFeed, found: Upload | None = None) -> Reading:
    """The same of a feed whose crosswalk is looked up."""
    return reading_of(_program(store, feed), feed, found)


def _program(store: Store, feed: StoredFeed) -> Compiled:
    with store.reading() as connection:
        return crosswalk_of(connection, feed)


def manner_of(store: Store, feed: StoredFeed) -> str:
    """How the feed's files are read now; of rules that cannot be read, which the check says, nothing."""
    try:
        return stored_reading(store, feed).manner
    except MappingError:
        return ""


def _report(store: Store, feed: StoredFeed, found: Upload, path: Path, program: Compiled) -> Report:
    reading, counted = reading_of(program, feed, found), Counted()
    for unit in units_of(path, reading):
        counted.take(unit, lambda unit: as_raw(unit, feed, found, reading))
    if not counted.units and not reading.may_be_empty:
        raise FileRefused("file_empty", "expected records, found none")
    if found.fetched and 0 < feed.caps.records < len(counted.names):
        raise FileRefused("records_capped", f"expected at most {feed.caps.records} records, found {len(counted.names)}")
    with store.reading() as connection:
        last = uploads.last_applied(connection, feed.key, found.mode)
    report = Report(
        kind=kind_of(path),
        units=counted.units,
        records=len(counted.names),
        repeated=counted.units - counted.faulty - len(counted.names),
        faulty=counted.faulty,
        faults=tuple(counted.faults),
        samples=counted.samples,
        above=_above(store, feed, found, path, program, counted),
        is_reread=last is not None and last.sha256 == found.sha256 and last.manner != found.manner,
    )
    return _compared(store, feed, path, reading, report, counted)


def _above(
    store: Store, feed: StoredFeed, found: Upload, path: Path, program: Compiled, counted: Counted
) -> tuple[RawRecord, ...]:
    """The records of the file above those that are shown, wherever they stand in it."""
    with store.reading() as connection:
        holder = institutions.get(connection, feed.institution)
    if holder is None:
        return ()
    reading = reading_of(program, feed, found)

    def named(wanted: frozenset[str]) -> Iterator[RawRecord]:
        there = {name for name in wanted if _key(name) in counted.names}
        for unit in units_of(path, reading) if there else ():
            if isinstance(unit, Unit) and unit.name in there:
                yield as_raw(unit, feed, found, reading)

    context, stored = context_of(feed, holder), StoredParents(store.reading)
    return above_in_file(program, counted.samples, context, named, stored)


class Counted:
    """What a first reading of the file counts."""

    def __init__(self) -> None:
        self.units = self.faulty = 0
        #: of each identifier a digest, which is all that is kept of it
        self.names: set[int] = set()
        #: identifier that came again -> place of its last unit
        self.last: dict[str, int] = {}
        self.faults: list[FaultLine] = []
        #: of the first identifiers, what their last units say
        self._samples: dict[str, RawRecord] = {}

    def take(self, found: Found, as_raw: Callable[[Unit], RawRecord]) -> None:
        """Counts one unit, or one fault."""
        self.units += 1
        if isinstance(found, FaultyUnit):
            self.faulty += 1
            if len(self.faults) < FAULTS:
                self.faults.append(_line_of(found))
            return
        key = _key(found.name)
        if key in self.names:
            self.last[found.name] = self.units
        self.names.add(key)
        if len(self._samples) < SAMPLES or found.name in self._samples:
            self._samples[found.name] = as_raw(found)

    @property
    def samples(self) -> tuple[RawRecord, ...]:
        """The first records as they would be stored."""
        return tuple(self._samples.values())

    def counts(self, found: Unit, place: int) -> bool:
        """Whether the unit at `place` is the last of its name."""
        return self.last.get(found.name, place) <= place


def _line_of(fault: FaultyUnit) -> FaultLine:
    return FaultLine(reason=fault.reason, position=fault.position, identifier=fault.identifier, where=fault.where)


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _compared(store: Store, feed: StoredFeed, path: Path, reading: Reading, report: Report, counted: Counted) -> Report:
    """The report with what the file would do to the records that are held."""
    sums = dict.fromkeys(("new", "changed", "unchanged", "deleted"), 0)
    named_live = withdrawn = 0
    for batch in _batches(_counting(units_of(path, reading), counted), PAGE_UNITS):
        with store.reading() as connection:
            held = raw_records.held(connection, feed.key, [unit.name for unit in batch])
        for unit in batch:
            known = held.get(unit.name)
            is_live = known is not None and not known.deleted
            named_live += is_live
            withdrawn += is_live and unit.deleted
            sums[_word(unit, known)] += 1
    with store.reading() as connection:
        live = raw_records.count_live(connection, feed.key)
    return msgspec.structs.replace(report, live=live, gone=live - named_live, withdrawn=withdrawn, **sums)


def _word(unit: Unit, known: raw_records.Held | None) -> str:
    if unit.deleted:
        return "deleted"
    if known is None:
        return "new"
    return "unchanged" if not known.deleted and known.content_sha256 == content_of(unit) else "changed"


def _counting(found: Iterable[Found], counted: Counted) -> Iterator[Unit]:
    """The units that count: read, and the last of their name."""
    for place, unit in enumerate(found, start=1):
        if isinstance(unit, Unit) and counted.counts(unit, place):
            yield unit


def _batches(units: Iterable[Unit], size: int) -> Iterator[list[Unit]]:
    source = iter(units)
    while batch := list(islice(source, size)):
        yield batch


def content_of(unit: Unit) -> str:
    """What `unchanged` compares; of an OAI record without its header's datestamp."""
    said = unit.payload[header_end(unit.payload) :].encode("utf-8", "surrogatepass")
    return content_sha256(said, unit.set_specs, deleted=unit.deleted)


def as_raw(unit: Unit, feed: StoredFeed, found: Upload, reading: Reading) -> RawRecord:
    """The unit as a record of the feed."""
    return raw_record(unit, feed=feed.key, format_=reading.format, received=found.received_at)


# --- the decision -----------------------------------------------------------------------------------------------------


def brakes(found: Upload, brake: Brake, before: Moved | None = None) -> tuple[Cause, ...]:
    """What a person has to release by name before the upload is applied.

    A file that is only read in another way is no word of its source, and never waits.

    What a fetched file does not name counts as deleted later, if at all, and is judged then; but one that names none of
    the live records waits, however few they are.

    brake   the feed's limits
    before  what was done unasked within the last day, which counts too where nobody looks at each file
    """
    report = found.report
    if report is None or report.is_reread:
        return ()
    gone = report.gone if found.mode == "replace" else 0
    if found.fetched and gone >= report.live > 0:
        return ("deletions",)
    gone = 0 if found.fetched else gone
    done = before or Moved(live=report.live)
    return exceeded(done.and_more(deleted=report.withdrawn + gone, changed=report.changed), brake)


def approve(tx: Transaction, number: int, institution: str, *, released: bool) -> Upload:
    """Approves a checked upload, and asks for the job that applies it.

    released  deletions or changes over the brake are meant
    raises    RecordChanged where it is not checked; RequestRefused `brake`, where that is not released, and `run_held`
              while a person has to say what becomes of the feed's last run
    """
    found = uploads.moved(tx, number, ("checked",))
    feeds.refuse_held(tx.connection, found.feed)
    feed = feeds.get(tx.connection, found.feed)
    if (held := brakes(found, feed.brake if feed else BRAKE)) and not released:
        raise RequestRefused("brake", f"more {' and '.join(held)} than are made unasked: release them by name")
    approved = msgspec.structs.replace(found, state="approved", released=released)
    uploads.put(tx, approved, "upload.approved", institution)
    enqueue(tx, load_job(approved))
    return approved


def refuse(tx: Transaction, number: int, institution: str) -> Upload:
    """Sets a checked upload aside; nothing of the feed changes."""
    found = uploads.moved(tx, number, ("received", "checked"))
    refused = msgspec.structs.replace(found, state="refused", reason="set_aside")
    uploads.put(tx, refused, "upload.refused", institution)
    feed = feeds.get(tx.connection, found.feed) if found.fetched else None
    if feed is not None:
        end_run(tx, feed, opened_run(tx, feed), Blocked(reason=refused.reason))
    if feed is not None and feed.source == "resourcesync":
        # its change lists tell of each change once: without this one, what follows would build on a gap
        fetches.forget_refused(tx, feed.key)
    return refused


def check_job(found: Upload) -> Wanted:
    """The job that checks an upload."""
    return _job(CHECK, found)


def load_job(found: Upload) -> Wanted:
    """The job that applies an upload; of one feed's, one after the other."""
    return _job(LOAD, found)


def _job(kind: str, found: Upload) -> Wanted:
    return Wanted(
        kind=kind,
        lane="process",
        dedupe_key=f"{kind}:{found.id}",
        group_key=f"file:{found.feed}",
        arguments={UPLOAD: found.id},
    )


def upload_and_feed(store: Store, number: int) -> tuple[Upload, StoredFeed]:
    """An upload and the feed it is for; raises RequestRefused where there is none."""
    with store.reading() as connection:
        found = uploads.get(connection, number)
        feed = feeds.get(connection, found.feed) if found else None
    if found is None or feed is None:
        raise RequestRefused("no_such_upload", f"there is no upload {number}")
    return found, feed
