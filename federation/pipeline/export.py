"""The export step of publishing: changed clusters become the rows that the OAI-PMH provider serves.

Dublin Core, which every harvester asks for, is written here; the other formats when they are asked for
(`federation.pipeline.disseminating`).

`prepare` loads, unifies and writes the metadata outside of any transaction; `write` stamps and commits what differs,
with the cursor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline import clusters_aside
from federation.pipeline.disseminating import formats_of, pages_of, values_of
from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.giving_on import Given, given_on
from federation.pipeline.item_sets import sets_of
from federation.pipeline.progress import BATCH, Close, Progress, without_job
from federation.storage import cursors, exports, ledger
from federation.storage.engine import Store
from federation.storage.export_sets import NamedSet
from federation.storage.exports import Offered
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from index.ports import ChangeSource
from mappings.schema.access import PUBLIC
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import oai_dc
from mappings.serialisations.catalogue import SERIALISATIONS

STAGE = "export"
#: part of every digest, so that items given out by another serialiser are stamped anew when they come by
SERIALISERS = " ".join(f"{each.prefix}@{each.version}" for each in SERIALISATIONS)
#: digest of a tombstone
_GONE = "gone"
#: fields of a record whose values formats write
_SAID = tuple(name for name in UnifiedRecord.__struct_fields__ if name not in ("id", "audience", "version", "members"))
_encoder = msgspec.json.Encoder()


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is made and not yet written."""

    #: the cursor that it starts from; `write` refuses another
    after: int
    last: int
    changes: int
    offered: tuple[Offered, ...]
    behind: bool


def export_batch(
    store: Store, source: ChangeSource, settings: ExportSettings, *, limit: int = BATCH, close: Close = without_job
) -> Progress:
    """Takes in the next `limit` changes of clusters."""
    prepared = prepare(store, source, settings, limit=limit)
    if not prepared.changes:
        return Progress(done=0, behind=False)
    with exports.sequencing(store) as tx:
        progress = write(tx, prepared, settings)
        close(tx, progress)
    return progress


def prepare(store: Store, source: ChangeSource, settings: ExportSettings, *, limit: int) -> Prepared:
    """The next changed clusters as the public may have them; those it may not see are to be tombstones.

    source   gives none of those that were set aside
    """
    with store.reading() as connection:
        after = cursors.get(connection, STAGE)
    changes = source.changes(after, limit)
    ids = list(dict.fromkeys(change.cluster_id for change in changes))
    public = [unified for unified in source.unified(ids) if unified.audience == PUBLIC]
    with store.reading() as connection:
        given = given_on(connection, public, settings)
    return Prepared(
        after=after,
        last=changes[-1].seq if changes else after,
        changes=len(changes),
        offered=tuple(offer(item, given.get(item), settings) for item in ids),
        behind=len(changes) == limit,
    )


def next_one(connection: sa.Connection) -> Subject | None:
    """The cluster that comes next."""
    return clusters_aside.next_changed(connection, STAGE)


def offer(item: str, given: Given | None, settings: ExportSettings) -> Offered:
    """What a harvester sees of a cluster: its metadata, or that it is gone."""
    if given is None:
        return Offered(item=item, digest=_GONE, bodies={})
    shown = given.record
    bodies = dict.fromkeys(formats_of(shown), "")
    bodies[oai_dc.PREFIX] = oai_dc.write(shown, identifiers=pages_of(item, settings.public_url))
    sets = sets_of(shown)
    return Offered(item=item, digest=_digest(shown, bodies, sets), bodies=bodies, sets=sets, about=given.about)


def _digest(shown: UnifiedRecord, bodies: dict[str, str], sets: Sequence[NamedSet]) -> str:
    """Hex SHA-256 of everything that any format can say of the record, of the formats that can, and of its sets."""
    specs = [each.spec for each in sets]
    said = _encoder.encode((SERIALISERS, bodies, [values_of(getattr(shown, name)) for name in _SAID], specs))
    return hashlib.sha256(said).hexdigest()


def write(tx: Transaction, prepared: Prepared, settings: ExportSettings) -> Progress:
    """Writes a prepared batch and moves the cursor; a batch prepared from another cursor writes nothing.

    tx   of `exports.sequencing`
    """
    if cursors.get(tx.connection, STAGE) != prepared.after:
        return Progress(done=0, behind=True)
    changed = exports.put(tx, prepared.offered)
    if changed:
        exports.freeze_authority(tx, settings.authority)
        members = [
            (f"export_item:{each.item}", bytes.fromhex(each.digest) if each.bodies else None) for each in changed
        ]
        ledger.append_batch(tx, act="items.exported", object=f"batch:export/{prepared.last}", members=members)
    cursors.advance(tx, STAGE, prepared.last)
    clusters_aside.forget_taken_in(tx, STAGE, prepared.last)
    return Progress(done=prepared.changes, behind=prepared.behind)
