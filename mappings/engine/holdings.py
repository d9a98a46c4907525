"""Holdings as rules state them: codes are composed of their parts, and one named alone and with a mark stands once."""

from __future__ import annotations

import msgspec

from mappings.engine.held import Entry, Held
from mappings.schema.holding import Holding
from mappings.schema.record import Rules
from mappings.schema.reference_codes import reference_code

_COMPOSED = (("compose:reference_code", ""),)


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


def with_code(holding: Holding, rules: Rules, number: int, parts: dict[str, Held]) -> Holding:
    """A holding that states the parts of its reference code and not the code itself has it composed."""
    code = reference_code(holding.parts) if holding.parts and not holding.reference_code else None
    if code is None:
        return holding
    rules[f"/holding/{number}/reference_code"] = tuple(parts["parts"].origins) if "parts" in parts else _COMPOSED
    return msgspec.structs.replace(holding, reference_code=code)
