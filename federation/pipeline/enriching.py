"""Records given back to the institution that sent them, with what others state of the same things.

An item is what an institution that has a key calls by one identifier of its own, in whichever of its feeds; its body is
the merged description, as far as it is public and licences allow, and is made when it is asked for. Units of finding
aids, which have no identifier of their own, are not given back.

Two inputs are followed: changes of clusters, which say what a record looks like now, and records that are gone or not
public any more, which leave tombstones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline import clusters_aside
from federation.pipeline.addition_sets import sets_of
from federation.pipeline.additions import additions_of
from federation.pipeline.disseminating import Made, formats_of, pages_of, values_of, write_in
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.giving_on import Given, given_on
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.pipeline.unifying import Clusters, load_unified
from federation.storage import catalogue_records, cursors, exports, hosted, institution_keys, ledger
from federation.storage.catalogue_records import StoredRecord
from federation.storage.engine import Store
from federation.storage.hosted import Offered
from federation.storage.linkage import clusters
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from mappings.schema.access import PUBLIC
from mappings.schema.unified import Member, UnifiedRecord
from mappings.serialisations import enrichment
from mappings.serialisations.catalogue import SERIALISATIONS
from mappings.serialisations.cover import EntryHidden, FormatUnavailable
from mappings.serialisations.enrichment import Added

STAGE = "enrich"
#: part of the cursor that follows records; the other follows clusters
_RECORDS = 1
#: part of every digest, so that items given out by another serialiser are stamped anew when they come by
SERIALISERS = " ".join(f"{each.prefix}@{each.version}" for each in SERIALISATIONS)
_SAID = tuple(name for name in UnifiedRecord.__struct_fields__ if name not in ("id", "audience", "version", "members"))
_GONE = "gone"
_encoder = msgspec.json.Encoder()


def list_of(institution: str) -> str:
    """Name of an institution's list among those of hosted items; no feed's key has a slash."""
    return f"/enriched/{institution}"


def key_made(tx: Transaction, institution: str) -> str:
    """A new key of an institution, from which on its records are given back; raises RequestRefused."""
    key = institution_keys.make(tx, institution)
    cursors.advance(tx, STAGE, 0)
    hosted.note_institution(tx, institution)
    return key


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is made and not yet written."""

    #: the cursors that it starts from, and those that it reaches: clusters, records
    after: tuple[int, int]
    last: tuple[int, int]
    offered: tuple[Offered, ...]
    done: int
    behind: bool


def enrich_batch(store: Store, settings: ExportSettings, *, limit: int = BATCH, close: Close = without_job) -> Progress:
    """Takes in the next `limit` changes of clusters and of records."""
    prepared = prepare(store, settings, limit)
    if not prepared.done:
        return Progress(done=0, behind=False)
    with exports.sequencing(store) as tx:
        if _cursors(tx.connection) != prepared.after:
            return Progress(done=0, behind=True)
        _enter(tx, hosted.put(tx, prepared.offered, ()), prepared.last)
        cursors.advance(tx, STAGE, prepared.last[0])
        cursors.advance(tx, STAGE, prepared.last[1], _RECORDS)
        clusters_aside.forget_taken_in(tx, STAGE, prepared.last[0])
        progress = Progress(done=prepared.done, behind=prepared.behind)
        close(tx, progress)
    return progress


def _enter(tx: Transaction, changed: Sequence[Offered], last: tuple[int, int]) -> None:
    members = [
        (f"{each.feed}/{each.identifier}", bytes.fromhex(each.digest) if each.prefixes else None) for each in changed
    ]
    ledger.append_batch(tx, act="items.exported", object=f"batch:enrich/{max(last)}", members=members)


def _cursors(connection: sa.Connection) -> tuple[int, int]:
    return cursors.get(connection, STAGE), cursors.get(connection, STAGE, _RECORDS)


def prepare(store: Store, settings: ExportSettings, limit: int) -> Prepared:
    """The next changes, as the institutions that have a key are to see them."""
    source = Clusters(store, STAGE)
    with store.reading() as connection:
        after, keyed = _cursors(connection), institution_keys.holders(connection)
        rows = catalogue_records.changed_since(connection, after[1], limit) if keyed else []
    changes = source.changes(after[0], limit) if keyed else []
    unified = source.unified(list(dict.fromkeys(change.cluster_id for change in changes)))
    public = [each for each in unified if each.audience == PUBLIC]
    lost = [row for row in rows if row.institution in keyed and not _is_public(row)]
    with store.reading() as connection:
        offered = [_gone(row) for row in lost]
        offered += _offered(connection, public + _in_their_place(connection, lost), keyed, settings)
    return Prepared(
        after=after,
        last=(changes[-1].seq if changes else after[0], rows[-1].seq if rows else after[1]),
        offered=tuple({(each.feed, each.identifier): each for each in offered}.values()),
        done=len(changes) + len(rows),
        behind=limit in (len(changes), len(rows)),
    )


def _is_public(row: StoredRecord) -> bool:
    return row.alive and row.audience == PUBLIC


def _gone(row: StoredRecord) -> Offered:
    return Offered(feed=list_of(row.institution), identifier=row.native_id, prefixes=(), digest=_GONE)


def _in_their_place(connection: sa.Connection, lost: Sequence[StoredRecord]) -> list[UnifiedRecord]:
    """What still stands under the identifiers of `lost`: in another feed of theirs, or the whole of a unit."""
    standing: set[str] = set()
    for slug in {row.institution for row in lost}:
        names = [row.native_id for row in lost if row.institution == slug]
        standing |= set(catalogue_records.public_named(connection, slug, names).values())
    found = {clusters.cluster_of(connection, record) for record in standing}
    return list(load_unified(connection, sorted(filter(None, found)), PUBLIC).values())


def _offered(
    connection: sa.Connection, public: Sequence[UnifiedRecord], keyed: Collection[str], settings: ExportSettings
) -> list[Offered]:
    """Every record of an institution with a key among `public`."""
    found: list[Offered] = []
    for slug in sorted(keyed):
        of_theirs = [each for each in public if any(member.institution == slug for member in each.members)]
        given = given_on(connection, of_theirs, settings, own=slug).values()
        items = [(each, member) for each in given for member in each.record.members if _is_theirs(member, slug)]
        named = catalogue_records.public_named(connection, slug, [member.native_id for _, member in items])
        found += [_offer(each, member) for each, member in items if named.get(member.native_id) == member.record]
    return found


def _is_theirs(member: Member, slug: str) -> bool:
    """Whether it is a record of the institution, and no unit of one."""
    is_unit = member.hierarchy is not None and member.hierarchy.parent is not None
    return member.institution == slug and not is_unit


def _offer(given: Given, member: Member) -> Offered:
    prefixes = tuple(formats_of(given.record))
    values = [values_of(getattr(given.record, name)) for name in _SAID]
    sets = sets_of(additions_of(given.record, {member.record}))
    said = _encoder.encode((SERIALISERS, prefixes, values, sets, [each.record for each in given.record.members]))
    return Offered(
        feed=list_of(member.institution),
        identifier=member.native_id,
        prefixes=prefixes,
        digest=hashlib.sha256(said).hexdigest(),
        sets=sets,
    )


def next_one(connection: sa.Connection) -> Subject | None:
    """The cluster that comes next."""
    return clusters_aside.next_changed(connection, STAGE) if institution_keys.holders(connection) else None


def waiting(connection: sa.Connection) -> int:
    """How many changes are still to be taken in; none where no institution has a key."""
    if not institution_keys.holders(connection):
        return 0
    after = _cursors(connection)
    return clusters.count_changes(connection, after[0]) + catalogue_records.count_changed(connection, after[1])


def made(
    connection: sa.Connection, institution: str, native_ids: Collection[str], prefix: str, settings: ExportSettings
) -> dict[str, Made]:
    """What an institution calls by each identifier, as it is now; what may no longer be given is absent."""
    named = catalogue_records.public_named(connection, institution, native_ids)
    cluster_of = {native: clusters.cluster_of(connection, record) for native, record in named.items()}
    present = load_unified(connection, [each for each in cluster_of.values() if each], PUBLIC)
    given = given_on(connection, present.values(), settings, own=institution)
    found: dict[str, Made] = {}
    for native, record in named.items():
        unified = given.get(cluster_of[native] or "")
        body = _written(unified, record, institution, prefix, settings) if unified is not None else None
        if body is not None:
            found[native] = body
    return found


def _written(given: Given, record: str, institution: str, prefix: str, settings: ExportSettings) -> Made | None:
    members = {member.record: member for member in given.record.members}
    if record not in members or not _is_theirs(members[record], institution):
        return None
    try:
        body = write_in(prefix, given.record, pages_of(given.record.id, settings.public_url))
    except (EntryHidden, FormatUnavailable):
        return None
    return Made(body=body, about=_about(given.record, members, record) + given.about)


def _about(shown: UnifiedRecord, members: Mapping[str, Member], own: str) -> str:
    added = [
        Added(
            field=each.field,
            words=each.words,
            record=each.origin.record,
            institution=members[each.origin.record].institution,
            rule=each.origin.rule,
            crosswalk=each.origin.crosswalk,
        )
        for each in additions_of(shown, {own})
    ]
    said = enrichment.write(added)
    return f"<about>{said}</about>" if said else ""
