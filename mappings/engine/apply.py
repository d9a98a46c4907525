"""A crosswalk applied to one raw record: every record has an outcome, and no input raises.

Order within a unit: skip, rules, compose, defaults, require and mandatory fields, cut, quality, hash.
"""

from __future__ import annotations

from typing import Any

from mappings.engine.compile import Compiled
from mappings.engine.compose import compose
from mappings.engine.conditions import holds
from mappings.engine.marc_walk import MarcReading
from mappings.engine.outcome import Context, Deleted, Mapped, Outcome, Rejected, Skipped
from mappings.engine.payload import PayloadUnreadable, read_payload
from mappings.engine.unit import Unit, UnitRejected
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord


def apply(compiled: Compiled, raw: RawRecord, context: Context) -> Outcome:
    """What becomes of `raw`: catalogue records, or the reason why there is none."""
    if raw.deleted:
        return Deleted()
    if raw.quality == "quarantined":
        return Rejected(issue=issue("quarantined", excerpt=raw.identifier))
    try:
        unit = read_unit(compiled, raw, context)
        for skip in compiled.skips:
            if holds(skip.when, None, unit):
                return Skipped(reason=skip.reason)
        unit.run()
        return Mapped(units=(compose(unit, raw, context),))
    except (PayloadUnreadable, UnitRejected) as refused:
        return Rejected(issue=refused.issue)


def read_unit(compiled: Compiled, raw: RawRecord, context: Context) -> Unit:
    """The record's payload, read by the crosswalk's selectors.

    raises  PayloadUnreadable
    """
    issues: list[Issue] = []
    root = read_payload(raw, compiled.format, issues)
    stated = "xml:lang" in raw.payload
    reading: Any = compiled.walk.read(root, compiled.slots, context.language, languages=stated)
    if reading.unexpected:
        issues.append(issue("namespace_unexpected", excerpt=reading.unexpected))
    if isinstance(reading, MarcReading):
        issues.extend(reading.notes)
    unit = Unit(compiled, reading.slots, reading.filled, raw, context)
    unit.issues = issues
    return unit
