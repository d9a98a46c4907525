"""The agents of a unified record: who is named twice, for two things that they did, stands once with all their roles.

A record names whom it enters as author and again as translator twice, and two catalogues give one person other roles.
Who made a thing and who published it stay apart under one name: lists of makers and of publishers read them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from federation.linkage.statements import Statement, sourced
from mappings.schema.agents import Agent, is_maker
from mappings.schema.folding import fold
from mappings.schema.text import Variant
from mappings.schema.unified import Sourced

Group = list[Statement[Agent]]


def united(statements: Sequence[Statement[Agent]]) -> tuple[Sourced[Agent], ...]:
    """Each agent once, in the words of the member that speaks first; what departs from these stands beside them."""
    if len(statements) == 1:
        return (sourced(statements[0]),)
    groups: list[Group] = []
    by_name: dict[tuple[str, bool], list[Group]] = {}
    for statement in statements:
        homes = by_name.setdefault((fold(statement.value.name.value), is_maker(statement.value)), [])
        home = next((group for group in homes if all(_is_one(each, statement) for each in group)), None)
        if home is None:
            home = []
            homes.append(home)
            groups.append(home)
        home.append(statement)
    return tuple([_together(group) for group in groups])


def _is_one(one: Statement[Agent], other: Statement[Agent]) -> bool:
    """Whether nothing says that two of a name are two; catalogues that agree on the roles may differ in the rest."""
    a, b = one.value, other.value
    agree = (not a.kind or not b.kind or a.kind == b.kind) and (not a.dates or not b.dates or a.dates == b.dates)
    return agree or (one.speaker != other.speaker and _deeds(a.roles) == _deeds(b.roles))


def _deeds(roles: Iterable[str]) -> tuple[str, ...]:
    """`cre` of one format is `aut` of another."""
    return tuple(["cre" if role == "aut" else role for role in roles])


def _together(group: Group) -> Sourced[Agent]:
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
