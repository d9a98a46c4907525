"""The records above those of a trial that its first page does not bring: each is asked for by name, up to a number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence, Set

import msgspec

from federation.pipeline.file_parents import MOST_LEVELS
from mappings.schema.raw import RawRecord

#: requests for records above others
MOST_ASKED = 10

#: asks for a record by its native identifier; none where the repository gives none
AskFor = Callable[[str], Awaitable[Sequence[RawRecord]]]
#: names of the records above those that are shown, of which none is among these
Missing = Callable[[dict[str, RawRecord]], Awaitable[Set[str]]]


class FoundAbove(msgspec.Struct, frozen=True, kw_only=True):
    """What was found above the records of a trial."""

    records: tuple[RawRecord, ...] = ()
    #: records above that were not asked for, because a trial asks no more
    unasked: int = 0


async def ask_above(page: Sequence[RawRecord], ask_for: AskFor, missing_above: Missing) -> FoundAbove:
    """The records above those that are shown and not on their page, level by level."""
    at_hand = {raw.identifier: raw for raw in page}
    found: dict[str, RawRecord] = {}
    asked: set[str] = set()
    for _ in range(MOST_LEVELS):
        missing = await missing_above(at_hand | found)
        wanted = sorted(missing - asked)
        room = MOST_ASKED - len(asked)
        if not wanted or room <= 0:
            return FoundAbove(records=tuple(found.values()), unasked=len(wanted))
        for name in wanted[:room]:
            asked.add(name)
            found |= {raw.identifier: raw for raw in await ask_for(name) if raw.identifier == name}
    return FoundAbove(records=tuple(found.values()))
