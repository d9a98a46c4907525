"""A store filled with catalogue records by hand, keyed and linked; and what came of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline.children import key_once, link_once
from federation.storage import institutions
from federation.storage.bulk import Row, upsert_many
from federation.storage.catalogue_records import catalogue_record
from federation.storage.columns import instant_text
from federation.storage.engine import Store
from federation.storage.linkage import clusters
from federation.storage.linkage.tables import link_edge, link_record, link_state
from federation.storage.transactions import Transaction
from mappings.schema.record import CatalogueRecord


def put(store: Store, records: Sequence[CatalogueRecord], *, gone: Sequence[str] = ()) -> None:
    """Writes records as the mapping stage would; those whose id is in `gone` as tombstones."""
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="a", name="A"))
        upsert_many(tx, catalogue_record, [_row(tx, record, gone) for record in records], key=("id",))


def _row(tx: Transaction, record: CatalogueRecord, gone: Sequence[str]) -> Row:
    alive = record.id not in gone
    number = int(record.id.removeprefix("r"))
    institution = record.holding[0].institution.slug or "a"
    return {
        "id": record.id,
        "rid": number,
        "feed": record.source.feed,
        "native_id": record.source.native_id,
        "institution": institution,
        "audience": f"institution:{institution}" if record.access.line == "hidden" else "public",
        "alive": alive,
        "record": msgspec.json.encode(record).decode() if alive else "",
        "rules": "{}",
        "output_hash": "",
        "crosswalk": record.source.crosswalk,
        "issues": "[]",
        "first_seen": number,
        "first_seen_at": instant_text(tx.now),
        "seq": tx.next_seq(),
        "updated_at": instant_text(tx.now),
    }


def link_all(store: Store, *, limit: int = 50) -> None:
    """Keys and links everything that waits."""
    while key_once(store.url, limit).behind:
        pass
    while link_once(store.url, limit).behind:
        pass


def linked(store: Store, records: Sequence[CatalogueRecord], *, chance: random.Random | None = None) -> None:
    """Puts and links records; with `chance` in random order, a few at a time."""
    order = list(records)
    step = len(order) or 1
    if chance is not None:
        chance.shuffle(order)
        step = chance.randint(1, 7)
    for start in range(0, len(order), step):
        put(store, order[start : start + step])
        link_all(store)


def partition(store: Store) -> dict[str, list[str]]:
    """Cluster name -> its living records, ascending."""
    with store.reading() as connection:
        names = clusters.living(connection, "", 100_000)
        found = clusters.members(connection, names)
    return {name: sorted(found[name]) for name in names}


def state(store: Store) -> tuple[object, ...]:
    """Everything that a function of the present records has to give again: places, edges, who lives."""
    placed = sa.select(link_state.c.rid, link_state.c.cid, link_state.c.fingerprint).order_by(link_state.c.rid)
    edges = sa.select(link_edge.c.a, link_edge.c.b, link_edge.c.bits, link_edge.c.why)
    alive = sa.select(link_record.c.rid, link_record.c.alive).order_by(link_record.c.rid)
    with store.reading() as connection:
        return tuple(
            tuple(map(tuple, connection.execute(query)))
            for query in (placed, edges.order_by(link_edge.c.a, link_edge.c.b), alive)
        )
