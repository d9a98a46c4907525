"""The second step of linking: changed records find their partners, and the clusters they touch are formed again.

`prepare` reads one moment and decides everything; `write` commits it with the cursor. Clusters are a function of the
live records, the rule set and the judgements in force: a record that leaves takes its edges with it, and what it bound
falls apart.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.pipeline.link_moment import Moment
from federation.pipeline.link_reading import StoredReading
from federation.pipeline.progress import Progress
from federation.storage import catalogue_records, cursors, ledger, set_aside
from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import instant_text
from federation.storage.linkage import clusters, keyed
from federation.storage.linkage.clusters import Regrouped
from federation.storage.linkage.keyed import Keyed, StoredEdge
from federation.storage.linkage.tables import LIVE, link_issue, link_record, link_state
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from mappings.schema.access import PUBLIC

STAGE = "link"


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is decided and not yet written."""

    #: the cursor that it starts from; `write` refuses another
    after: int
    last: int
    #: records whose edges are written anew
    changed: tuple[int, ...]
    edges: tuple[StoredEdge, ...]
    #: record -> pivot, where it moves
    places: dict[int, int | None]
    #: deleted pivot -> the member that takes over its name
    heirs: dict[int, int]
    regrouped: tuple[Regrouped, ...]
    #: lowest number of each component too large to be joined by likeness
    oversize: tuple[tuple[int, int], ...]
    behind: bool


def prepare(connection: sa.Connection, limit: int) -> Prepared:
    """Decides the next `limit` records to be linked."""
    after = cursors.get(connection, STAGE)
    waiting = keyed.changed_since(connection, after, limit)
    changed = {rid for rid, _ in waiting}
    aside = set_aside.everything(connection, STAGE).keys()
    moment = Moment(connection, StoredReading(connection), changed, aside)
    edges = moment.new_edges()
    groups, oversize = moment.groups(edges)
    places = _places(groups, moment.states)
    regrouped = _regrouped(moment, places)
    return Prepared(
        after=after,
        last=waiting[-1][1] if waiting else after,
        changed=tuple(sorted(changed)),
        edges=tuple(edges),
        places={rid: cid for rid, cid in places.items() if moment.states[rid].cid != cid},
        heirs=_heirs(moment),
        regrouped=regrouped,
        oversize=oversize,
        behind=len(waiting) == limit,
    )


def next_one(connection: sa.Connection) -> Subject | None:
    """The record that is linked next."""
    changed = keyed.changed_since(connection, cursors.get(connection, STAGE), 1)
    found = catalogue_records.named(connection, changed[0][0]) if changed else None
    if found is None:
        return None
    # until it is keyed again it stays aside, whatever else has it linked again
    return Subject(stage=STAGE, number=found.rid, seq=0, feed=found.feed, identifier=found.native_id)


def _places(groups: Sequence[Sequence[int]], states: Mapping[int, Keyed]) -> dict[int, int | None]:
    """Record -> pivot of its cluster."""
    return {rid: pivot for group in groups for pivot in (_pivot(group, states),) for rid in group}


def _pivot(group: Sequence[int], states: Mapping[int, Keyed]) -> int:
    """The public member first seen; without one, the member first seen."""
    public = [rid for rid in group if states[rid].audience == PUBLIC]
    return min(public or group, key=lambda rid: (states[rid].first_seen, rid))


def _regrouped(moment: Moment, places: dict[int, int | None]) -> tuple[Regrouped, ...]:
    """What becomes of each cluster name that the batch touches; records that are gone leave their place."""
    places |= {rid: None for rid in moment.changed if not moment.states[rid].alive}
    after: dict[int, list[int]] = defaultdict(list)
    for rid, cid in places.items():
        if cid is not None:
            after[cid].append(rid)
    touched = {places.get(rid) for rid in moment.changed} | {moment.states[rid].cid for rid in moment.changed}
    found = []
    for cid in sorted({*moment.old_members, *after}):
        before, now = tuple(moment.old_members.get(cid, ())), tuple(sorted(after.get(cid, ())))
        if before != now or cid in touched:
            found.append(Regrouped(cid=cid, before=before, after=now))
    return tuple(each for each in found if each.before or each.after)


def _heirs(moment: Moment) -> dict[int, int]:
    """Deleted pivot -> the living public member of its cluster that was seen first."""
    found = {}
    for rid in sorted(moment.changed):
        state = moment.states[rid]
        if state.alive or state.cid != rid:
            continue
        left = [each for each in moment.old_members.get(rid, ()) if moment.states[each].alive]
        left = [each for each in left if moment.states[each].audience == PUBLIC]
        if left:
            found[rid] = _pivot(left, moment.states)
    return found


def write(tx: Transaction, prepared: Prepared) -> Progress:
    """Writes a prepared batch and moves the cursor; a batch prepared from another cursor writes nothing."""
    if not prepared.changed or cursors.get(tx.connection, STAGE) != prepared.after:
        return Progress(done=0, behind=bool(prepared.changed))
    keyed.drop_edges(tx, prepared.changed)
    keyed.keep_edges(tx, prepared.edges)
    clusters.place(tx, prepared.places)
    for rid, heir in prepared.heirs.items():
        tx.connection.execute(link_record.update().where(link_record.c.rid == rid).values(heir=heir))
    clusters.keep_changes(tx, prepared.regrouped)
    _keep_issues(tx, prepared.oversize)
    _record(tx, prepared)
    cursors.advance(tx, STAGE, prepared.last)
    return Progress(done=len(prepared.changed), behind=prepared.behind)


def _keep_issues(tx: Transaction, oversize: Sequence[tuple[int, int]]) -> None:
    rows: list[Row] = [
        {
            "code": "component_oversize",
            "rid": rid,
            "detail": f"{size} records hang together on every rung; only judgements join them",
            "at": instant_text(tx.now),
        }
        for rid, size in oversize
    ]
    upsert_many(tx, link_issue, rows, key=("code", "rid"))


def _record(tx: Transaction, prepared: Prepared) -> None:
    members = [(f"cluster:{each.cid}", _digest(each.after)) for each in prepared.regrouped]
    ledger.append_batch(tx, act="records.linked", object=f"batch:link/{prepared.last}", members=members)


def _digest(rids: Sequence[int]) -> bytes | None:
    return hashlib.sha256(clusters.members_sha256(rids).encode()).digest() if rids else None


def waiting(connection: sa.Connection) -> int:
    """How many keyed records are still to be linked."""
    state = link_state.c
    query = sa.select(sa.func.count()).select_from(link_state)
    return connection.execute(query.where(state.slot == LIVE, state.seq > cursors.get(connection, STAGE))).scalar_one()
