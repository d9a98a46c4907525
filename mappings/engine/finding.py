"""What stands at a source path of a record, whatever its crosswalk makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mappings.engine.apply import read_unit
from mappings.engine.compile import compile_crosswalk
from mappings.engine.compiled import Compiled
from mappings.engine.outcome import Context
from mappings.engine.payload import PayloadUnreadable, read_payload
from mappings.engine.rules import Place, Rule, Value
from mappings.engine.split import parts_of
from mappings.engine.unit import Unit, UnitRejected, unit_at
from mappings.engine.values import Item
from mappings.errors import CrosswalkInvalid
from mappings.schema.raw import RawRecord

_PLACE = Place(file="path", line=1, column=1)


def finder(live: Compiled, selector: str) -> Compiled:
    """A program that reads `selector` as the rules of `live` would: same format, prefixes, columns and units.

    raises  CrosswalkInvalid where the selector cannot be read
    """
    rule = Rule(id="found", to="descriptions[]", value=Value(sources=(selector,), place=_PLACE), place=_PLACE)
    wanted = msgspec.structs.replace(
        live.crosswalk, rules=(rule,), defaults=(), skip=(), tables={}, place=_PLACE, places={}
    )
    program, faults = compile_crosswalk(wanted, (live.columns,) if live.columns is not None else ())
    if program is None or faults:
        raise CrosswalkInvalid(faults)
    return program


def found_in(program: Compiled, raw: RawRecord, context: Context) -> tuple[str, ...]:
    """The values in a record, in their order, those of every unit of a finding aid; none where it cannot be read."""
    if raw.deleted:
        return ()
    try:
        return tuple(text for unit in _units(program, raw, context) for text in _values(program, unit))
    except (PayloadUnreadable, UnitRejected):
        return ()


def _units(program: Compiled, raw: RawRecord, context: Context) -> Iterator[Unit]:
    if program.split is None:
        yield read_unit(program, raw, context)
        return
    root = read_payload(raw, program.format, [])
    for part in parts_of(program, root, raw.feed, raw.named):
        yield unit_at(program, part.element, raw, context, language=context.language, languages=False)


def _values(program: Compiled, unit: Unit) -> Iterator[str]:
    for source in program.programs[0].sources:
        for node in unit.items(source):
            if isinstance(node, Item):
                yield node.text
