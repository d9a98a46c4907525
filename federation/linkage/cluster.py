"""Groups of records that are one thing: from edges and people's judgements, whatever order they came in.

`resolve` joins one connected component. One that is over its cap is looked at on higher rungs, where only surer edges
bind, until its pieces are small enough. In a piece a person's word comes first; then edges from the surest down, each
joining two groups unless a cannot-link crosses them, they would grow too large, or too few edges bind them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from federation.linkage.ruleset import Limits

#: public records; other audiences are the institutions that hidden records belong to
PUBLIC = 0


class Edge(NamedTuple):
    """Two records and the bits that bind them; a < b."""

    a: int
    b: int
    bits: float


class Bonds(NamedTuple):
    """What people decided: pairs that are one, pairs that are not."""

    must: frozenset[tuple[int, int]] = frozenset()
    cannot: frozenset[tuple[int, int]] = frozenset()
    #: record -> its feed, where that feed holds nothing twice
    alone: Mapping[int, str] = MappingProxyType({})


def components(nodes: Iterable[int], edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected components, each ascending, in the order of their smallest node."""
    forest = _Forest(nodes)
    for a, b in edges:
        forest.join(a, b)
    return sorted(sorted(group) for group in forest.groups())


class Piece(NamedTuple):
    """Records that are joined together or not at all with each other's help."""

    nodes: list[int]
    #: more than the cap hang together on every rung: must-links alone join them
    oversize: bool


def pieces(nodes: Collection[int], edges: Iterable[Edge], bonds: Bonds, limits: Limits) -> list[Piece]:
    """The components of `nodes`, each on the lowest rung of the ladder where it is within the cap (linkage, 4)."""
    return list(_pieces(sorted(nodes), list(edges), sorted(bonds.must), limits, limits.ladder))


def _pieces(
    nodes: list[int],
    edges: list[Edge],
    must: Sequence[tuple[int, int]],
    limits: Limits,
    rungs: Sequence[float],
) -> Iterable[Piece]:
    if len(nodes) <= limits.component or not rungs:
        yield Piece(nodes, len(nodes) > limits.component)
        return
    kept = [edge for edge in edges if edge.bits >= rungs[0]]
    parts = components(nodes, [*((edge.a, edge.b) for edge in kept), *must])
    for part, inside in zip(parts, _split(kept, parts), strict=True):
        yield from _pieces(part, inside, must, limits, rungs[1:])


def _split(edges: Iterable[Edge], parts: Sequence[Sequence[int]]) -> list[list[Edge]]:
    """The edges within each part; those between two parts fall away."""
    part_of = {node: at for at, part in enumerate(parts) for node in part}
    found: list[list[Edge]] = [[] for _ in parts]
    for edge in edges:
        at = part_of.get(edge.a)
        if at is not None and at == part_of.get(edge.b):
            found[at].append(edge)
    return found


def resolve(nodes: Collection[int], edges: Iterable[Edge], bonds: Bonds, limits: Limits) -> list[list[int]]:
    """The groups of one component, each ascending; every node stands in exactly one."""
    kept = [edge for edge in edges if edge.bits >= limits.merge]
    found = pieces(nodes, kept, bonds, limits)
    own = _split(kept, [piece.nodes for piece in found])
    return sorted(
        group
        for piece, inside in zip(found, own, strict=True)
        for group in _resolved(piece, [] if piece.oversize else inside, bonds, limits)
    )


def _resolved(piece: Piece, kept: list[Edge], bonds: Bonds, limits: Limits) -> Iterable[list[int]]:
    forest = _Forest(piece.nodes)
    for a, b in sorted(bonds.must):
        forest.join(a, b)
    neighbours = _neighbours(kept)
    enemies = _neighbours(Edge(a, b, 0.0) for a, b in bonds.cannot)
    for edge in sorted(kept, key=lambda each: (-each.bits, each.a, each.b)):
        one, other = forest.group(edge.a), forest.group(edge.b)
        if one is other or _twice(one, other, bonds):
            continue
        if _may_join(one, other, neighbours, enemies, limits):
            forest.join(edge.a, edge.b)
    return map(sorted, forest.groups())


def _twice(one: Collection[int], other: Collection[int], bonds: Bonds) -> bool:
    """Whether a feed that holds nothing twice would stand twice in the joined group."""
    return bool({bonds.alone.get(node) for node in one} & {bonds.alone.get(node) for node in other} - {None})


def _may_join(
    one: Collection[int],
    other: Collection[int],
    neighbours: Mapping[int, set[int]],
    enemies: Mapping[int, set[int]],
    limits: Limits,
) -> bool:
    small, large = sorted((one, other), key=len)
    members = set(large)
    if len(small) + len(large) > limits.cluster or any(enemies.get(node, set()) & members for node in small):
        return False
    across = sum(len(neighbours.get(node, set()) & members) for node in small)
    return across >= limits.support * len(small) * len(large)


def _neighbours(edges: Iterable[Edge]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for edge in edges:
        found.setdefault(edge.a, set()).add(edge.b)
        found.setdefault(edge.b, set()).add(edge.a)
    return found


class _Forest:
    """Groups that only grow."""

    def __init__(self, nodes: Iterable[int]) -> None:
        self._group: dict[int, list[int]] = {node: [node] for node in nodes}

    def group(self, node: int) -> list[int]:
        return self._group[node]

    def join(self, a: int, b: int) -> None:
        """Joins the groups of two nodes; a node that does not stand here joins nothing."""
        if a not in self._group or b not in self._group:
            return
        one, other = self._group[a], self._group[b]
        if one is other:
            return
        if len(one) < len(other):
            one, other = other, one
        one.extend(other)
        for node in other:
            self._group[node] = one

    def groups(self) -> list[list[int]]:
        return list({id(group): group for group in self._group.values()}.values())


def resolve_audiences(
    audiences: Mapping[int, int], edges: Sequence[Edge], bonds: Bonds, limits: Limits
) -> list[list[int]]:
    """The groups of a piece in which some records are hidden, so that nothing public depends on a hidden one.

    audiences   node -> PUBLIC, or a number of the institution whose people alone may know of it
    """
    public = {node for node, audience in audiences.items() if audience == PUBLIC}
    groups = _public_groups(public, edges, bonds, limits)
    for audience in sorted(set(audiences.values()) - {PUBLIC}):
        hidden = {node for node, whose in audiences.items() if whose == audience}
        groups = _joined(groups, hidden, edges, bonds, limits)
    return sorted(groups)


def _public_groups(public: set[int], edges: Sequence[Edge], bonds: Bonds, limits: Limits) -> list[list[int]]:
    inside = [edge for edge in edges if edge.a in public and edge.b in public and edge.bits >= limits.merge]
    must = [pair for pair in bonds.must if pair[0] in public and pair[1] in public]
    pieces = components(public, [*((edge.a, edge.b) for edge in inside), *must])
    by_node = {node: at for at, piece in enumerate(pieces) for node in piece}
    sorted_edges: list[list[Edge]] = [[] for _ in pieces]
    for edge in inside:
        sorted_edges[by_node[edge.a]].append(edge)
    return [
        group
        for piece, own in zip(pieces, sorted_edges, strict=True)
        for group in ([piece] if len(piece) == 1 else resolve(piece, own, bonds, limits))
    ]


def _joined(
    groups: list[list[int]], hidden: set[int], edges: Sequence[Edge], bonds: Bonds, limits: Limits
) -> list[list[int]]:
    """`groups` with an institution's hidden records in them or beside them; two public groups are never joined."""
    at = {node: number for number, group in enumerate(groups) for node in group}
    forest = _Forest([*hidden, *at])
    for group in groups:
        for node in group[1:]:
            forest.join(group[0], node)
    forbidden = set(bonds.cannot) | {(b, a) for a, b in bonds.cannot}
    ordered = [Edge(a, b, 1_000.0) for a, b in sorted(bonds.must)]
    ordered += sorted(edges, key=lambda edge: (-edge.bits, edge.a, edge.b))
    for edge in ordered:
        if edge.bits < limits.merge or not {edge.a, edge.b} & hidden or not {edge.a, edge.b} <= (hidden | set(at)):
            continue
        one, other = forest.group(edge.a), forest.group(edge.b)
        publics = {at[node] for node in (*one, *other) if node in at}
        crossed = any((a, b) in forbidden for a in one for b in other)
        if one is other or crossed or _twice(one, other, bonds):
            continue
        if len(publics) <= 1 and len(one) + len(other) <= limits.cluster:
            forest.join(edge.a, edge.b)
    return [sorted(group) for group in forest.groups()]
