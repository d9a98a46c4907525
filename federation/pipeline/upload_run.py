"""An approved upload applied: a run over one file, page by page, into the same store of runs that a harvest fills.

Verdicts, quarantine, ledger and accounting are those of a harvest. What a file of the manner `replace` does not name is
deleted at once where a person brought it, or released it, unless that is so much that they have to say so (the brake);
where the exchange fetched it by itself, once another one, a day later, does not name it either (`inferring`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from federation.pipeline.inferring import Inference
from federation.pipeline.uploads import (
    PAGE_UNITS,
    Counted,
    as_raw,
    content_of,
    stored_reading,
    upload_and_feed,
)
from federation.pipeline.weighing import Weighing, weigh
from federation.storage import raw_records, uploads
from federation.storage.engine import Store
from federation.storage.feed_runs import counts_of
from federation.storage.feeds import StoredFeed
from federation.storage.harvests import Step, StoredHarvest, WithoutJob
from federation.storage.transactions import Transaction
from federation.storage.uploads import Upload
from harvester.brake import Moved, exceeded
from harvester.checkpoint import Checkpoint, Listing
from harvester.commits import with_weighed
from harvester.cost import Meter
from harvester.evidence import verdict_of
from harvester.files.reading import units_of
from harvester.files.units import FaultyUnit, Found, Reading, Unit
from harvester.flags import repeated
from harvester.oaipmh.page import Quarantined
from harvester.ports import Incomplete, PageCommit, Verdict
from mappings.schema.raw import RawRecord

#: reason of a run whose deletions grew over the brake after the check
DELETIONS_HELD = "deletions_held"
PAGE_BYTES = 8 << 20

_GONE_SHA256 = hashlib.sha256(b"").hexdigest()


def load(store: Store, number: int, step: Step | None = None) -> Verdict | None:
    """Applies an approved upload as a run of its feed; None where it is not approved any more.

    Ended in the midst, it goes on behind the last page that it kept.
    """
    found, feed = upload_and_feed(store, number)
    if found.state != "approved":
        return None
    reading, counted, meter = stored_reading(store, feed, found), Counted(), Meter()
    with meter.working(), uploads.opened(store, number) as path:
        for unit in units_of(path, reading):
            counted.take(unit, lambda unit: as_raw(unit, feed, found, reading))
        loading = _Loading(store, feed, found, step or WithoutJob(), meter, frozenset(counted.last))
        for batch in islice(_pages(units_of(path, reading), counted), loading.pages, None):
            loading.page(batch, reading)
        if found.mode == "replace" and (found.released or not found.fetched):
            loading.delete_absent()
        elif found.mode == "replace":
            loading.infer_absent()
        return loading.end()


def _pages(found: Iterable[Found], counted: Counted) -> Iterator[list[Found]]:
    page: list[Found] = []
    size = 0
    for place, unit in enumerate(found, start=1):
        if isinstance(unit, Unit) and not counted.counts(unit, place):
            continue
        page.append(unit)
        size += len(unit.payload) if isinstance(unit, Unit) else len(unit.body)
        if len(page) >= PAGE_UNITS or size >= PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page


class _Loading:
    """A run over one file."""

    def __init__(
        self, store: Store, feed: StoredFeed, found: Upload, step: Step, meter: Meter, twice: frozenset[str]
    ) -> None:
        """`twice`: names that more than one unit of the file has."""
        applied = _Applied(step, found, feed)
        self._store, self._feed, self._found, self._twice = store, feed, found, twice
        # who releases a file means its deletions and changes: whom it opens it does not say
        weighing, braked = Weighing(store), not found.released
        self._keeping = StoredHarvest(
            store, feed, applied, meter=meter, is_braked=False, weigh=weighing, holds_output=braked
        )
        self._inference = Inference(store, feed, applied, meter)
        opened = self._keeping.open_run()
        applied.run = opened.run
        #: of the file, kept before
        self.pages = opened.pages
        counted = found.report.records if found.report else None
        claim = counted if found.claim is None else found.claim
        self._listing = opened.lists[0] if opened.pages else Listing(claim=claim)
        self._checkpoint = Checkpoint(run=opened.run, pages=opened.pages, lists=(self._listing,))
        self._held = False

    @property
    def _names_all(self) -> bool:
        """Whether what a fetched file does not name is not in its source either."""
        if self._feed.source == "sru" and self._found.claim is None:
            return False
        return not self._listing.quarantined and self._listing.listed >= (self._listing.claim or 0)

    def page(self, batch: list[Found], reading: Reading) -> None:
        """Keeps one page of the file."""
        units = [unit for unit in batch if isinstance(unit, Unit)]
        lost = tuple(_quarantined(fault) for fault in batch if isinstance(fault, FaultyUnit))
        records = [self._record(unit, reading) for unit in units]
        self._listing = msgspec.structs.replace(
            self._listing,
            listed=self._listing.listed + len(units),
            quarantined=self._listing.quarantined + len(lost),
            pages=self._listing.pages + 1,
        )
        self._commit(records, [content_of(unit) for unit in units], lost)

    def _record(self, unit: Unit, reading: Reading) -> RawRecord:
        """The unit as it is kept; of several that one name has it is the last, and says so."""
        record = as_raw(unit, self._feed, self._found, reading)
        return repeated(record) if unit.name in self._twice else record

    def delete_absent(self) -> None:
        """Tombstones for what the file does not name, unless the brake holds them; a person says that it is all."""
        run = self._checkpoint.run
        with self._store.reading() as connection:
            counts, live = counts_of(connection, run), raw_records.count_live(connection, self._feed.key)
            gone = raw_records.count_unseen(connection, self._feed.key, run)
        before = counts.before if self._found.fetched else Moved(live=live)
        moved = before.and_more(deleted=counts.withdrawn + gone)
        if "deletions" in exceeded(moved, self._feed.brake) and not self._found.released:
            self._held = True
            return
        while True:
            with self._store.reading() as connection:
                names = raw_records.unseen(connection, self._feed.key, run, PAGE_UNITS)
            if not names:
                return
            self._commit([self._tombstone(name) for name in names], [_GONE_SHA256] * len(names), ())

    def infer_absent(self) -> None:
        """Tombstones for what neither this file nor one of another day names."""
        self._checkpoint = self._inference.compare(self._checkpoint, whole=self._names_all)

    def end(self) -> Verdict:
        """Ends the run with its verdict."""
        self._listing = msgspec.structs.replace(self._listing, ended=True, said_end=True)
        self._checkpoint = msgspec.structs.replace(self._checkpoint, lists=(self._listing,))
        verdict = Incomplete(missing=0, reason=DELETIONS_HELD) if self._held else verdict_of(self._checkpoint.lists)
        self._keeping.end(self._checkpoint, verdict)
        return verdict

    def _tombstone(self, name: str) -> RawRecord:
        return RawRecord(
            feed=self._feed.key,
            identifier=name,
            datestamp=self._found.received_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            deleted=True,
            payload_sha256=_GONE_SHA256,
            payload="",
        )

    def _commit(self, records: list[RawRecord], contents: list[str], lost: tuple[Quarantined, ...]) -> None:
        number = self._checkpoint.pages + 1
        self._checkpoint = msgspec.structs.replace(self._checkpoint, pages=number, lists=(self._listing,))
        body = "".join(record.payload for record in records).encode("utf-8", "replace")
        stamp = {"page": number, "harvested": self._found.received_at}
        placed = [msgspec.structs.replace(record, ordinal=ordinal, **stamp) for ordinal, record in enumerate(records)]
        commit = PageCommit(
            number=number,
            sha256=hashlib.sha256(body).hexdigest(),
            body=body,
            token_in=None,
            token_out=None,
            records=tuple(placed),
            content_sha256=tuple(contents),
            quarantined=lost,
            next=self._checkpoint,
            start=1,
            fetched_at=self._store.now(),
        )
        changed = self._keeping.to_weigh(commit)
        self._keeping.commit_page(with_weighed(commit, changed, weigh(self._store, changed)))


def _quarantined(fault: FaultyUnit) -> Quarantined:
    return Quarantined(identifier=fault.identifier or None, reason=fault.reason, offset=fault.position, body=fault.body)


class _Applied:
    """What the last commit of a run holds besides: the upload is applied."""

    def __init__(self, step: Step, found: Upload, feed: StoredFeed) -> None:
        self._step, self._found, self._feed = step, found, feed
        self.run: int | None = None

    def kept(self, tx: Transaction) -> None:
        """A page."""
        self._step.kept(tx)

    def closed(self, tx: Transaction) -> None:
        """The run ended."""
        applied = msgspec.structs.replace(self._found, state="applied", run=self.run)
        uploads.put(tx, applied, "upload.applied", self._feed.institution)
        self._step.closed(tx)
