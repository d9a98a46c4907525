"""The works that a thing is an edition or a translation of, by `mappings.schema.work_keys`.

Units of archives are no works: letters of one hand to one person have much the same title. Works group hits when they
are asked for; they never join what is described.
"""

from __future__ import annotations

from collections.abc import Sequence

from mappings.schema.unified import Member, UnifiedRecord
from mappings.schema.work_keys import WorkKey, work_keys

#: levels of what is published or made by itself
_LEVELS = frozenset({"item", "work"})


def works_of(unified: UnifiedRecord, members: Sequence[Member]) -> tuple[WorkKey, ...]:
    """Keys and titles, the one first that it stands under; none of what has no maker or stands in a fonds."""
    if unified.level.value not in _LEVELS or any(member.hierarchy and member.hierarchy.path for member in members):
        return ()
    titles, agents = ([each.value for each in unified.titles], [each.value for each in unified.agents])
    return work_keys(unified.title.value.value, titles, agents)
