"""A crosswalk applied to one raw record: every record has an outcome, and no input raises.

Order within a unit: skip, rules, compose, defaults, require and mandatory fields, cut, quality, hash.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from mappings.engine.access_composed import own_statement
from mappings.engine.compiled import Compiled
from mappings.engine.compose import compose
from mappings.engine.conditions import holds
from mappings.engine.draft import Draft
from mappings.engine.outcome import Context, Deleted, Mapped, MappedUnit, Outcome, Rejected, Skipped
from mappings.engine.payload import PayloadUnreadable, read_payload
from mappings.engine.run_chain import run_chain
from mappings.engine.running import run_rules
from mappings.engine.sections import Opened, opened
from mappings.engine.split import Part, parts_of
from mappings.engine.standing import Above, FindAbove, Placement, Standing, last_day
from mappings.engine.unit import Unit, UnitRejected, unit_at
from mappings.engine.values import stated_language
from mappings.schema.access import AccessStatement, inherit
from mappings.schema.ids import record_id
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord
from mappings.schema.record import CatalogueRecord


def apply(compiled: Compiled, raw: RawRecord, context: Context, find: FindAbove | None = None) -> Outcome:
    """What becomes of `raw`: catalogue records, or the reason why there is none.

    find    gives the record above, by the crosswalk's `parent`; without it a record is all that it says itself
    """
    if raw.deleted:
        return Deleted()
    if raw.quality == "quarantined":
        return Rejected(issue=issue("quarantined", excerpt=raw.identifier))
    try:
        found = opened(compiled, raw, context)
        if found.compiled.split is not None:
            return apply_to_units(found.compiled, found.raw, context, said=found.said, find=find)
        return _applied(found, context, find)
    except (PayloadUnreadable, UnitRejected) as refused:
        return Rejected(issue=refused.issue)


def _applied(found: Opened, context: Context, find: FindAbove | None) -> Outcome:
    """What becomes of a record of one unit.

    raises  PayloadUnreadable, UnitRejected
    """
    compiled, raw = found.compiled, found.raw
    unit = read_unit(compiled, raw, context)
    unit.draft = found.said or unit.draft
    for skip in compiled.skips:
        if holds(skip.when, None, unit):
            return Skipped(reason=skip.reason)
    unit.standing = standing_of(unit, raw, find)
    run_rules(unit)
    mapped = compose(unit, raw, context)
    if unit.standing is None:
        return Mapped(units=(mapped,))
    return Mapped(units=(mapped,), placement=unit.standing.placement(above_of(unit, mapped.record)))


def standing_of(unit: Unit, raw: RawRecord, find: FindAbove | None) -> Standing | None:
    """The place of a record that is one unit; None where the crosswalk names no `parent`."""
    if find is None or unit.compiled.parent is None:
        return None
    return Standing(id=record_id(raw.feed, raw.named)).under(parent_of(unit), find)


def parent_of(unit: Unit) -> str:
    """The native identifier of the record above, by the crosswalk's `parent`; empty where the record names none."""
    parent = unit.compiled.parent
    if parent is None:
        return ""
    items = [item for source in parent.sources for item in unit.items(source)]
    ran = run_chain(parent.chain, items)
    unit.steps += ran.steps
    return str(ran.values[0].text).strip() if ran.values else ""


def above_of(unit: Unit, record: CatalogueRecord) -> Above:
    """A mapped unit as the units below it see it."""
    above = unit.standing.above if unit.standing else None
    return Above(record=record, access=unit.uncounted or record.access, end=last_day(record, above))


def read_unit(compiled: Compiled, raw: RawRecord, context: Context) -> Unit:
    """The record's payload, read by the crosswalk's selectors.

    raises  PayloadUnreadable, UnitRejected
    """
    issues: list[Issue] = []
    root = read_payload(raw, compiled.format, issues)
    stated = "xml:lang" in raw.payload
    unit = unit_at(compiled, root, raw, context, language=context.language, languages=stated)
    unit.issues = issues + unit.issues
    return unit


# --- finding aids -----------------------------------------------------------------------------------------------------

#: runs the rules of a unit; an explanation traces them
RunUnit = Callable[[Unit], None]


def apply_to_units(
    compiled: Compiled,
    raw: RawRecord,
    context: Context,
    run: RunUnit = run_rules,
    *,
    said: Draft | None = None,
    find: FindAbove | None = None,
) -> Outcome:
    """What becomes of a finding aid: a record a unit, parents first; a unit that cannot be mapped is passed over.

    The units below one that was refused stand under the next unit above it, those below a skipped one are skipped too.
    """
    issues: list[Issue] = []
    try:
        root = read_payload(raw, compiled.format, issues)
    except PayloadUnreadable as refused:
        return Rejected(issue=refused.issue)
    parts = parts_of(compiled, root, raw.feed, raw.named)
    if not parts:
        return Rejected(issue=issue("payload_empty", excerpt="no unit"))
    mapping = _Mapping(compiled, raw, context, run, find)
    mapping.said = said
    for part in parts:
        outcome = mapping.add(part, issues if part.above is None else [])
        if outcome is not None and part.above is None:
            return outcome
    return Mapped(units=tuple(mapping.units), refused=tuple(mapping.refused), placement=mapping.placement)


#: of a unit whose own statement is not known
_COVERED = AccessStatement(line="hidden", unread=True)


class _Mapping:
    """The units of one finding aid as they are mapped."""

    def __init__(
        self, compiled: Compiled, raw: RawRecord, context: Context, run: RunUnit, find: FindAbove | None
    ) -> None:
        self.compiled, self.raw, self.context, self.run, self.find = compiled, raw, context, run, find
        #: of the root unit, where there is a hierarchy across records
        self.placement: Placement | None = None
        self.states_languages = "xml:lang" in raw.payload
        #: what the wrapper of the finding aid says; it is said of the root unit
        self.said: Draft | None = None
        self.units: list[MappedUnit] = []
        self.refused: list[Issue] = []
        #: a part's number -> what its descendants stand under; None below a unit that was skipped
        self.above: list[Above | None] = []

    def add(self, part: Part, issues: list[Issue]) -> Rejected | Skipped | None:
        """Maps a part; what it comes to where there is no record of it."""
        above = self.above[part.above] if part.above is not None else None
        self.above.append(above)
        if part.above is not None and above is None:
            return self._passed(Skipped(reason="unit_skipped"), part)
        standing = Standing(
            id=part.id, unit_path=part.path, above=above, order=part.order, child_count=part.child_count
        )
        try:
            unit = self._read(part, standing, issues)
        except UnitRejected as refused:
            self._cover(above, _COVERED)
            return self._passed(Rejected(issue=refused.issue), part)
        for skip in self.compiled.skips:
            if holds(skip.when, None, unit):
                self.above[-1] = None
                return self._passed(Skipped(reason=skip.reason), part)
        try:
            self.run(unit)
        except UnitRejected as refused:
            # its statement of access may not have been read yet
            self._cover(above, _COVERED)
            return self._passed(Rejected(issue=refused.issue), part)
        try:
            mapped = compose(unit, self.raw, self.context)
        except UnitRejected as refused:
            self._cover(above, own_statement(unit.draft))
            return self._passed(Rejected(issue=refused.issue), part)
        self.units.append(mapped)
        here = self.above[-1] = msgspec.structs.replace(above_of(unit, mapped.record), label=part.label)
        if part.above is None and self._has_parent and unit.standing is not None:
            self.placement = unit.standing.placement(here)
        return None

    @property
    def _has_parent(self) -> bool:
        return self.find is not None and self.compiled.parent is not None

    def _cover(self, above: Above | None, own: AccessStatement) -> None:
        """Below a unit that was refused its access holds all the same."""
        if above is not None:
            access = inherit(above.access, own, parent_id=above.record.id)
            self.above[-1] = msgspec.structs.replace(above, access=access)

    def _passed(self, outcome: Rejected | Skipped, part: Part) -> Rejected | Skipped:
        found = outcome.issue if isinstance(outcome, Rejected) else issue(outcome.reason)
        self.refused.append(issue(found.code, field=found.field, rule=found.rule, excerpt=part.path))
        return outcome

    def _read(self, part: Part, standing: Standing, issues: list[Issue]) -> Unit:
        """The part's element, read by the crosswalk's selectors."""
        compiled = self.compiled
        stated = self.states_languages
        lang = _language(part.element) if stated else None
        unit = unit_at(
            compiled, part.element, self.raw, self.context, language=lang or self.context.language, languages=stated
        )
        # what is odd about the document is told once, of its root
        issues += unit.issues if part.above is None else ()
        unit.issues, unit.standing = issues, standing
        if part.above is None and self.said is not None:
            unit.draft = self.said
        if part.above is None and self.find is not None and self._has_parent:
            unit.standing = standing.under(parent_of(unit), self.find)
        if part.by_position:
            unit.issues.append(issue("id_by_position", excerpt=part.path))
        return unit


#: the code that runs while one part of a finding aid is mapped; it calls that part `part`
PART_IN_HAND = _Mapping.add.__code__

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _language(element: Any) -> str | None:
    """The language that the nearest element around states."""
    tags = (above.get(_LANG) for above in element.iterancestors())
    return next((stated_language(tag) for tag in tags if tag), None)
