"""One unit while it is mapped: what the source gave, what feed and header say, and running each rule over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from mappings.engine.around import said_around
from mappings.engine.chain import Ran, Watcher
from mappings.engine.column_selectors import ColumnSelector
from mappings.engine.compiled import Compiled
from mappings.engine.conditions import Source, holds
from mappings.engine.draft import Draft
from mappings.engine.finishing import finished, leaves_of, make_object
from mappings.engine.json_walk import JsonNode
from mappings.engine.looking import BUDGET, LookedTooLong, Looking
from mappings.engine.made import Made, Place
from mappings.engine.marc_walk import MarcNode
from mappings.engine.outcome import Context
from mappings.engine.program import Member, Program, Value
from mappings.engine.run_chain import run_chain
from mappings.engine.standing import Standing
from mappings.engine.values import Item, Note
from mappings.schema.access import Access
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord

_PLACE = itemgetter(0)


class UnitRejected(Exception):
    """The unit cannot be mapped; carries the issue."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.code)
        self.issue = found


class Unit:
    """What the rules of one unit may read, and what they have made so far."""

    __slots__ = (
        "_filled",
        "_sources",
        "at_work",
        "compiled",
        "draft",
        "issues",
        "looking",
        "most_steps",
        "sets",
        "slots",
        "standing",
        "steps",
        "uncounted",
        "watch",
    )

    def __init__(
        self,
        compiled: Compiled,
        slots: list[Any],
        filled: list[int],
        raw: RawRecord,
        context: Context,
        looking: Looking | None = None,
    ) -> None:
        self.compiled, self.slots, self._filled = compiled, slots, filled
        self._sources = compiled.sources
        self.sets = raw.set_specs
        self.draft = Draft()
        self.issues: list[Issue] = []
        self.steps = 0
        #: what selectors have looked at, and the steps that this leaves for the rules
        self.looking = looking or Looking()
        self.most_steps = BUDGET - self.looking.steps
        #: its place in a finding aid; None where the record is one unit
        self.standing: Standing | None = None
        #: its access before the end of a closure was counted
        self.uncounted: Access | None = None
        #: the rule that runs alone, to name it where it comes to no end
        self.at_work = ""
        #: told each step of each rule while a record is explained
        self.watch: Watcher | None = None
        for slot, selector in compiled.constants:
            if found := said_around(selector, raw, context):
                slots[slot] = found
                filled.append(slot)

    @property
    def level(self) -> str:
        """The level as set so far, else the default one."""
        held = self.draft.single.get("level")
        return str(held.value) if held else self.compiled.default_level

    def items(self, source: Source) -> Sequence[Any]:
        """The values (or nodes) of the first alternative that has any; none where there is no node to read at."""
        for slot in self._sources[source] if isinstance(source, int) else ():
            if found := self.slots[slot]:
                return found  # type: ignore[no-any-return]
        return ()

    def run(self) -> None:
        """Runs the rules that find something to read; what they make stands there in their order.

        raises  UnitRejected
        """
        before, steps, looks = len(self.issues), self.steps, self.looking.looks
        if self.watch is None and self.draft.is_empty:
            if self._run_by_slot():
                return
            # one after the other, to name the rule that goes over the budget
            del self.issues[before:]
            self.draft, self.steps, self.looking.looks = Draft(), steps, looks
        rules = self.compiled.by_slot
        self.run_all([rules.at[place] for place in sorted(rules.reading(self._filled))])

    def _run_by_slot(self) -> bool:
        """The rules that take each value alone first, slot by slot, then all in their order; False over the budget."""
        rules, slots, steps, most = self.compiled.by_slot, self.slots, self.steps, self.most_steps
        places = set(rules.always)
        found: list[tuple[Place, Made | None, str]] = []
        for slot in self._filled:
            places.update(rules.alone[slot])
            together = rules.together[slot]
            if together is None:
                continue
            known, items = together.kept.results, slots[slot]
            together.kept.asked += len(items)
            for item in items:
                key = item.text if item.lang is None and item.twin is None else (item.text, item.lang, item.twin)
                took = known.get(key)
                if took is None:
                    took = together.take(key, item)
                steps += took.steps
                if steps > most:
                    return False
                for made in took.made:
                    found.append((made.place, made, item.path))
        self.steps = steps
        found += [(place, None, "") for place in places]
        found.sort(key=_PLACE)
        return self._write(found)

    def _write(self, found: Sequence[tuple[Place, Made | None, str]]) -> bool:
        """What was made of values goes to its place, and the other rules run between; False over the budget."""
        draft, at = self.draft, self.compiled.by_slot.at
        for place, made, path in found:
            if made is None:
                self._one(at[place])
                if self.steps > self.most_steps:
                    return False
                continue
            program = made.program
            if made.field:
                draft.append(made.field, made.values, (program.id, path))
            else:
                for value in made.values:
                    draft.put(program.target, value, (program.id, path))
            for note in made.notes:
                self._note(note, program)
        return True

    def run_all(self, programs: Sequence[Program]) -> None:
        """Runs the rules one after the other; one that goes over the budget ends where it does.

        raises  UnitRejected
        """
        for program in programs:
            self._one(program)
            if self.steps > self.most_steps:
                raise UnitRejected(_over_budget(program))

    def _one(self, program: Program) -> None:
        self.at_work = program.id
        if program.of_value is None or self.watch is not None:
            self._run_looking(program)
        elif program.switch is None or holds(program.switch, None, self):
            for alternatives in program.slots:
                for slot in alternatives:
                    if items := self.slots[slot]:
                        self._values(program, program.of_value, self._sieved(program, items))
                        break

    def _values(self, program: Program, of_value: Callable[[Item], Ran], items: Sequence[Item]) -> None:
        """A rule whose values go their way alone: each is looked up before it is worked out."""
        kept, target = program.kept, program.target
        known = kept.results
        appending = target.append and not target.leaf
        kept.asked += len(items)
        most = self.most_steps
        for item in items:
            key = item.text if item.lang is None and item.twin is None else (item.text, item.lang, item.twin)
            ran = known.get(key)
            if ran is None:
                ran = of_value(item)
                kept.add(key, len(item.text), ran)
            self.steps += ran.steps
            if self.steps > most:
                return
            if ran.values:
                origin = (program.id, item.path)
                if appending:
                    self.draft.append(target.field, ran.values, origin)
                else:
                    for value in ran.values:
                        self.draft.put(target, value, origin)
            for note in ran.notes:
                self._note(note, program)

    def _sieved(self, program: Program, items: Sequence[Item]) -> Sequence[Item]:
        sieve = program.sieve
        return items if sieve is None else [item for item in items if sieve(item.text, self)]

    def _run_looking(self, program: Program) -> None:
        """A rule that may look at more than the walk has found."""
        try:
            self._run(program)
        except LookedTooLong as over:
            raise UnitRejected(_over_budget(program)) from over

    def _run(self, program: Program) -> None:
        """Any rule, one value or node after the other."""
        if program.switch is not None and not holds(program.switch, None, self):
            return
        if program.const is not None:
            self._const(program)
        elif program.each is not None:
            for node in self.items(program.each):
                self._node(program, node)
                self.most_steps = BUDGET - self.looking.steps
                if self.steps > self.most_steps:
                    break
        else:
            self._stream(program)

    def _const(self, program: Program) -> None:
        self.steps += 1
        value = Value(value=program.const, leaves=leaves_of(program.const))
        self.draft.put(program.target, value, (program.id, ""), const=program.switch is None)

    def _stream(self, program: Program) -> None:
        """All values of the rule, one by one where each goes its way alone."""
        items = [item for source in program.sources for item in self.items(source)]
        if program.filter is not None:
            items = [item for item in items if holds(program.filter, item.text, self)]
        if not items:
            return
        for part in [[item] for item in items] if program.chain.is_by_value else [items]:
            ran = finished(run_chain(program.chain, part, self.watch), program.target.shape)
            self.steps += ran.steps
            if self.steps > self.most_steps:
                return
            self._keep(program, ran, part[0].path)

    def _node(self, program: Program, node: Any) -> None:
        """The object of one node of an `each`, or an object of each text that its `do` gives."""
        text = node.text if isinstance(node, Item) else _node_text(node)
        if program.filter is not None and not holds(program.filter, text, _AtNode(self, node)):
            return
        for part in self._parts(program, node):
            ran = self._made(program, part)
            self.steps += ran.steps
            if self.steps > self.most_steps:
                return
            self._keep(program, ran, node.path)

    def _parts(self, program: Program, node: Any) -> Sequence[Any]:
        if not program.chain.steps:
            return (node,)
        ran = run_chain(program.chain, (node,), self.watch)
        self.steps += ran.steps
        for note in ran.notes:
            self._note(note, program)
        return ran.values

    def _made(self, program: Program, node: Any) -> Ran:
        """The object of one node; what a MARC field gives depends on the field alone."""
        if not isinstance(node, MarcNode) or self.watch is not None or not program.reads_node_only:
            return self._make(program, node)
        key = (node.field, node.lang)
        program.kept.asked += 1
        ran = program.kept.results.get(key)
        if ran is None:
            ran = self._make(program, node)
            field = node.field
            program.kept.add(key, sum([len(value) for _, value in field.subfields + field.twin]), ran)
        return ran

    def _make(self, program: Program, node: Any) -> Ran:
        return make_object(program.target.shape.type, program.members, lambda member: self._read(member, node))

    def _read(self, member: Member, node: Any) -> Sequence[Item]:
        """The values of a member at the node; each entry gives its first alternative with a value."""
        found: list[Item] = []
        for alternatives in member.sources:
            for alternative in alternatives:
                items = self.relative(alternative, node)
                if items:
                    found.extend(items)
                    break
        if member.filter is not None:
            here = _AtNode(self, node)
            found = [item for item in found if holds(member.filter, item.text, here)]
        return found

    def relative(self, alternative: Any, node: Any) -> Sequence[Item]:
        """What one alternative of a member finds at the node."""
        if isinstance(alternative, int):
            return self.items(alternative)
        if isinstance(node, Item) and not isinstance(alternative, ColumnSelector):
            return (node,) if alternative == () else ()
        if alternative == ():
            text = _node_text(node)
            return (Item(text=text, lang=node.lang, path=node.path),) if text else ()
        return self.compiled.walk.items(node, alternative)

    def _keep(self, program: Program, ran: Ran, path: str) -> None:
        origin = (program.id, path)
        target = program.target
        for value in ran.values:
            self.draft.put(target, value, origin)
        for note in ran.notes:
            self._note(note, program)

    def _note(self, note: Note, program: Program) -> None:
        found = issue(note.code, field=program.target.text, rule=program.id, excerpt=note.excerpt)
        if note.reject:
            raise UnitRejected(found)
        self.issues.append(found)


class _AtNode:
    """The unit as a condition sees it from one node of an `each`."""

    __slots__ = ("_node", "_unit", "level", "sets")

    def __init__(self, unit: Unit, node: Any) -> None:
        self._unit, self._node = unit, node
        self.level, self.sets = unit.level, unit.sets

    def items(self, source: Source) -> Sequence[Item]:
        """The values of the first alternative that has any."""
        if isinstance(source, int):
            return self._unit.items(source)
        found = (self._unit.relative(alternative, self._node) for alternative in source)
        return next(filter(None, found), ())


def unit_at(
    compiled: Compiled, element: Any, raw: RawRecord, context: Context, *, language: str | None, languages: bool
) -> Unit:
    """The unit that the crosswalk's selectors find at an element, with what was odd about it among its issues.

    language   of texts that state none
    languages  whether any element may state one
    raises     UnitRejected where they look at more than a unit may cost; PayloadUnreadable
    """
    try:
        reading: Any = compiled.walk.read(element, compiled.slots, language, languages=languages)
    except LookedTooLong as over:
        readers = compiled.by_slot.readers[over.slot]
        found = _over_budget(compiled.by_slot.at[readers[0]]) if readers else issue("budget_steps")
        raise UnitRejected(found) from over
    unit = Unit(compiled, reading.slots, reading.filled, raw, context, getattr(reading, "looking", None))
    if reading.unexpected:
        unit.issues.append(issue("namespace_unexpected", excerpt=reading.unexpected))
    unit.issues += getattr(reading, "notes", ())
    return unit


def _over_budget(program: Program) -> Issue:
    return issue("budget_steps", field=program.target.text, rule=program.id)


def _node_text(node: Any) -> str:
    if isinstance(node, JsonNode):
        return node.text
    if isinstance(node, MarcNode):
        return " ".join(value.strip() for value in node.field.values("")).strip()
    return "".join(node.element.itertext()).strip()
