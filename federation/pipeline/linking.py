"""The second step of linking: changed records find their partners, and the clusters they touch are formed again.

`prepare` reads one moment and decides everything; `write` commits it with the cursor. Clusters are a function of the
live records, the rule set and the judgements in force: a record that leaves takes its edges with it, and what it bound
falls apart.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from federation.linkage.blocking_keys import Key, fine_of, keys_of
from federation.linkage.cluster import PUBLIC as PUBLIC_NODE
from federation.linkage.cluster import Bonds, Edge, components, resolve_audiences
from federation.linkage.cluster import pieces as cluster_pieces
from federation.linkage.comparison import compare
from federation.linkage.ruleset import Ruleset, base
from federation.pipeline.progress import Progress
from federation.storage import catalogue_records, cursors, ledger, set_aside
from federation.storage.bulk import Row, upsert_many
from federation.storage.columns import instant_text
from federation.storage.linkage import clusters, feed_links, judgements, keyed
from federation.storage.linkage.clusters import Regrouped
from federation.storage.linkage.keyed import Holder, Keyed, KeyState, StoredEdge
from federation.storage.linkage.tables import LIVE, link_issue, link_record, link_state
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from mappings.schema.access import PUBLIC

STAGE = "link"
#: fine twins below this are years, whose neighbours meet too
_YEARS = 10_000


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
    moment = _Moment(connection, changed)
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


class _Moment:
    """What one batch reads: its records, their partners, and the clusters that they touch."""

    def __init__(self, connection: sa.Connection, changed: set[int]) -> None:
        self._connection = connection
        self._rules: Ruleset = base()
        self.changed = changed
        #: records that stand alone, as linking them failed
        self._aside = set_aside.everything(connection, STAGE).keys()
        self._duplicate_free = feed_links.duplicate_free_feeds(connection)
        self._judged = judgements.any_in_force(connection)
        #: everybody in the components that the batch touches; filled by `_walk`
        self._reached: set[int] = set()
        self.states = keyed.get_many(connection, changed, without=self._aside)
        self._old_edges = keyed.edges_of(connection, changed)
        self.old_members = clusters.members_by_number(connection, self._cids(changed))

    def _cids(self, rids: Iterable[int]) -> set[int]:
        return {cid for rid in rids if (cid := self.states[rid].cid) is not None}

    def _load(self, rids: Iterable[int]) -> None:
        self.states |= keyed.get_many(self._connection, set(rids) - self.states.keys(), without=self._aside)

    def new_edges(self) -> list[StoredEdge]:
        """The pairs of changed records with whom they meet, as far as they are worth remembering."""
        meetings = self._meetings()
        self._load(rid for pair in meetings for rid in pair)
        found = []
        for (a, b), shared in sorted(meetings.items()):
            edge = self._edge(self.states[a], self.states[b], shared)
            if edge is not None:
                found.append(edge)
        return found

    def _edge(self, a: Keyed, b: Keyed, generic: frozenset[str]) -> StoredEdge | None:
        if a.features is None or b.features is None or not _may_meet(a.audience, b.audience):
            return None
        if a.features.feed == b.features.feed and a.features.feed in self._duplicate_free:
            return None
        compared = compare(a.features, b.features, self._rules, generic=generic)
        if compared.bits < self._rules.limits.review:
            return None
        return StoredEdge(a.rid, b.rid, compared.bits, compared.reasons, a.rev, b.rev)

    def _meetings(self) -> dict[tuple[int, int], frozenset[str]]:
        """Pairs that share an active key, with the identifiers of theirs that name no one thing."""
        keys = {
            rid: keys_of(state.features)
            for rid in sorted(self.changed)
            if (state := self.states[rid]).alive and state.features is not None
        }
        numbers = {key.number for own in keys.values() for key in own}
        holders = keyed.holders(self._connection, numbers)
        noted = keyed.key_states(self._connection, numbers)
        met: dict[tuple[int, int], frozenset[str]] = {}
        for rid, own in keys.items():
            features = self.states[rid].features
            fine = fine_of(features) if features is not None else 0
            generic = frozenset(key.value for key in own if noted.get(key.number, KeyState()).generic)
            for key in own:
                for other in _partners(rid, fine, key, holders[key.number], self._rules.limits.key):
                    pair = (min(rid, other), max(rid, other))
                    met[pair] = met.get(pair, frozenset()) | generic
        return met

    def groups(self, edges: Sequence[StoredEdge]) -> tuple[list[list[int]], tuple[tuple[int, int], ...]]:
        """The clusters of everything that the batch touches, and the components that are too large."""
        merging = [Edge(edge.a, edge.b, edge.bits) for edge in edges if edge.bits >= self._rules.limits.merge]
        links, bonds = self._walk(merging)
        alive = [rid for rid, state in self.states.items() if rid in self._reached and state.alive]
        pieces = components(alive, [*((edge.a, edge.b) for edge in links), *sorted(bonds.must)])
        by_node = {rid: at for at, piece in enumerate(pieces) for rid in piece}
        own: list[list[Edge]] = [[] for _ in pieces]
        for edge in links:
            if edge.a in by_node and edge.b in by_node:
                own[by_node[edge.a]].append(edge)
        found: list[list[int]] = []
        oversize: list[tuple[int, int]] = []
        for piece, inside in zip(pieces, own, strict=True):
            if len(piece) > self._rules.limits.component:
                parts = cluster_pieces(piece, inside, bonds, self._rules.limits)
                oversize += [(part.nodes[0], len(part.nodes)) for part in parts if part.oversize]
            found += self._resolved(piece, inside, bonds)
        return found, tuple(oversize)

    def _alone(self, piece: Sequence[int]) -> dict[int, str]:
        found = {rid: features.feed for rid in piece if (features := self.states[rid].features) is not None}
        return {rid: feed for rid, feed in found.items() if feed in self._duplicate_free}

    def _resolved(self, piece: list[int], edges: list[Edge], bonds: Bonds) -> list[list[int]]:
        if len(piece) == 1:
            return [piece]
        names = sorted({self.states[rid].audience for rid in piece} - {PUBLIC})
        number = {PUBLIC: PUBLIC_NODE} | {name: at for at, name in enumerate(names, 1)}
        audiences = {rid: number[self.states[rid].audience] for rid in piece}
        bonds = bonds._replace(alone=self._alone(piece))
        return resolve_audiences(audiences, edges, bonds, self._rules.limits)

    def _walk(self, merging: Sequence[Edge]) -> tuple[list[Edge], Bonds]:
        """Every edge and bond of the components that the batch touches; remembers whom it reached."""
        found = {(edge.a, edge.b): edge for edge in merging}
        neighbours = _adjacent(merging)
        start = set(self.changed) | neighbours.keys()
        start |= {end for edge in self._old_edges for end in (edge.a, edge.b)}
        self._load(start)
        must: set[tuple[int, int]] = set()
        cannot: set[tuple[int, int]] = set()
        front = start
        while front := front - self._reached:
            self._reached |= front
            beyond = self._co_members(front)
            for edge in keyed.edges_of(self._connection, front - self.changed):
                if edge.bits >= self._rules.limits.merge and not {edge.a, edge.b} & self.changed:
                    found[edge.a, edge.b] = Edge(edge.a, edge.b, edge.bits)
                    beyond |= {edge.a, edge.b}
            beyond |= {other for rid in front for other in neighbours.get(rid, ())}
            bonds = self._bonds(front)
            must |= bonds.must
            cannot |= bonds.cannot
            beyond |= {rid for pair in bonds.must for rid in pair}
            self._load(beyond)
            front = beyond
        return sorted(found.values()), Bonds(frozenset(must), frozenset(cannot))

    def _co_members(self, rids: Collection[int]) -> set[int]:
        cids = self._cids(rids) - self.old_members.keys()
        if cids:
            self.old_members |= clusters.members_by_number(self._connection, cids)
        mine = self._cids(rids)
        return {rid for cid in mine for rid in self.old_members.get(cid, ())}

    def _bonds(self, rids: Collection[int]) -> Bonds:
        ids = [self.states[rid].record_id for rid in rids]
        if not self._judged:
            return Bonds()
        found = judgements.in_force(self._connection, ids)
        named = {name for each in found for side in each.sides for name in side}
        return judgements.bonds(found, keyed.numbers_of(self._connection, sorted(named)))


def _may_meet(one: str, other: str) -> bool:
    """Hidden records of two institutions are never compared."""
    return PUBLIC in (one, other) or one == other


def _partners(rid: int, fine: int, key: Key, holders: Sequence[Holder], most: int) -> Iterable[int]:
    """Whom a record meets under a key: everybody, or under a hot one those of the same year or name."""
    public = [holder for holder in holders if holder.public]
    if len(public) <= most:
        return [holder.rid for holder in holders if holder.rid != rid]
    lowest = {holder.rid for holder in public[:most]} if key.kind == "id" else set()
    sizes = Counter(holder.fine for holder in public)
    near = {fine - 1, fine, fine + 1} if abs(fine) < _YEARS and fine else {fine} if fine else set()
    active = {each for each in near if sizes[each] <= most}
    return [
        holder.rid
        for holder in holders
        if holder.rid != rid and (holder.fine in active or holder.rid in lowest or rid in lowest)
    ]


def _adjacent(edges: Iterable[Edge]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for edge in edges:
        found[edge.a].add(edge.b)
        found[edge.b].add(edge.a)
    return found


def _places(groups: Sequence[Sequence[int]], states: Mapping[int, Keyed]) -> dict[int, int | None]:
    """Record -> pivot of its cluster."""
    return {rid: pivot for group in groups for pivot in (_pivot(group, states),) for rid in group}


def _pivot(group: Sequence[int], states: Mapping[int, Keyed]) -> int:
    """The public member first seen; without one, the member first seen."""
    public = [rid for rid in group if states[rid].audience == PUBLIC]
    return min(public or group, key=lambda rid: (states[rid].first_seen, rid))


def _regrouped(moment: _Moment, places: dict[int, int | None]) -> tuple[Regrouped, ...]:
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


def _heirs(moment: _Moment) -> dict[int, int]:
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
