"""Single records for other harvesters: each institution's own description, unmerged, as `/oai/records` gives it on.

An item is a catalogue record. Its bodies are made when they are asked for; here is written which items stand, in which
formats, and since when. What is hidden, or comes from a feed without a licence, does not stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline.disseminating import Made, formats_of, written
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.giving_on import Given, given_on
from federation.pipeline.item_sets import sets_of
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.pipeline.unifying import each_alone, load_each_alone
from federation.storage import catalogue_records, cursors, exports, hosted, ledger, set_aside
from federation.storage.catalogue_records import StoredRecord
from federation.storage.engine import Store
from federation.storage.hosted import Offered
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from mappings.schema.access import PUBLIC
from mappings.serialisations.catalogue import SERIALISATIONS

STAGE = "records"
#: name of the list among those of hosted items; no feed's key has a slash
LIST = "/records"
#: part of every digest, so that items given out by another serialiser are stamped anew when they come by
SERIALISERS = " ".join(f"{each.prefix}@{each.version}" for each in SERIALISATIONS)
_GONE = "gone"


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is made and not yet written."""

    #: the cursor that it starts from; `write` refuses another
    after: int
    last: int
    #: numbers of the records that are set aside no more
    taken_in: tuple[int, ...]
    offered: tuple[Offered, ...]
    behind: bool


def records_batch(
    store: Store, settings: ExportSettings, *, limit: int = BATCH, close: Close = without_job
) -> Progress:
    """Takes in the next `limit` changed catalogue records."""
    with store.reading() as connection:
        prepared = prepare(connection, settings, limit)
    if not prepared.offered:
        return Progress(done=0, behind=False)
    with exports.sequencing(store) as tx:
        if cursors.get(tx.connection, STAGE) != prepared.after:
            return Progress(done=0, behind=True)
        changed = hosted.put(tx, prepared.offered, ())
        if changed:
            exports.freeze_authority(tx, settings.authority)
        _enter(tx, changed, prepared.last)
        cursors.advance(tx, STAGE, prepared.last)
        set_aside.forget(tx, [STAGE], prepared.taken_in)
        progress = Progress(done=len(prepared.offered), behind=prepared.behind)
        close(tx, progress)
    return progress


def _enter(tx: Transaction, changed: Sequence[Offered], last: int) -> None:
    members = [
        (f"record_item:{each.identifier}", bytes.fromhex(each.digest) if each.prefixes else None) for each in changed
    ]
    ledger.append_batch(tx, act="items.exported", object=f"batch:records/{last}", members=members)


def prepare(connection: sa.Connection, settings: ExportSettings, limit: int) -> Prepared:
    """The next changed records as the public may have them; what was set aside is given to nobody."""
    after = cursors.get(connection, STAGE)
    aside = {rid: each.seq for rid, each in set_aside.everything(connection, STAGE).items()}
    rows = catalogue_records.changed_since(connection, after, limit, unread=aside)
    given = given_on(connection, each_alone(connection, rows, PUBLIC).values(), settings, form="alone")
    return Prepared(
        after=after,
        last=rows[-1].seq if rows else after,
        taken_in=tuple(row.rid for row in rows if row.record is not None or not row.alive),
        offered=tuple(offer(row, given.get(row.id)) for row in rows),
        behind=len(rows) == limit,
    )


def offer(row: StoredRecord, given: Given | None) -> Offered:
    """What a harvester sees of a record: its formats, its sets and a digest, or that it is gone."""
    if given is None:
        return Offered(feed=LIST, identifier=row.id, prefixes=(), digest=_GONE)
    prefixes = tuple(formats_of(given.record))
    sets = sets_of(given.record)
    said = f"{SERIALISERS} {prefixes} {row.seq} {[each.spec for each in sets]}"
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Offered(feed=LIST, identifier=row.id, prefixes=prefixes, digest=digest, sets=sets)


def next_one(connection: sa.Connection) -> Subject | None:
    """The record that comes next."""
    found = catalogue_records.first_changed(connection, cursors.get(connection, STAGE))
    if found is None:
        return None
    return Subject(stage=STAGE, number=found.rid, seq=found.seq, feed=found.feed, identifier=found.native_id)


def waiting(connection: sa.Connection) -> int:
    """How many records are still to be looked at."""
    return catalogue_records.count_changed(connection, cursors.get(connection, STAGE))


def made(connection: sa.Connection, records: Sequence[str], prefix: str, settings: ExportSettings) -> dict[str, Made]:
    """Each record in a format as it is now; one that can no longer be said so is absent."""
    return written(connection, load_each_alone(connection, records, PUBLIC), prefix, settings, form="alone")
