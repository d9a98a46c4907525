"""How two records that are not one thing belong together: editions, formats and versions of one work.

The related gates part records; what they part is related only where likeness would have joined them. The years and
extents in which editions differ by nature are then no reason against it. Archival material and objects are compared by
identity alone, so nothing is derived for them.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from federation.linkage.comparison import compare
from federation.linkage.features import Features
from federation.linkage.gates import gate
from federation.linkage.ruleset import Ruleset, base

#: types of linkage, chapter 8, that a gate can tell
RelationOfWork = Literal["edition_of_same_work", "format_of_same_work", "version_of", "related_work"]

_BY_GATE: dict[str, RelationOfWork] = {
    "edition": "edition_of_same_work",
    "imprint": "edition_of_same_work",
    "medium": "format_of_same_work",
    "stage": "version_of",
    "registration": "version_of",
    "appearance": "version_of",
    "notice": "related_work",
}
#: gates that keep volumes and issues apart, whatever the work
_OF_PARTS = ("part", "issue")


def relation(a: Features, b: Features) -> RelationOfWork | None:
    """What `b` is to `a`; None where they are one thing, or no more than alike."""
    closed = gate(a, b, frozenset(base().gates))
    if closed is None or closed.verdict != "related" or closed.name not in _BY_GATE:
        return None
    rules = _of_work()
    return _BY_GATE[closed.name] if compare(a, b, rules).bits >= rules.limits.merge else None


@cache
def _of_work() -> Ruleset:
    """The base rules as they judge works: what editions differ in counts for nothing."""
    rules = base()
    same_year, same_extent = rules.bits.years[0], rules.bits.pages[0]
    weights = msgspec.structs.replace(
        rules.bits, years=(same_year, 0, 0, 0, 0), pages=(same_extent, 0, 0), publisher_other=0
    )
    return msgspec.structs.replace(rules, gates=_OF_PARTS, bits=weights)
