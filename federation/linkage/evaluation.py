"""How well the rules judge labelled records: precision, recall, F1, pairs met, and the worst wrong pairs, explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Literal

import msgspec

from federation.linkage.blocking_keys import keys_of
from federation.linkage.cluster import Bonds, Edge, components, resolve
from federation.linkage.comparison import compare
from federation.linkage.explanation import Explanation, explain
from federation.linkage.features import Features
from federation.linkage.labelled import LabelledSet
from federation.linkage.ruleset import Ruleset

#: two records by name, the smaller first
Names = tuple[str, str]


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """A pair that the rules judged otherwise than people."""

    a: str
    b: str
    titles: Names
    #: what people said; `other` where the set only says that the two are not one
    verdict: str
    #: what the rules made of it
    found: Literal["merged", "missed"]
    #: merged through records between them although the pair alone would not merge
    through_others: bool
    explanation: Explanation


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a labelled set gave."""

    name: str
    records: int
    #: pairs that people call the same, pairs that the rules merged, and those in both
    same: int
    merged: int
    right: int
    precision: float
    recall: float
    f1: float
    #: share of the true pairs that shared a key
    pairs_met: float
    candidates_a_record: float
    #: pairs for review, per 100 records
    reviews: float
    #: first what was wrongly merged, by bits; then what was missed, the farthest from merging first
    wrong: tuple[Wrong, ...] = ()


def judged(labelled: LabelledSet, rules: Ruleset, *, duplicate_free: Collection[str] = (), worst: int = 10) -> Judged:
    """Links the records as the exchange would and holds the clusters against people's verdicts.

    duplicate_free   feeds that hold nothing twice: their records are not joined with each other
    worst            how many wrong pairs of each sort are explained
    """
    wanted = {_pair(pair.a, pair.b) for pair in labelled.pairs if pair.verdict == "same"}
    met = _met(labelled, duplicate_free)
    bits = {pair: compare(labelled.records[pair[0]], labelled.records[pair[1]], rules).bits for pair in met}
    found = _merged(labelled.records, bits, duplicate_free, rules)
    right = len(found & wanted)
    precision, recall = _share(right, len(found)), _share(right, len(wanted))
    reviews = sum(rules.limits.review <= each < rules.limits.merge for each in bits.values())
    return Judged(
        name=labelled.name,
        records=len(labelled.records),
        same=len(wanted),
        merged=len(found),
        right=right,
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(2 * precision * recall / (precision + recall), 4) if right else 0.0,
        pairs_met=round(_share(len(met & wanted), len(wanted)), 4),
        candidates_a_record=round(_share(len(met), len(labelled.records)), 2),
        reviews=round(100 * _share(reviews, len(labelled.records)), 2),
        wrong=(*_worst(labelled, found - wanted, "merged", rules, worst),
               *_worst(labelled, wanted - found, "missed", rules, worst)),
    )  # fmt: skip


def _pair(one: str, other: str) -> Names:
    return (one, other) if one < other else (other, one)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _met(labelled: LabelledSet, duplicate_free: Collection[str]) -> set[Names]:
    """Pairs that are compared: of a whole set all that share a key, else the labelled ones that do."""
    records = labelled.records
    if labelled.whole:
        found = candidates(records)
    else:
        named = {_pair(pair.a, pair.b) for pair in labelled.pairs}
        found = {pair for pair in named if _numbers(records[pair[0]]) & _numbers(records[pair[1]])}
    return {(a, b) for a, b in found if records[a].feed != records[b].feed or records[a].feed not in duplicate_free}


def _numbers(features: Features) -> set[int]:
    return {key.number for key in keys_of(features)}


def candidates(records: Mapping[str, Features]) -> set[Names]:
    """Pairs that share a key."""
    holders: dict[int, list[str]] = defaultdict(list)
    for name in sorted(records):
        for number in _numbers(records[name]):
            holders[number].append(name)
    return {pair for names in holders.values() for pair in combinations(names, 2)}


def _merged(
    records: Mapping[str, Features], bits: Mapping[Names, float], duplicate_free: Collection[str], rules: Ruleset
) -> set[Names]:
    """Every pair that stands in one cluster."""
    ids = sorted(records)
    number = {name: at for at, name in enumerate(ids)}
    edges = [Edge(number[a], number[b], each) for (a, b), each in bits.items() if each >= rules.limits.merge]
    alone = {at: records[name].feed for name, at in number.items() if records[name].feed in duplicate_free}
    groups = _groups(range(len(ids)), edges, Bonds(alone=alone), rules)
    return {(ids[one], ids[other]) for group in groups for one, other in combinations(group, 2)}


def _groups(nodes: Iterable[int], edges: list[Edge], bonds: Bonds, rules: Ruleset) -> Iterable[list[int]]:
    pieces = [piece for piece in components(nodes, [(edge.a, edge.b) for edge in edges]) if len(piece) > 1]
    piece_of = {node: at for at, piece in enumerate(pieces) for node in piece}
    own: list[list[Edge]] = [[] for _ in pieces]
    for edge in edges:
        own[piece_of[edge.a]].append(edge)
    for piece, inside in zip(pieces, own, strict=True):
        yield from resolve(piece, inside, bonds, rules.limits)


def _worst(
    labelled: LabelledSet, pairs: Collection[Names], found: Literal["merged", "missed"], rules: Ruleset, most: int
) -> list[Wrong]:
    verdicts = {_pair(pair.a, pair.b): pair.verdict for pair in labelled.pairs}
    explained = [_wrong(labelled, pair, found, verdicts.get(pair, "other"), rules) for pair in sorted(pairs)]
    sign = -1 if found == "merged" else 1
    return sorted(explained, key=lambda wrong: (sign * wrong.explanation.bits, wrong.a, wrong.b))[:most]


def _wrong(
    labelled: LabelledSet, pair: Names, found: Literal["merged", "missed"], verdict: str, rules: Ruleset
) -> Wrong:
    explanation = explain(labelled.records[pair[0]], labelled.records[pair[1]], rules)
    return Wrong(
        a=pair[0],
        b=pair[1],
        titles=(labelled.titles[pair[0]], labelled.titles[pair[1]]),
        verdict=verdict,
        found=found,
        through_others=found == "merged" and explanation.outcome != "merge",
        explanation=explanation,
    )
