"""From edges to groups: order plays no part, and what is too large is bound by surer edges alone."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from federation.linkage.cluster import Bonds, Edge, pieces, resolve
from federation.linkage.ruleset import Limits

SMALL = Limits(cluster=5, component=4, ladder=(6, 8, 10))
NODES = range(8)
PAIRS = list(itertools.combinations(NODES, 2))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Edge], Bonds]:
    chosen = draw(st.lists(st.sampled_from(PAIRS), unique=True, max_size=20))
    edges = [Edge(a, b, float(draw(st.sampled_from([6, 8, 10, 12])))) for a, b in chosen]
    must = frozenset(draw(st.lists(st.sampled_from(PAIRS), max_size=2)))
    cannot = frozenset(draw(st.lists(st.sampled_from(PAIRS), max_size=3)))
    return edges, Bonds(must=must, cannot=cannot - must)


@given(worlds(), st.data(), st.sampled_from([Limits(cluster=5), SMALL]))
def test_groups_do_not_depend_on_the_order_of_edges(
    world: tuple[list[Edge], Bonds], data: st.DataObject, limits: Limits
) -> None:
    edges, bonds = world
    found = resolve(NODES, edges, bonds, limits)
    assert found == resolve(NODES, data.draw(st.permutations(edges)), bonds, limits)
    assert sorted(node for group in found for node in group) == list(NODES)


@given(worlds(), st.sampled_from([Limits(cluster=5), SMALL]))
def test_limits_and_peoples_word_hold(world: tuple[list[Edge], Bonds], limits: Limits) -> None:
    edges, bonds = world
    found = resolve(NODES, edges, Bonds(cannot=bonds.cannot), limits)
    assert not any(set(pair) <= set(group) for pair in bonds.cannot for group in found)
    assert all(len(group) <= limits.cluster for group in found)
    assert all(any(set(pair) <= set(group) for group in resolve(NODES, edges, bonds, limits)) for pair in bonds.must)


@given(worlds())
def test_a_piece_is_within_the_cap_or_bound_on_every_rung(world: tuple[list[Edge], Bonds]) -> None:
    edges, bonds = world
    found = pieces(NODES, edges, bonds, SMALL)
    assert sorted(node for piece in found for node in piece.nodes) == list(NODES)
    assert all((len(piece.nodes) > SMALL.component) == piece.oversize for piece in found)


def test_a_large_component_keeps_what_surer_edges_join() -> None:
    weak = [Edge(node, node + 1, 6.0) for node in range(7)]
    sure = [Edge(0, 1, 9.0), Edge(4, 5, 9.0)]
    assert resolve(NODES, [*weak, *sure], Bonds(), SMALL) == [[0, 1], [2], [3], [4, 5], [6], [7]]


def test_what_hangs_together_on_every_rung_is_joined_by_people_alone() -> None:
    edges = [Edge(node, node + 1, 12.0) for node in range(7)]
    assert [piece.oversize for piece in pieces(NODES, edges, Bonds(), SMALL)] == [True]
    found = resolve(NODES, edges, Bonds(must=frozenset({(2, 6)})), SMALL)
    assert [2, 6] in found
    assert len(found) == len(NODES) - 1
