"""Hosted feeds: an institution that brings files has its records back over OAI-PMH, under its own identifiers.

Everyone may have the description as its access line shows it, in Dublin Core; what is not restricted also in the format
in which it was sent, and in the sets that its own header names. What is hidden, or was never mapped, is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa

from federation.pipeline.hosted_sets import sets_of
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.pipeline.unifying import load_alone
from federation.storage import catalogue_records, exports, hosted, ledger, raw_records, set_aside
from federation.storage.catalogue_records import StoredRecord
from federation.storage.engine import Store
from federation.storage.hosted import Offered, Pending
from federation.storage.raw_records import Held
from federation.storage.set_aside import Subject
from mappings.engine.inputs import known_format
from mappings.engine.payload import PayloadUnreadable, bytes_of, read_payload
from mappings.formats.iso2709 import Iso2709Refused
from mappings.formats.xml import written
from mappings.schema.access import PUBLIC
from mappings.schema.ids import record_id
from mappings.schema.raw import RawRecord
from mappings.serialisations import marcxml, oai_dc

STAGE = "host"
#: part of every digest, so that items given out by another serialiser are stamped anew when they come by
SERIALISERS = "hosted@2"
_GONE = "gone"
#: format -> the metadata prefix in which its records are given back as they were sent; others are given as Dublin Core
#: alone. A finding aid is none of them: units of it may be less open than its root.
OWN_PREFIXES = {"oai_dc": "oai_dc", "qdc": "oai_qdc", "marc21": "marc21"}


def host_batch(store: Store, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Takes in the next `limit` records of files whose outcome changed."""
    with store.reading() as connection:
        waiting = hosted.pending(connection, limit)
        aside = set_aside.of(connection, STAGE, [each.rid for each in waiting])
        left_out = {each.rid for each in waiting if each.rid in aside and aside[each.rid].seq >= each.seq}
        offered = _offered(connection, [each for each in waiting if each.rid not in left_out])
        offered += [_gone(each) for each in waiting if each.rid in left_out]
    if not waiting:
        return Progress(done=0, behind=False)
    progress = Progress(done=len(waiting), behind=len(waiting) == limit)
    with exports.sequencing(store) as tx:
        changed = hosted.put(tx, offered, waiting)
        members = [
            (f"hosted_item:{each.feed}/{each.identifier}", each.digest.encode() if each.prefixes else None)
            for each in changed
        ]
        ledger.append_batch(tx, act="items.exported", object=f"batch:host/{waiting[-1].rid}", members=members)
        set_aside.forget(tx, [STAGE], [each.rid for each in waiting if each.rid not in left_out])
        close(tx, progress)
    return progress


def next_one(connection: sa.Connection) -> Subject | None:
    """The record that comes next."""
    found = next(iter(hosted.pending(connection, 1)), None)
    if found is None:
        return None
    return Subject(stage=STAGE, number=found.rid, seq=found.seq, feed=found.feed, identifier=found.identifier)


def _gone(pending: Pending) -> Offered:
    return Offered(feed=pending.feed, identifier=pending.identifier, prefixes=(), digest=_GONE)


def _offered(connection: sa.Connection, waiting: Sequence[Pending]) -> list[Offered]:
    ids = {(each.feed, each.identifier): record_id(each.feed, each.identifier) for each in waiting}
    rows = catalogue_records.get_many(connection, list(ids.values()))
    held: dict[tuple[str, str], Held] = {}
    stated: dict[tuple[str, str], tuple[str, ...]] = {}
    for key in dict.fromkeys(each.feed for each in waiting):
        names = [each.identifier for each in waiting if each.feed == key]
        held |= {(key, name): found for name, found in raw_records.held(connection, key, names).items()}
        stated |= {(key, name): found for name, found in raw_records.set_specs(connection, key, names).items()}
    return [offer(one, rows.get(made), held.get(one), stated.get(one, ())) for one, made in ids.items()]


def offer(one: tuple[str, str], row: StoredRecord | None, held: Held | None, set_specs: Sequence[str]) -> Offered:
    """What a harvester sees of a record: formats, sets and a digest, or that it is gone.

    one  feed and identifier
    """
    key, name = one
    if row is None or row.record is None or row.audience != PUBLIC or held is None or held.deleted:
        return Offered(feed=key, identifier=name, prefixes=(), digest=_GONE)
    own = own_prefix(row)
    prefixes = tuple(dict.fromkeys((oai_dc.PREFIX, *((own,) if own else ()))))
    # of what is restricted nothing goes out as it was sent, its sets no more than its format
    sets = sets_of(set_specs) if _is_free(row) else ()
    said = f"{SERIALISERS} {prefixes} {row.seq} {held.payload_sha256} {[each.spec for each in sets]}"
    digest = hashlib.sha256(said.encode()).hexdigest()
    return Offered(feed=key, identifier=name, prefixes=prefixes, digest=digest, sets=sets)


def own_prefix(row: StoredRecord) -> str:
    """The prefix of the format in which the record was sent; empty where that is not given to everyone."""
    return OWN_PREFIXES.get(row.record.source.format, "") if row.record is not None and _is_free(row) else ""


def _is_free(row: StoredRecord) -> bool:
    access = row.record.access if row.record is not None else None
    return access is not None and access.line == "full" and access.status in ("open", "unknown")


def body(connection: sa.Connection, key: str, identifier: str, prefix: str) -> str:
    """The content of `<metadata>` of a hosted record; empty where it has gone meanwhile."""
    name = record_id(key, identifier)
    row = catalogue_records.get(connection, name)
    if row is None or row.record is None or row.audience != PUBLIC:
        return ""
    if prefix == own_prefix(row):
        stored = raw_records.get(connection, key, identifier)
        if stored is not None and (sent := as_sent(stored.raw)):
            return sent
    unified = load_alone(connection, name, PUBLIC) if prefix == oai_dc.PREFIX else None
    return oai_dc.write(unified) if unified is not None else ""


def as_sent(raw: RawRecord) -> str:
    """A record's metadata in its own format; of ISO 2709, MARCXML; empty where it cannot be read."""
    format_ = known_format(raw.format)
    if format_ is None:
        return ""
    try:
        if format_.walk == "marc" and not raw.payload.lstrip().startswith("<"):
            return marcxml.write(bytes_of(raw), charset=format_.charset)
        return written(read_payload(raw, format_, []))
    except (PayloadUnreadable, Iso2709Refused):
        return ""
