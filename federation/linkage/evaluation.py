"""How well the rules judge labelled records: precision, recall, F1, pairs met, and every miss with its reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

import msgspec

from federation.linkage.blocking_keys import keys_of
from federation.linkage.cluster import Bonds, Edge, components, resolve
from federation.linkage.comparison import compare
from federation.linkage.features import Features, numbers_in
from federation.linkage.names import name_of
from federation.linkage.ruleset import Ruleset
from mappings.schema.folding import words


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What a labelled set gave."""

    name: str
    records: int
    precision: float
    recall: float
    f1: float
    #: share of the true pairs that shared a key
    pairs_met: float
    candidates_a_record: float
    #: pairs for review, per 100 records
    reviews: float


def features_of_citation(entry: Mapping[str, object]) -> Features:
    """The features of a record of a labelled set: title, authors, year, venue."""
    title = str(entry.get("title") or "")
    authors = entry.get("authors") or ()
    year = entry.get("year")
    return Features(
        kind="article",
        titles=(" ".join(words(title)),) if title else (),
        numbers=numbers_in(title),
        names=tuple(sorted({found for text in authors if (found := name_of(str(text)))})),  # type: ignore[attr-defined]
        years=(int(year),) if year else (),  # type: ignore[call-overload]
        feed=str(entry.get("source") or ""),
    )


def judged(
    name: str,
    records: Mapping[str, Features],
    true_pairs: Collection[tuple[str, str]],
    rules: Ruleset,
    *,
    duplicate_free: Collection[str] = (),
) -> Judged:
    """Links `records` as the exchange would and holds the clusters against `true_pairs`.

    duplicate_free   feeds that hold nothing twice: their records are not joined with each other
    """
    ids = sorted(records)
    number = {key: at for at, key in enumerate(ids)}
    met = candidates(records)
    edges, reviews = [], 0
    for one, other in met:
        if records[one].feed == records[other].feed and records[one].feed in duplicate_free:
            continue
        bits = compare(records[one], records[other], rules).bits
        if bits >= rules.limits.merge:
            a, b = sorted((number[one], number[other]))
            edges.append(Edge(a, b, bits))
        elif bits >= rules.limits.review:
            reviews += 1
    cannot = _within_feeds(records, number, edges, duplicate_free)
    found = _joined_pairs(range(len(ids)), edges, Bonds(cannot=cannot), rules)
    wanted = {tuple(sorted((number[one], number[other]))) for one, other in true_pairs}
    right = len(found & wanted)
    precision = right / len(found) if found else 0.0
    recall = right / len(wanted)
    return Judged(
        name=name,
        records=len(ids),
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(2 * precision * recall / (precision + recall), 4) if right else 0.0,
        pairs_met=round(len({tuple(sorted((number[a], number[b]))) for a, b in met} & wanted) / len(wanted), 4),
        candidates_a_record=round(len(met) / len(ids), 2),
        reviews=round(100 * reviews / len(ids), 2),
    )


def candidates(records: Mapping[str, Features]) -> set[tuple[str, str]]:
    """Pairs that share a key."""
    holders: dict[int, list[str]] = defaultdict(list)
    for name in sorted(records):
        for key in keys_of(records[name]):
            holders[key.number].append(name)
    return {pair for names in holders.values() for pair in combinations(names, 2)}


def _within_feeds(
    records: Mapping[str, Features], number: Mapping[str, int], edges: Iterable[Edge], feeds: Collection[str]
) -> frozenset[tuple[int, int]]:
    if not feeds:
        return frozenset()
    by_number = {at: records[name].feed for name, at in number.items()}
    return frozenset(
        (one, other)
        for piece in components(number.values(), [(edge.a, edge.b) for edge in edges])
        for one, other in combinations(piece, 2)
        if by_number[one] == by_number[other] and by_number[one] in feeds
    )


def _joined_pairs(nodes: Iterable[int], edges: list[Edge], bonds: Bonds, rules: Ruleset) -> set[tuple[int, ...]]:
    found: set[tuple[int, ...]] = set()
    for piece in components(nodes, [(edge.a, edge.b) for edge in edges]):
        inside = set(piece)
        own = [edge for edge in edges if edge.a in inside] if len(piece) > 1 else []
        for group in resolve(piece, own, bonds, rules.limits):
            found |= set(combinations(group, 2))
    return found
