"""From a crosswalk to a program: selectors become one dispatch, transforms become functions, targets become places.

Compiling finds every fault of selectors, transforms, conditions and targets on its way; `check` adds what only shows
when all rules are seen together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from mappings.engine.by_slot import by_slot
from mappings.engine.by_value import OfValue, by_value, maker, of_parts
from mappings.engine.chain import Chain, compile_chain
from mappings.engine.compiled import Compiled, CompiledParent, CompiledSplit, Default, SkipWhen
from mappings.engine.conditions import (
    AT_NODE,
    NEEDS_NODE,
    Source,
    begins,
    compile_condition,
    faults_of,
    judge,
    own_test,
)
from mappings.engine.conditions import Compiled as CompiledCondition
from mappings.engine.constants import as_list, constant
from mappings.engine.finishing import leaves_of
from mappings.engine.inputs import Format, known_format
from mappings.engine.kept import Kept
from mappings.engine.kinds import about, kind, without, write
from mappings.engine.program import WHOLE, Member, Program
from mappings.engine.program import Value as Finished
from mappings.engine.rules import Condition, Crosswalk, Place, Rule, Split, Value
from mappings.engine.selector_invalid import SelectorInvalid
from mappings.engine.selectors import (
    ConstantSelector,
    Selector,
    XmlSelector,
    alternatives,
    parse_selector,
)
from mappings.engine.tables import Table, TableMissing, Tables, shipped
from mappings.engine.targets import Shape, TargetUnknown, fits, parse_target, required, settable
from mappings.engine.tests_of_text import TestOfText
from mappings.engine.walks import ABSOLUTE, takes, takes_inside, walk_over
from mappings.engine.xml_walk import XmlWalk
from mappings.errors import Fault
from mappings.said import Said, said


def compile_crosswalk(crosswalk: Crosswalk, own: Sequence[Table] = ()) -> tuple[Compiled | None, list[Fault]]:
    """The program of a crosswalk that has been joined with its parents, and what is wrong with its parts.

    own     tables that people keep; others ship
    None where not even the format is known.
    """
    found = known_format(crosswalk.format)
    if found is None:
        place = crosswalk.places.get("input", crosswalk.place)
        why = said("the format is not stated")
        if crosswalk.format:
            why = said("the format %(format)s is not read", format=crosswalk.format)
        return None, [place.fault("field_unknown", why, write("input: {format: oai_dc}"))]
    compiler = _Compiler(crosswalk, found, own)
    return compiler.run(), compiler.faults


class _Compiler:
    """Walks the crosswalk once, numbering sources and gathering faults."""

    def __init__(self, crosswalk: Crosswalk, format_: Format, own: Sequence[Table]) -> None:
        self.crosswalk = crosswalk
        self.own = {table.label: table for table in own}
        self.format = format_
        self.prefixes = {**format_.prefixes, **crosswalk.prefixes}
        #: those of selectors: names without a prefix are of the format's own namespace, where it has one
        self.spelt = {"": format_.bare, **self.prefixes}
        self.faults: list[Fault] = []
        self.columns = self.table_of("input", crosswalk.columns) if crosswalk.columns else None
        self.walk = walk_over(format_, self.prefixes, self.columns)
        self.slot_of: dict[tuple[Selector, bool], int] = {}
        self.source_of: dict[tuple[int, ...], int] = {}
        self.constants: list[tuple[int, ConstantSelector]] = []
        self.tables = Tables(dict(self._tables()))

    def _tables(self) -> Iterator[tuple[str, Table]]:
        for name, label in self.crosswalk.tables.items():
            yield name, self.table_of("tables", label)

    def table_of(self, key: str, label: str) -> Table:
        """The table of this label; an empty one where there is none, which is a fault at the key that names it."""
        try:
            return self.own.get(label) or shipped(label)
        except TableMissing as error:
            place = self.crosswalk.places.get(key, self.crosswalk.place)
            self.faults.append(place.fault("table_missing", error.why))
            return Table(name=label, version=0, rows={})

    def run(self) -> Compiled:
        programs = tuple(program for rule in self.crosswalk.rules if (program := self.rule(rule)) is not None)
        skips = tuple(
            SkipWhen(when=condition, reason=skip.reason)
            for skip in self.crosswalk.skip
            if (condition := self.condition(skip.when)) is not None
        )
        defaults = tuple(default for entry in self.crosswalk.defaults for default in self.default(*entry))
        parent = self.parent(self.crosswalk.parent)
        self.walk.close()
        level = next((entry.value.value for entry in defaults if entry.target.field == "level"), "")
        return Compiled(
            crosswalk=self.crosswalk,
            format=self.format,
            walk=self.walk,
            columns=self.columns,
            programs=programs,
            skips=skips,
            defaults=tuple(default for default in defaults if default.target.field != "access"),
            access_defaults=tuple(default for default in defaults if default.target.field == "access"),
            sources=tuple(self.source_of),
            constants=tuple(self.constants),
            slots=len(self.slot_of),
            by_slot=by_slot(programs, len(self.slot_of)),
            required=_required(programs),
            default_level=level,
            split=self.split(self.crosswalk.split),
            parent=parent,
        )

    def parent(self, parent: Value | None) -> CompiledParent | None:
        if parent is None:
            return None
        if self.crosswalk.sections:
            why = said("what a wrapper's sections describe has no parent in another record")
            self.faults.append(parent.place.fault("argument_wrong", why))
        chain = self.chain(parent)
        if chain.gives != "text":
            why = said("%(kind)s is no native identifier, which is text", kind=kind(chain.gives))
            self.faults.append(parent.place.fault("type_mismatch", why))
        sources = tuple(self.source(source, parent.place) for source in parent.sources)
        return CompiledParent(sources=sources, chain=chain)

    def split(self, split: Split | None) -> CompiledSplit | None:
        if split is None or not isinstance(self.walk, XmlWalk):
            return None
        self.walk.units = frozenset(split.each)
        found = [[self.selector(text, split.place) for text in parts] for parts in split.key]
        key = tuple(tuple(part for part in parts if isinstance(part, XmlSelector)) for parts in found)
        named = [self.selector(text, split.place) for text in alternatives(split.path)] if split.path else []
        path = tuple(part for part in named if isinstance(part, XmlSelector))
        if not (root := split.root or self.format.unit):
            why = said("split names no root, and %(format)s has none of its own", format=self.format.name)
            self.faults.append(split.place.fault("yaml_invalid", why, said("add %(what)s", what="`root: element`")))
        return CompiledSplit(root=root, each=frozenset(split.each), key=key, path=path)

    # --- sources --------------------------------------------------------------------------------------------------

    def selector(self, text: str, place: Place) -> Selector | None:
        try:
            return parse_selector(text, self.spelt)
        except SelectorInvalid as error:
            self.faults.append(place.fault(error.code, error.why))
            return None

    def source(self, text: str, place: Place, *, as_node: bool = False) -> int:
        """The number of a source with its alternatives."""
        slots = []
        for part in alternatives(text):
            selector = self.selector(part, place)
            if selector is not None:
                slots.append(self.slot(selector, place, as_node=as_node))
        return self.source_of.setdefault(tuple(slots), len(self.source_of))

    def slot(self, selector: Selector, place: Place, *, as_node: bool) -> int:
        known = self.slot_of.get((selector, as_node))
        if known is not None:
            return known
        slot = self.slot_of[selector, as_node] = len(self.slot_of)
        if isinstance(selector, ConstantSelector):
            self.constants.append((slot, selector))
        elif not takes(self.walk, slot, selector, as_node=as_node):
            why = said("this selector does not read %(format)s", format=self.format.name)
            self.faults.append(place.fault("selector_invalid", why))
        return slot

    def condition(self, condition: Condition | None, *, nodes: bool = False) -> CompiledCondition | None:
        if condition is None:
            return None
        wrong = faults_of(condition, self.tables)
        if not nodes and begins(condition, NEEDS_NODE):
            why = said("a selector that begins with ./ or $ reads at a node, and only each has nodes")
            wrong.append(condition.place.fault("selector_invalid", why))
        self.faults += wrong
        if wrong:
            return None
        return compile_condition(condition, lambda text: self.asked(text, condition.place, nodes), self.tables)

    def asked(self, text: str, place: Place, nodes: bool) -> Source:
        """What a condition reads: of the unit, or at the node."""
        at_node = text.startswith(AT_NODE if nodes else NEEDS_NODE)
        return self.relative(text, place) if at_node else self.source(text, place)

    def chain(self, value: Value) -> Chain:
        chain, faults = compile_chain(value.do, self.tables)
        self.faults += faults
        return chain

    # --- rules ----------------------------------------------------------------------------------------------------

    def rule(self, rule: Rule) -> Program | None:
        try:
            target = parse_target(rule.to)
        except TargetUnknown as error:
            self.faults.append(rule.place.fault("field_unknown", error.why))
            self.rest_of(rule)
            return None
        if rule.require not in ("", "reject", "warn", "default"):
            self.faults.append(rule.place.fault("argument_wrong", said("require is reject, warn or default")))
        value = rule.value
        chain, condition = self.chain(value), self.condition(value.when, nodes=bool(rule.each))
        members = self.members(value.make, target.shape, value.place) if value.make is not None else ()
        if value.make is None and value.const is None and not fits(chain.gives, target.shape):
            why = _unfit(chain.gives, rule.to, target.shape)
            self.faults.append(rule.place.fault("type_mismatch", why))
        at_node = value.when is not None and begins(value.when, AT_NODE)
        by_text = not at_node and all(member.reads_text_only for member in members)
        if rule.each and value.do and not (by_text and chain.is_by_value and chain.gives == "text"):
            why = said("do beside each gives single texts, of which make and when read `.` alone")
            self.faults.append(rule.place.fault("type_mismatch", why))
        alone = by_text and value.const is None
        filter_ = condition if condition is not None and not condition.is_switch else None
        test = own_test(filter_) if filter_ is not None else None
        of_value = _of_value(rule, chain, test, target.shape, members) if alone else None
        sources = tuple(self.source(source, value.place) for source in value.sources)
        each = self.source(rule.each, value.place, as_node=not by_text) if rule.each else None
        slots = list(self.source_of)
        return Program(
            id=rule.id,
            target=target,
            sources=sources,
            slots=tuple(slots[number] for number in (sources if each is None else (each,))),
            each=each,
            switch=condition if condition is not None and condition.is_switch else None,
            filter=filter_,
            sieve=judge(filter_) if filter_ is not None and test is None else None,
            chain=chain,
            const=self.const(value.const, target.shape, rule.place),
            members=members,
            require=rule.require,
            of_value=of_value,
            kept=Kept(),
            reads_node_only=all(member.reads_node_only for member in members),
        )

    def rest_of(self, rule: Rule) -> None:
        """The other faults of a rule whose target is unknown."""
        self.chain(rule.value)
        self.condition(rule.value.when)
        for source in rule.value.sources:
            self.source(source, rule.value.place)

    def members(self, make: dict[str, Value], shape: Shape, place: Place) -> tuple[Member, ...]:
        if not shape.is_struct:
            self.faults.append(
                place.fault("type_mismatch", said("%(kind)s has no members to make", kind=kind(shape.name)))
            )
            return ()
        known = settable(shape.type)
        missing = () if WHOLE in make else tuple(name for name in required(shape.type) if name not in make)
        if missing or not make:
            why = _unmade(missing, shape)
            self.faults.append(place.fault("mandatory_never_set", why))
        found = []
        for name, value in make.items():
            if name == WHOLE:
                found.append(self.member(name, value, msgspec.structs.replace(shape, many=False)))
                continue
            if name not in known:
                self.faults.append(value.place.fault("field_unknown", without(shape.name, name, known)))
                continue
            found.append(self.member(name, value, known[name]))
        return tuple(found)

    def member(self, name: str, value: Value, shape: Shape) -> Member:
        chain = self.chain(value)
        condition = self.condition(value.when, nodes=True)
        inner = self.members(value.make, shape, value.place) if value.make is not None else ()
        if value.make is None and value.const is None and not fits(chain.gives, shape):
            why = _unfit(chain.gives, name, shape)
            self.faults.append(value.place.fault("type_mismatch", why))
        return Member(
            name=name,
            shape=shape,
            sources=tuple(self.relative(source, value.place) for source in value.sources),
            const=as_list(self.const(value.const, shape, value.place), shape),
            default=self.const(value.default, shape, value.place),
            filter=condition,
            chain=chain,
            make=inner,
        )

    def relative(self, text: str, place: Place) -> tuple[Any, ...]:
        """Alternatives relative to the node; what stays absolute is a source of the unit."""
        found: list[Any] = []
        for part in alternatives(text):
            if part.startswith(ABSOLUTE):
                found.append(self.source(part, place))
            elif part == ".":
                found.append(())
            elif (selector := self.selector(part, place)) is None:
                continue
            elif takes_inside(self.walk, selector):
                found.append(selector)
            else:
                why = said(
                    "%(selector)s reads nothing inside of an each of %(format)s", selector=part, format=self.format.name
                )
                self.faults.append(place.fault("selector_invalid", why))
        return tuple(found)

    def const(self, value: Any, shape: Shape, place: Place) -> Any:
        """A constant in the type of its place."""
        if value is None:
            return None
        found = constant(value, shape)
        if found is None:
            hint = said("one of %(words)s", words=", ".join(shape.words)) if shape.words else None
            why = said("the value %(value)s does not fit %(kind)s", value=str(value), kind=kind(shape.name))
            self.faults.append(place.fault("type_mismatch", why, hint))
        return found

    def default(self, target_text: str, member: str, value: Any) -> list[Default]:
        place = self.crosswalk.places.get("defaults", self.crosswalk.place)
        name = target_text.replace("[]", "[0]") if member else target_text
        try:
            target = parse_target(f"{name}.{member}" if member else name)
        except TargetUnknown as error:
            self.faults.append(place.fault("field_unknown", about("defaults", error.why)))
            return []
        found = self.const(value, target.shape, place)
        if found is None:
            return []
        path = f"{target_text}.{member}" if member else target_text
        finished_value = Finished(value=found, leaves=leaves_of(found))
        return [Default(target=target, value=finished_value, origin=(f"default:{path}", ""))]


def _unfit(made: str, place: str, shape: Shape) -> Said:
    return said(
        "%(made)s does not fit %(place)s, which takes %(kind)s", made=kind(made), place=place, kind=kind(shape.name)
    )


def _unmade(missing: tuple[str, ...], shape: Shape) -> Said:
    if not missing:
        return said("make sets no member, without which there is no %(kind)s", kind=kind(shape.name))
    names = ", ".join(missing)
    return said("make sets no %(names)s, without which there is no %(kind)s", names=names, kind=kind(shape.name))


def _required(programs: tuple[Program, ...]) -> tuple[tuple[str, str, str], ...]:
    """What must stand in a record: `require` belongs to the target, and the strictest across rules holds."""
    asked: dict[str, tuple[str, str]] = {}
    for program in programs:
        if program.require in ("reject", "warn") and asked.get(program.target.field, ("", ""))[0] != "reject":
            asked[program.target.field] = (program.require, program.id)
    return tuple((field, require, rule) for field, (require, rule) in asked.items())


def _of_value(
    rule: Rule, chain: Chain, test: TestOfText | None, shape: Shape, members: tuple[Member, ...]
) -> OfValue | None:
    """The rule as a function of one value; None where its result depends on more than the value."""
    if not rule.each:
        return by_value(chain, shape, test) if not members and chain.is_by_value else None
    return by_value(chain, shape, test, of_parts(chain, maker(shape.type, members)))
