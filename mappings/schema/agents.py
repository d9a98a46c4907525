"""Persons, corporate bodies and families, and what they did for the material."""

from __future__ import annotations

from typing import Literal

import msgspec

from mappings.schema.text import Text, Variant

AgentKind = Literal["person", "corporate", "family"]

#: relator codes of those who publish, print, sell, own or give what others made
NO_MAKERS = frozenset({"pbl", "prt", "dst", "own", "fmo", "dnr"})


class AgentIdentifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An authority's identifier of an agent."""

    scheme: str
    value: str
    #: who stated it
    by: str | None = None


class Agent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An agent as named by one record."""

    name: Text
    kind: AgentKind | None = None
    #: MARC relator codes; a creator is `cre`
    roles: tuple[str, ...] = ()
    #: EDTF
    dates: str | None = None
    ids: tuple[AgentIdentifier, ...] = ()
    variants: tuple[Variant, ...] = ()


def is_maker(agent: Agent) -> bool:
    """Whether the agent made the content or had a part in it; one without a role did."""
    return not agent.roles or not NO_MAKERS.issuperset(agent.roles)
