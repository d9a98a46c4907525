"""What people of this exchange have said of its records, as a labelled set: the rules are held against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import sqlalchemy as sa

from federation.linkage.labelled import LabelledSet, Pair
from federation.storage import catalogue_records
from federation.storage.linkage import judgements, keyed
from federation.storage.linkage.judgements import Judgement

NAME = "judgements"


def judged_set(connection: sa.Connection) -> LabelledSet:
    """The pairs that judgements in force name, as far as both records live; each is judged alone."""
    said = judgements.all_in_force(connection)
    named = sorted({name for each in said for side in each.sides for name in side})
    numbers = keyed.numbers_of(connection, named)
    states = keyed.get_many(connection, numbers.values())
    features = {name: found for name, rid in numbers.items() if (found := states[rid].features) is not None}
    rows = catalogue_records.get_many(connection, sorted(features))
    return LabelledSet(
        name=NAME,
        records=features,
        titles={name: row.record.title.value if row.record else "" for name, row in rows.items()},
        pairs=tuple(pair for pair in _pairs(said) if pair.a in features and pair.b in features),
        whole=False,
    )


def _pairs(said: Sequence[Judgement]) -> Iterator[Pair]:
    """Within a side all records are the same, between sides of `different` none is."""
    for each in said:
        for side in each.sides:
            yield from (Pair(a=a, b=b, verdict="same") for a, b in combinations(side, 2))
        for one, other in combinations(each.sides, 2):
            yield from (Pair(a=a, b=b, verdict="different") for a, b in product(one, other))
