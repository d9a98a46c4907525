"""Holdings as rules state them: who is named twice, once alone and once with a mark, holds the material once."""

from __future__ import annotations

from mappings.engine.draft import Entry
from mappings.schema.holding import Holding


def told(stated: list[tuple[Holding, Entry]]) -> list[tuple[Holding, Entry]]:
    """Holdings in order; in the place of one that names its institution alone stands the first that tells more."""
    found = list(stated)
    for bare in [each for each in stated if _is_bare(each[0])]:
        more = [each for each in found if each[0].institution == bare[0].institution and not _is_bare(each[0])]
        if more:
            found.remove(more[0])
            found[found.index(bare)] = more[0]
    return found


def _is_bare(holding: Holding) -> bool:
    return holding == Holding(institution=holding.institution)
