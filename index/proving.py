"""A new generation is held against its source before it answers: by count, and by a sample of its documents.

The whole comparison is `index.verifying`; this one reads the names of all clusters and the documents of a sample. What
changed at the source after the place that the generation has read to is no fault of it.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from typing import Protocol

from index.documents import documents
from index.errors import GenerationUnsound
from index.place import Place
from index.ports import ChangeSource

#: clusters whose documents are compared
SAMPLE = 500
#: ids that are read at a time to choose from
_PAGE = 5_000
#: changes behind its place that a generation may have and be judged still
MOST_CHANGES = 10_000


class Held(Protocol):
    """What a generation holds."""

    def public_things(self) -> int:
        """How many clusters everybody can find."""

    def checks(self, cluster_ids: Collection[str]) -> dict[str, int]:
        """Document id -> check of every document of these clusters."""


def prove(
    held: Held,
    source: ChangeSource,
    place: Place,
    *,
    refused: Collection[str] = (),
    chance: random.Random | None = None,
) -> None:
    """Compares a generation that was read to `place`.

    refused   clusters of which the engine did not take every document
    raises    GenerationUnsound with what was expected and what was found
    """
    wanted, found = source.public_clusters(), held.public_things()
    changed = {change.cluster_id for change in source.changes(place.seq, MOST_CHANGES)} | set(refused)
    if abs(wanted - found) > len(changed):
        raise GenerationUnsound(f"expected {wanted} things that everybody can find, found {found}")
    sample = [each for each in _sample(source, chance or random.Random()) if each not in changed]
    expected = {each.doc_id: each.numbers["check"][0] for each in documents(source.unified(sample))}
    # who changed since the first look is not judged either
    late = {change.cluster_id for change in source.changes(place.seq, MOST_CHANGES)} - changed
    _compare(_without(expected, late), _without(held.checks(sample), late))


def _sample(source: ChangeSource, chance: random.Random) -> Sequence[str]:
    """Clusters from everywhere in the order of ids, each with the same likelihood."""
    chosen: list[str] = []
    seen, after = 0, ""
    while ids := source.all_clusters(after, _PAGE):
        for each in ids:
            seen += 1
            if len(chosen) < SAMPLE:
                chosen.append(each)
            elif (place := chance.randrange(seen)) < SAMPLE:
                chosen[place] = each
        after = ids[-1]
    return chosen


def _without(checks: dict[str, int], clusters: Collection[str]) -> dict[str, int]:
    return {name: check for name, check in checks.items() if name.partition(":")[0] not in clusters}


def _compare(expected: dict[str, int], found: dict[str, int]) -> None:
    odd = [name for name in sorted(expected.keys() | found.keys()) if expected.get(name) != found.get(name)]
    if not odd:
        return
    first = odd[0]
    if first not in expected:
        raise GenerationUnsound(f"expected no document {first}, found one")
    state = "another state of it" if first in found else "none"
    raise GenerationUnsound(f"expected the document {first} as its source gives it, found {state}")
