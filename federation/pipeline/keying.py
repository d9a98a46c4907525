"""The first step of linking: changed catalogue records get their features and blocking keys.

Keys are committed before any look-up, so of two records that arrive together the later look-up sees the other. A key
that has become hot or generic, or is so no longer, has all its holders linked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from federation.linkage.blocking_keys import Key, fine_of, keys_of
from federation.linkage.features import Features, features_of, fingerprint
from federation.linkage.member_records import MemberRecord, cut
from federation.linkage.ruleset import base
from federation.pipeline.link_reading import StoredReading
from federation.pipeline.odd_keys import turned
from federation.pipeline.progress import Progress
from federation.storage import catalogue_records, cursors, set_aside
from federation.storage.bulk import Row, insert_many, parted, upsert_many
from federation.storage.catalogue_records import StoredRecord
from federation.storage.columns import instant_text
from federation.storage.linkage import keyed
from federation.storage.linkage.tables import LIVE, link_key, link_record, link_state
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from mappings.schema.record import CatalogueRecord

STAGE = "key"


class Keying(msgspec.Struct, frozen=True, kw_only=True):
    """A record with its features and keys, not yet written."""

    stored: StoredRecord
    first_seen: int
    #: None where the record is gone, or was set aside
    features: Features | None
    fingerprint: str
    fine: int
    keys: tuple[Key, ...]


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is keyed and not yet written."""

    #: the cursor that it starts from; `write` refuses another
    after: int
    results: tuple[Keying, ...]
    behind: bool


def prepare(connection: sa.Connection, limit: int) -> Prepared:
    """The next `limit` changed catalogue records, keyed; what was set aside gets no keys, and so meets nobody."""
    after = cursors.get(connection, STAGE)
    aside = {rid: each.seq for rid, each in set_aside.everything(connection, STAGE).items()}
    rows = catalogue_records.changed_since(connection, after, limit, unread=aside)
    seen = catalogue_records.known(connection, [row.id for row in rows])
    results = tuple(_keyed(row, seen[row.id].first_seen) for row in rows)
    return Prepared(after=after, results=results, behind=len(rows) == limit)


def next_one(connection: sa.Connection) -> Subject | None:
    """The catalogue record that comes next."""
    found = catalogue_records.first_changed(connection, cursors.get(connection, STAGE))
    if found is None:
        return None
    return Subject(stage=STAGE, number=found.rid, seq=found.seq, feed=found.feed, identifier=found.native_id)


def _keyed(row: StoredRecord, first_seen: int) -> Keying:
    features = _features(row)
    return Keying(
        stored=row,
        first_seen=first_seen,
        features=features,
        fingerprint=fingerprint(features) if features else "",
        fine=fine_of(features) if features else 0,
        keys=tuple(keys_of(features)) if features else (),
    )


def _features(row: StoredRecord) -> Features | None:
    return None if row.record is None else features_in(row.record, row.audience, row.institution)


def features_in(record: CatalogueRecord, audience: str, institution: str) -> Features:
    """What linking compares of a record, as far as `audience` may see it."""
    member = MemberRecord(
        record=record,
        rules={},
        institution=institution,
        institution_name=institution,
        feed=record.source.feed,
        first_seen=None,
        seq=0,
    )
    return features_of(cut(member, audience).record)


def write(tx: Transaction, prepared: Prepared) -> Progress:
    """Writes a prepared batch and moves the cursor; a batch prepared from another cursor writes nothing."""
    if not prepared.results or cursors.get(tx.connection, STAGE) != prepared.after:
        return Progress(done=0, behind=bool(prepared.results))
    known = _known(tx.connection, [each.stored.rid for each in prepared.results])
    _write_records(tx, prepared.results)
    _write_states(tx, prepared.results, known)
    changed = [each for each in prepared.results if known.get(each.stored.rid, (0, None))[1] != each.fingerprint]
    former = _write_keys(tx, changed)
    _note_keys(tx, changed, former)
    _try_again(tx, prepared.results)
    cursors.advance(tx, STAGE, prepared.results[-1].stored.seq)
    return Progress(done=len(prepared.results), behind=prepared.behind)


def _try_again(tx: Transaction, results: Sequence[Keying]) -> None:
    """A record that changed is linked again though linking set it aside; one that is keyed is set aside no more."""
    set_aside.forget(tx, ["link"], [each.stored.rid for each in results])
    set_aside.forget(tx, [STAGE], [each.stored.rid for each in results if each.features or not each.stored.alive])


def _known(connection: sa.Connection, rids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Number -> (rev, fingerprint) of what was keyed before."""
    state = link_state.c
    query = sa.select(state.rid, state.rev, state.fingerprint).where(state.slot == LIVE, state.rid.in_(rids))
    return {rid: (rev, mark) for rid, rev, mark in connection.execute(query)}


def _write_records(tx: Transaction, results: Sequence[Keying]) -> None:
    live: list[Row] = []
    gone: list[Row] = []
    for each in results:
        row: dict[str, str | int | None] = {
            "rid": each.stored.rid,
            "record_id": each.stored.id,
            "feed": each.stored.feed,
            "institution": each.stored.institution,
            "audience": each.stored.audience,
            "first_seen": each.first_seen,
            "alive": each.stored.alive,
        }
        if each.stored.alive:
            live.append(row | {"heir": None, "ended_at": None})
        else:
            gone.append(row | {"ended_at": instant_text(tx.now)})
    upsert_many(tx, link_record, live, key=("rid",))
    upsert_many(tx, link_record, gone, key=("rid",))


def _write_states(tx: Transaction, results: Sequence[Keying], known: dict[int, tuple[int, str]]) -> None:
    rows: list[Row] = []
    for each in results:
        rev, mark = known.get(each.stored.rid, (0, ""))
        rows.append(
            {
                "slot": LIVE,
                "rid": each.stored.rid,
                "kind": each.features.kind if each.features else "",
                "features": keyed.packed(each.features) if each.features else b"",
                "fingerprint": each.fingerprint,
                "rev": rev if mark == each.fingerprint and rev else rev + 1,
                "seq": tx.next_seq(),
            }
        )
    upsert_many(tx, link_state, rows, key=("slot", "rid"))


def _write_keys(tx: Transaction, changed: Sequence[Keying]) -> set[int]:
    """Replaces the keys of these records; gives the ones that they held before."""
    rids = [each.stored.rid for each in changed]
    former = {k for keys in keyed.keys_of(tx.connection, rids).values() for k in keys}
    if former:
        tx.connection.execute(sa.delete(link_key).where(link_key.c.slot == LIVE, link_key.c.rid.in_(rids)))
    rows: list[Row] = [
        {"slot": LIVE, "k": k, "rid": each.stored.rid, "fine": each.fine}
        for each in changed
        for k in dict.fromkeys(key.number for key in each.keys)
    ]
    insert_many(tx, link_key, rows)
    return former


def _note_keys(tx: Transaction, changed: Sequence[Keying], former: set[int]) -> None:
    """Notes which keys have become hot or generic, or are so no longer, and links their holders again."""
    identifiers = {key.number for each in changed for key in each.keys if key.kind == "id"}
    touched = former | {key.number for each in changed for key in each.keys}
    noted = keyed.key_states(tx.connection, touched)
    counts = _counts(tx.connection, touched)
    odd = {k for k in touched if counts.get(k, 0) > base().limits.key or k in noted}
    odd |= {k for k in identifiers if counts.get(k, 0) > 2}
    states, again = turned(StoredReading(tx.connection), odd, identifiers)
    keyed.keep_key_states(tx, states)
    _relink(tx, again)


def _counts(connection: sa.Connection, keys: set[int]) -> dict[int, int]:
    number = sa.func.count()
    found: dict[int, int] = {}
    for part in parted(keys, 5_000):
        query = sa.select(link_key.c.k, number).where(link_key.c.slot == LIVE, link_key.c.k.in_(part))
        found.update((k, count) for k, count in connection.execute(query.group_by(link_key.c.k).having(number > 2)))
    return found


def _relink(tx: Transaction, rids: Iterable[int]) -> None:
    for rid in sorted(rids):
        where = (link_state.c.slot == LIVE) & (link_state.c.rid == rid)
        tx.connection.execute(link_state.update().where(where).values(seq=tx.next_seq()))


def waiting(connection: sa.Connection) -> int:
    """How many catalogue records are still to be keyed."""
    return catalogue_records.count_changed(connection, cursors.get(connection, STAGE))
