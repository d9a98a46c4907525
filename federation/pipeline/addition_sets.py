"""The sets of an enriched feed: what kinds of values were added, so that an institution takes what it wants.

A record to which nothing was added stands in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from federation.pipeline.additions import Addition
from federation.storage.export_sets import NamedSet

CHANGED = NamedSet(spec="changed", name="Something was added")
#: each kind with the fields of the common record that it is about
_KINDS: tuple[tuple[NamedSet, frozenset[str]], ...] = (
    (
        NamedSet(spec="authority", name="Names, subjects or places were added"),
        frozenset({"agents", "subjects", "places"}),
    ),
    (NamedSet(spec="dates", name="Dates were added"), frozenset({"dates"})),
    (NamedSet(spec="relations", name="Relations were added"), frozenset({"relations"})),
)


def sets_of(additions: Iterable[Addition]) -> tuple[NamedSet, ...]:
    """The sets of a record with these additions."""
    fields = {each.field for each in additions}
    if not fields:
        return ()
    return (CHANGED, *[named for named, of_kind in _KINDS if fields & of_kind])
