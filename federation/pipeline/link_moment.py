"""One moment of linking: changed records, whom they meet, and the clusters that come of it; decided, not written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa

from federation.linkage.blocking_keys import Key, fine_of, keys_of
from federation.linkage.cluster import PUBLIC as PUBLIC_NODE
from federation.linkage.cluster import Bonds, Edge, components, resolve_audiences
from federation.linkage.cluster import pieces as cluster_pieces
from federation.linkage.comparison import compare
from federation.linkage.ruleset import Ruleset, base
from federation.pipeline.link_reading import LinkReading
from federation.storage.linkage import clusters, feed_links, judgements
from federation.storage.linkage.keyed import Holder, Keyed, KeyState, StoredEdge
from mappings.schema.access import PUBLIC

#: fine twins below this are years, whose neighbours meet too
_YEARS = 10_000


class Moment:
    """What one batch reads: its records, their partners, and the clusters that they touch."""

    def __init__(
        self, connection: sa.Connection, reading: LinkReading, changed: set[int], aside: Collection[int] = ()
    ) -> None:
        self._connection, self._reading = connection, reading
        self._rules: Ruleset = base()
        self.changed = changed
        #: records that stand alone, as linking them failed
        self._aside = aside
        self._duplicate_free = feed_links.duplicate_free_feeds(connection)
        self._judged = judgements.any_in_force(connection)
        #: everybody in the components that the batch touches; filled by `_walk`
        self._reached: set[int] = set()
        self.states = reading.get_many(changed, without=aside)
        self._old_edges = reading.edges_of(changed)
        self.old_members = clusters.members_by_number(connection, self._cids(changed))

    def _cids(self, rids: Iterable[int]) -> set[int]:
        return {cid for rid in rids if (cid := self.states[rid].cid) is not None}

    def _load(self, rids: Iterable[int]) -> None:
        self.states |= self._reading.get_many(set(rids) - self.states.keys(), without=self._aside)

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
        holders = self._reading.holders(numbers)
        noted = self._reading.key_states(numbers)
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
            for edge in self._reading.edges_of(front - self.changed):
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
        return judgements.bonds(found, self._reading.numbers_of(sorted(named)))


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
