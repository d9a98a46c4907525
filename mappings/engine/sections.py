"""A wrapper (METS) opened: the section that describes the object, and the program that reads it.

The wrapper's own rules run first, over the wrapper; what they say stands in the record, or in the root unit of a
finding aid, before the section's rules run. Which section is meant is told by the first division of the structural map
(METS 1.12, `structMap/div/@DMDID`), else it is the first one in a format that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from mappings.engine.compiled import Compiled
from mappings.engine.draft import Draft
from mappings.engine.elements import format_of
from mappings.engine.outcome import Context
from mappings.engine.payload import PayloadUnreadable, read_payload
from mappings.engine.running import run_rules
from mappings.engine.unit import Unit, unit_at
from mappings.formats.xml import written
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord

_DC = "{http://purl.org/dc/elements/1.1/}"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be mapped."""

    compiled: Compiled
    raw: RawRecord
    #: what the wrapper says itself; None where there is no wrapper
    said: Draft | None = None


def opened(compiled: Compiled, raw: RawRecord, context: Context, run: Callable[[Unit], None] = run_rules) -> Opened:
    """The program and record themselves where the crosswalk names no sections.

    run     runs the wrapper's rules; an explanation traces them
    raises  PayloadUnreadable: `section_missing` where no section is in a format that is read; UnitRejected
    """
    if not compiled.sections:
        return Opened(compiled=compiled, raw=raw)
    root = read_payload(raw, compiled.format, [])
    found = next(((name, element) for name, element in _described(root) if name in compiled.sections), None)
    if found is None:
        raise PayloadUnreadable(issue("section_missing", excerpt=", ".join(sorted(compiled.sections))))
    unit = unit_at(compiled, root, raw, context, language=context.language, languages=True)
    run(unit)
    inner = msgspec.structs.replace(raw, payload=written(found[1]), namespaces={}, format=found[0])
    return Opened(compiled=compiled.sections[found[0]], raw=inner, said=unit.draft)


def _described(root: Any) -> Iterator[tuple[str, Any]]:
    """Format and element of each descriptive section, the object's own first."""
    sections = list(root.iterfind("{*}dmdSec"))
    top = root.find("{*}structMap/{*}div")
    named = (top.get("DMDID") or "").split() if top is not None else []
    for section in sorted(sections, key=lambda each: each.get("ID") not in named):
        for wrap in section.iterfind("{*}mdWrap"):
            if (data := wrap.find("{*}xmlData")) is not None and (found := _held(data)) is not None:
                yield found


def _held(data: Any) -> tuple[str, Any] | None:
    """What `xmlData` holds; elements of Dublin Core may stand in it without one around them."""
    for child in data.iterchildren("*"):
        if name := format_of(child):
            return name, child
    if data.find(f"{_DC}*") is None:
        return None
    data.tag = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    return "oai_dc", data
