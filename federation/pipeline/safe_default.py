"""What a feed's own rules may make before anybody tried them: nothing that the base of its format would not show.

A feed that is added with rules of its own lives by them at once, and no dry run can speak of records that have not come
yet. So each record is mapped by the base too, and what would be looser than that is held back, until a version of the
rules was tried on stored records and put to work (`crosswalk_life`).
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from federation.access.loosening import distinct, loosened_by
from federation.access.told_addresses import tells, untold
from mappings.engine.compile import compile_crosswalk
from mappings.engine.compiled import Compiled
from mappings.engine.crosswalk import read
from mappings.engine.library import compiled, names
from mappings.engine.outcome import Mapped, MappedUnit, Outcome, Rejected, Skipped
from mappings.engine.tables import Table
from mappings.schema.access import STATUS_ORDER, Access

#: why a record is set aside that nothing maps without opening it
HELD_BACK = "access_held"
#: refusals that say nothing of what the base would have read, had it come to an end
_UNREAD = frozenset({"rule_too_slow", "budget_steps"})
#: stands where the base finds no title, so that it tells of access all the same
_UNTITLED = ("title", "", "untitled")
#: what is known of access where no rule of a base says anything
_NOTHING_SAID = Access()


@lru_cache(maxsize=64)
def safe_default(text: str, file: str, tables: tuple[Table, ...] = ()) -> Compiled | None:
    """The base that a text builds on, else the one of its format, which cuts and places records as the text does.

    None where no base reads the format. Raises CrosswalkInvalid as the text itself would.
    """
    program = compiled(text, file=file, tables=tables)
    name = read(text, file=file)[0].extends or f"base/{program.format.name}"
    if name.partition("@")[0] not in names():
        return None
    base, own = compiled(name), program.crosswalk
    whole = msgspec.structs.replace(
        base.crosswalk,
        columns=own.columns or base.crosswalk.columns,
        prefixes={**base.crosswalk.prefixes, **own.prefixes},
        tables={**own.tables, **base.crosswalk.tables},
        defaults=(*base.crosswalk.defaults, _UNTITLED),
        split=own.split or base.crosswalk.split,
        parent=own.parent,
    )
    placed, _ = compile_crosswalk(whole, tables)
    return msgspec.structs.replace(placed or base, sections=base.sections)


def opens(made: Outcome, safe: Outcome | None) -> bool:
    """Whether any unit of a record would be looser than the safe default has it.

    safe    what the base makes of the same record; None where there is no base
    """
    if not isinstance(made, Mapped):
        return False
    if isinstance(safe, Rejected) and safe.issue.code in _UNREAD:
        return True
    units = safe.units if isinstance(safe, Mapped) else ()
    known = {unit.record.source.unit_path: unit.record.access for unit in units}
    others = distinct(known.values()) or (_NOTHING_SAID,)
    addresses = untold(unit.record for unit in units)
    return any(tells(unit.record, addresses) or _opens(unit, known, others, _kept_out(safe)) for unit in made.units)


def _opens(unit: MappedUnit, known: dict[str, Access], others: tuple[Access, ...], kept_out: str) -> bool:
    record = unit.record
    # a unit that the base does not have may be any of those that it has
    was = (known[record.source.unit_path],) if record.source.unit_path in known else others
    return any(_looser(before, kept_out, record.access) for before in was)


def _looser(before: Access, kept_out: str, after: Access) -> bool:
    parts = set(loosened_by((before,), kept_out, after))
    if before.status == "unknown" and STATUS_ORDER.index(after.status) > STATUS_ORDER.index("unknown"):
        # the end of a closure of which the base knows nothing ends nothing sooner
        parts.discard("until")
    return bool(parts)


def _kept_out(safe: Outcome | None) -> str:
    match safe:
        case Rejected(issue=found):
            return found.code
        case Skipped(reason=reason):
            return reason
        case _:
            return ""
