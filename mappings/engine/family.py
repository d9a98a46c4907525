"""A crosswalk with its parents as one: rules in the order in which they run, tables and prefixes joined.

Rules that a child adds run before the parent's; a rule with a parent's id takes its place; `before` moves; `drop`
removes. Prefixes, tables and defaults are joined by key, the child's first; `skip` appends; a parent's tests stay its
own.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from mappings.engine.inputs import known_format
from mappings.engine.kinds import write
from mappings.engine.rules import Crosswalk, Rule
from mappings.errors import CrosswalkInvalid, CrosswalkMissing, Fault
from mappings.said import said

#: a crosswalk may stand on this many others
DEPTH = 4

#: a parent by its name and version; raises LookupError
FindParent = Callable[[str], Crosswalk]


def with_parents(child: Crosswalk, find: FindParent) -> Crosswalk:
    """`child` with everything that it takes from its parents.

    raises  CrosswalkInvalid: `parent_missing`, `parent_rule_unknown`, `format_changed`
    """
    return _joined(child, find, DEPTH)


def joined_to_check(child: Crosswalk, find: FindParent) -> Crosswalk:
    """`child` as far as it can be joined where its rules are named wrongly: for the faults of its rules, never to run.

    Rules of one name stand each by itself; names of no rule are passed over.

    raises  CrosswalkInvalid: `parent_missing`
    """
    parent = _parent(child, find, DEPTH) if child.extends else None
    first = {rule.id: number for number, rule in reversed(list(enumerate(child.rules)))}
    rules = [
        msgspec.structs.replace(rule, id=rule.id if first[rule.id] == number else f"{rule.id}#{number}", before="")
        for number, rule in enumerate(child.rules)
    ]
    format_ = "" if _other_format(child, parent) else child.format
    return _whole(msgspec.structs.replace(child, rules=tuple(rules), format=format_), parent)


def _joined(child: Crosswalk, find: FindParent, depth: int) -> Crosswalk:
    parent = _parent(child, find, depth) if child.extends else None
    faults = _unknown_rules(child, parent.rules if parent else ()) + _other_format(child, parent)
    if faults:
        raise CrosswalkInvalid(faults)
    return _whole(child, parent)


def _whole(child: Crosswalk, parent: Crosswalk | None) -> Crosswalk:
    if parent is None:
        return msgspec.structs.replace(child, rules=_moved(list(child.rules)))
    return msgspec.structs.replace(
        child,
        format=child.format or parent.format,
        key=child.key or parent.key,
        fill_down=child.fill_down or parent.fill_down,
        columns=child.columns or parent.columns,
        prefixes={**parent.prefixes, **child.prefixes},
        tables={**parent.tables, **child.tables},
        skip=parent.skip + child.skip,
        defaults=_defaults(child, parent),
        rules=_moved(_rules(child, parent)),
        split=child.split or parent.split,
        parent=child.parent or parent.parent,
        sections={**parent.sections, **child.sections},
    )


def _parent(child: Crosswalk, find: FindParent, depth: int) -> Crosswalk:
    place = child.places.get("extends", child.place)
    name, _, version = child.extends.partition("@")
    if depth == 0:
        raise CrosswalkInvalid([place.fault("parent_missing", said("more than %(most)s parents", most=DEPTH))])
    if not version:
        fault = place.fault("parent_missing", said("%(name)s is not pinned", name=name), write(f"{name}@1"))
        raise CrosswalkInvalid([fault])
    try:
        found = find(child.extends)
    except LookupError as error:
        why = error.why if isinstance(error, CrosswalkMissing) else said("there is no crosswalk %(name)s", name=name)
        raise CrosswalkInvalid([place.fault("parent_missing", why)]) from None
    return _joined(found, find, depth - 1)


def _other_format(child: Crosswalk, parent: Crosswalk | None) -> list[Fault]:
    """An `input` of another kind than the parent's: what its tags and elements mean, and which are private, differs."""
    own, above = known_format(child.format), known_format(parent.format if parent else "")
    if own is None or above is None or (own.walk, own.keeps_private) == (above.walk, above.keeps_private):
        return []
    place = child.places.get("input", child.place)
    why = said("%(parent)s reads %(format)s, of which other parts are private", parent=child.extends, format=above.name)
    return [place.fault("format_changed", why, said("extend a base that reads %(format)s", format=own.name))]


def _unknown_rules(child: Crosswalk, parents: tuple[Rule, ...]) -> list[Fault]:
    """`drop` and `before` that name no rule, and ids that stand twice."""
    known = {rule.id for rule in parents}
    place = child.places.get("drop", child.place)
    faults = [
        place.fault("parent_rule_unknown", said("the parent has no rule %(rule)s", rule=name))
        for name in child.drop
        if name not in known
    ]
    own: set[str] = set()
    for rule in child.rules:
        if rule.id in own:
            faults.append(rule.place.fault("yaml_invalid", said("the rule %(rule)s stands twice", rule=rule.id)))
        own.add(rule.id)
        if rule.before and rule.before not in known | {other.id for other in child.rules}:
            why = said("there is no rule %(rule)s to stand before", rule=rule.before)
            faults.append(rule.place.fault("parent_rule_unknown", why))
    return faults


def _rules(child: Crosswalk, parent: Crosswalk) -> list[Rule]:
    """Added rules first, then the parent's in their order with replacements in place."""
    own = {rule.id: rule for rule in child.rules}
    inherited = {rule.id for rule in parent.rules}
    added = [rule for rule in child.rules if rule.id not in inherited]
    return added + [own.get(rule.id, rule) for rule in parent.rules if rule.id not in child.drop]


def _moved(rules: list[Rule]) -> tuple[Rule, ...]:
    for rule in [rule for rule in rules if rule.before]:
        rules.remove(rule)
        place = next((number for number, other in enumerate(rules) if other.id == rule.before), 0)
        rules.insert(place, rule)
    return tuple(rules)


def _defaults(child: Crosswalk, parent: Crosswalk) -> tuple[tuple[str, str, str | int | float | bool | None], ...]:
    own = {(target, leaf) for target, leaf, _ in child.defaults}
    return child.defaults + tuple(default for default in parent.defaults if default[:2] not in own)
