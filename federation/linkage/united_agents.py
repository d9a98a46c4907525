"""The agents of a unified record: who is named twice, for two things that they did, stands once with all their roles.

A record names whom it enters as author and again as translator twice, and two catalogues give one person other roles.
Whom dates of life or an authority's numbers tell apart stay two, and who is one of them, but not which, stands alone.
Who made a thing and who published it stay apart under one name: lists of makers and of publishers read them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from federation.linkage.statements import Statement, sourced
from mappings.schema.agents import Agent, AgentIdentifier, is_maker
from mappings.schema.folding import fold
from mappings.schema.text import Variant
from mappings.schema.unified import Sourced

#: what stands before the number: an address without its scheme, or a code in brackets
_AUTHORITY = re.compile(r"(?:https?://(?:www\.)?(?P<address>.+[/#])|(?P<code>\([^()]+\))\s*)?(?P<number>[^/#]+)/?")
#: numbers of an authority that is not named
_UNNAMED = "authority:"


def united(statements: Sequence[Statement[Agent]]) -> tuple[Sourced[Agent], ...]:
    """Each agent once, in the words of the member that speaks first; what departs from these stands beside them."""
    if len(statements) == 1:
        return (sourced(statements[0]),)
    by_name: dict[tuple[str, bool], list[int]] = {}
    for number, statement in enumerate(statements):
        by_name.setdefault((fold(statement.value.name.value), is_maker(statement.value)), []).append(number)
    groups = [sorted(group) for numbers in by_name.values() for group in _parted(statements, numbers)]
    return tuple([_together([statements[number] for number in group]) for group in sorted(groups)])


def _parted(statements: Sequence[Statement[Agent]], numbers: list[int]) -> list[list[int]]:
    """Statements under one name, by whom they speak of; those that say most find their place first."""
    if len(numbers) == 1:
        return [numbers]
    homes: list[list[int]] = []
    unclear: list[int] = []
    for number in sorted(numbers, key=lambda number: -_says(statements[number].value)):
        fitting = [home for home in homes if all(_is_one(statements[each], statements[number]) for each in home)]
        if len(fitting) > 1 and not _are_one([statements[home[0]] for home in fitting]):
            fitting = [home for home in fitting if any(_agree(statements[each], statements[number]) for each in home)]
            (fitting[0] if len(fitting) == 1 else unclear).append(number)
        elif fitting:
            fitting[0].append(number)
        else:
            homes.append([number])
    return [*homes, unclear] if unclear else homes


def _says(agent: Agent) -> int:
    """How much tells the agent from others of the name."""
    return bool(agent.dates) + bool(agent.ids)


def _are_one(statements: Sequence[Statement[Agent]]) -> bool:
    """Whether neither lives nor authorities part them: a person and a body of one name are told by their kinds."""
    first = statements[0].value
    return all(
        (not each.value.dates or not first.dates or each.value.dates == first.dates)
        and not _told_apart(statements[0], each)
        for each in statements[1:]
    )


def _is_one(one: Statement[Agent], other: Statement[Agent]) -> bool:
    """Whether nothing says that two of a name are two; catalogues that agree on the roles may differ in the rest."""
    a, b = one.value, other.value
    if _told_apart(one, other):
        return False
    agree = (not a.kind or not b.kind or a.kind == b.kind) and (not a.dates or not b.dates or a.dates == b.dates)
    return agree or _agree(one, other)


def _agree(one: Statement[Agent], other: Statement[Agent]) -> bool:
    """Whether two catalogues say that the name did the same."""
    return one.speaker != other.speaker and _deeds(one.value.roles) == _deeds(other.value.roles)


def _told_apart(one: Statement[Agent], other: Statement[Agent]) -> bool:
    """Whether an authority that both are named by knows them as two."""
    if not one.value.ids or not other.value.ids:
        return False
    here, there = ({_number(each) for each in said.value.ids} for said in (one, other))
    if here & there:
        return False
    shared = {authority for authority, _ in here} & {authority for authority, _ in there}
    # a number without the name of its authority is known in its own catalogue
    return bool(shared - {_UNNAMED} if one.speaker != other.speaker else shared)


def _number(each: AgentIdentifier) -> tuple[str, str]:
    """Authority and number: of `http://viaf.org/viaf/1` and of `(DE-588)1` the authority stands before the number."""
    found = _AUTHORITY.fullmatch(each.value.strip())
    if found is None:
        return f"{each.scheme}:", each.value
    return f"{each.scheme}:{found['address'] or found['code'] or ''}".lower(), found["number"]


def _deeds(roles: Iterable[str]) -> tuple[str, ...]:
    """`cre` of one format is `aut` of another."""
    return tuple(["cre" if role == "aut" else role for role in roles])


def _together(group: Sequence[Statement[Agent]]) -> Sourced[Agent]:
    if len(group) == 1:
        return sourced(group[0])
    whole = _whole([statement.value for statement in group])
    told = [each._replace(value=whole) if _adds_nothing(each.value, whole) else each for each in group[1:]]
    return sourced(group[0]._replace(value=whole), told)


def _whole(agents: Sequence[Agent]) -> Agent:
    """The first as it is named, with what only others say of it."""
    first = agents[0]
    return msgspec.structs.replace(
        first,
        kind=next((agent.kind for agent in agents if agent.kind), None),
        roles=_roles(agents),
        dates=next((agent.dates for agent in agents if agent.dates), None),
        ids=tuple(dict.fromkeys(each for agent in agents for each in agent.ids)),
        variants=_variants(first, agents),
    )


def _roles(agents: Iterable[Agent]) -> tuple[str, ...]:
    """Each deed once, by the code that was given first."""
    found: dict[str, str] = {}
    for agent in agents:
        for role, deed in zip(agent.roles, _deeds(agent.roles), strict=True):
            found.setdefault(deed, role)
    return tuple(found.values())


def _variants(first: Agent, agents: Iterable[Agent]) -> tuple[Variant, ...]:
    """Other forms of the name, each once."""
    found = {each.value: each for each in first.variants}
    for variant in (each for agent in agents for each in agent.variants):
        if variant.value != first.name.value:
            found.setdefault(variant.value, variant)
    return tuple(found.values())


def _adds_nothing(agent: Agent, whole: Agent) -> bool:
    """Whether all that it says stands in the whole."""
    said = (agent.kind or whole.kind, agent.dates or whole.dates)
    return agent.name.value == whole.name.value and said == (whole.kind, whole.dates)
