"""What an agent did, in the few words that most formats have (created, published, contributed), and when it lived."""

from __future__ import annotations

from mappings.schema.agents import Agent

#: MARC relator codes of those who made the work, not only contributed to it
_CREATORS = frozenset({"cre", "aut", "art", "cmp", "pht", "ctg", "arc", "scl", "cor"})
_PUBLISHERS = frozenset({"pbl", "isb"})


def dublin_core_element(agent: Agent) -> str:
    """`creator`, `contributor` or `publisher`."""
    if is_publisher(agent):
        return "publisher"
    return "creator" if is_creator(agent) else "contributor"


def is_publisher(agent: Agent) -> bool:
    """Whether the agent published or issued the work."""
    return not _PUBLISHERS.isdisjoint(agent.roles)


def is_creator(agent: Agent) -> bool:
    """Whether the agent made the work; one without a role is what the source calls the creator."""
    return not agent.roles or not _CREATORS.isdisjoint(agent.roles)


def life_years(agent: Agent) -> str | None:
    """The years of a life as catalogues write them: `1717-1763`, `1950-`."""
    return agent.dates.replace("/", "-").replace("..", "") if agent.dates else None
