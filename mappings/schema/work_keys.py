"""Keys of the work that a thing is an edition or a translation of: things of one author and one title share a key.

There is a key for the uniform title, under which catalogues put the original one too, and one for the title proper.
So a translation meets its original by the first, and editions that nobody gave a uniform title by the second. Keys
gather what is found; they never join what is described.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mappings.schema.agents import Agent, is_maker
from mappings.schema.folding import words
from mappings.schema.record import OtherTitle

#: relator codes of those who wrote, where their part is stated
_AUTHORS = frozenset({"aut", "cre"})


class WorkKey(NamedTuple):
    """A key, and the title that it is made of."""

    key: str
    title: str


def work_keys(title: str, titles: Iterable[OtherTitle], agents: Sequence[Agent]) -> tuple[WorkKey, ...]:
    """The keys, that of the uniform title first; none of what has no maker."""
    author = _name(_author(agents))
    uniform = [each.value for each in titles if each.kind == "uniform"][:1]
    found = {key: WorkKey(key, each) for each in (title, *uniform) if (key := _key(author, each))}
    return tuple(found.values())[::-1]


def _key(author: str, title: str) -> str:
    told = " ".join(words(title))
    return hashlib.sha256(f"{author}\0{told}".encode()).hexdigest()[:16] if author and told else ""


def _author(agents: Sequence[Agent]) -> str:
    """Who wrote it; where nobody is said to have, the first who had a part in it, such as an editor."""
    makers = [agent for agent in agents if is_maker(agent)]
    authors = (agent for agent in makers if not agent.roles or not _AUTHORS.isdisjoint(agent.roles))
    return next((agent.name.value for agent in (*authors, *makers)), "")


def _name(name: str) -> str:
    """A name without its dates, whichever of its parts comes first."""
    return " ".join(sorted(word for word in words(name) if not any(map(str.isdigit, word))))
