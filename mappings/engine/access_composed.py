"""The terms of access of a unit: what its rules say and what comes down to it, the strictest of each part."""

from __future__ import annotations

from typing import Any

import msgspec

from mappings.engine.compiled import Compiled
from mappings.engine.draft import Draft
from mappings.engine.finishing import leaves_of
from mappings.engine.held import Origin
from mappings.engine.standing import INHERIT, Above, Standing
from mappings.schema.access import NOTHING_STATED, Access, AccessStatement, inherit, settle, strictest
from mappings.schema.record import Rules

_NOTHING_SAID = Access()
_BY_DEFAULT = (("default:access", ""),)

Spoken = list[tuple[AccessStatement, Origin]]


def access_of(draft: Draft, compiled: Compiled, above: Above | None) -> tuple[Access, Spoken]:
    """The strictest of what was read; constants fill parts that nobody read, defaults a unit without a statement.

    Below another unit, what is not stated comes down from it.
    """
    if above is not None:
        return _access_below(draft, above)
    spoken = draft.access
    if compiled.access_defaults and not spoken and not draft.access_consts:
        for default in compiled.access_defaults:
            draft.put(default.target, default.value, default.origin)
    if not spoken and not draft.access_consts:
        return _NOTHING_SAID, []
    read = strictest(*[statement for statement, _ in spoken]) if spoken else AccessStatement()
    filled = [
        (left, origin) for statement, origin in draft.access_consts if (left := _unstated(statement, read)) is not None
    ]
    together = [*spoken, *filled]
    return settle(strictest(*[statement for statement, _ in together])), together


def _access_below(draft: Draft, above: Above) -> tuple[Access, Spoken]:
    """What the unit says and what comes down to it."""
    access = inherit(above.access, own_statement(draft), parent_id=above.record.id)
    return access, [*draft.access, *draft.access_consts, (AccessStatement(), (INHERIT, above.record.id))]


def covered(standing: Standing, access: Access, spoken: Spoken) -> tuple[Access, Spoken]:
    """A unit whose parent is not there is hidden: what would come down to it is not known."""
    origin = (INHERIT, standing.parent)
    return msgspec.structs.replace(access, line="hidden"), [*spoken, (AccessStatement(line="hidden"), origin)]


def own_statement(draft: Draft) -> AccessStatement:
    """What a unit below another says for itself; a constant alone may close it and never opens it."""
    said = [statement for statement, _ in draft.access]
    read = strictest(*said) if said else AccessStatement()
    said += [left for statement, _ in draft.access_consts if (left := _unstated(statement, read)) is not None]
    if not said:
        return NOTHING_STATED
    return strictest(*said) if draft.access else msgspec.structs.replace(strictest(*said), unread=True)


def _unstated(statement: AccessStatement, read: AccessStatement) -> AccessStatement | None:
    """The parts of a constant that nothing read speaks of."""
    parts = {
        field.name: value
        for field in msgspec.structs.fields(statement)
        if (value := getattr(statement, field.name)) not in (None, (), False)
        and getattr(read, field.name) in (None, (), False)
        and not (read.unread and field.name == "status")
    }
    return AccessStatement(**parts) if parts else None


def access_rules(access: Access, spoken: Spoken, rules: Rules) -> None:
    """Each part rests on the statements that say it, else on all of them; without any on the default."""
    if not spoken:
        rules["/access/status"] = _BY_DEFAULT
        return
    everyone = tuple(dict.fromkeys(origin for _, origin in spoken))
    for leaf in (*leaves_of(access), "/status"):
        name = leaf.split("/")[1]
        value = getattr(access, name)
        saying = tuple(
            dict.fromkeys(
                origin
                for statement, origin in spoken
                if (said := getattr(statement, name, None)) is not None
                and said not in ((), False)
                and _says(said, value)
            )
        )
        rules[f"/access{leaf}"] = saying or everyone


def _says(said: Any, value: Any) -> bool:
    return said == value or isinstance(said, tuple)
