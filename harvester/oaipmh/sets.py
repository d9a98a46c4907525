"""Whether a repository still has a set that a feed lists (OAI-PMH 2.0, 4.6).

A set that is gone answers as one without changes does, with noRecordsMatch: what ListSets says tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from harvester.feeds import Feed
from harvester.oaipmh.client import Fetched
from harvester.oaipmh.identity import read_sets
from harvester.source import Source

#: why a run of a set ends that its repository does not have
SET_GONE = "set_gone"
#: pages of ListSets that are asked for; of a longer list nothing is said
_MOST_PAGES = 50
_SET_SPEC = re.compile(r"[A-Za-z0-9\-_.!~*'():]+")
_MOST_NEAR, _MOST_NAMED = 3, 10


def is_set_spec(text: str) -> bool:
    """Whether `text` can be a setSpec (2.6, and the schema)."""
    return _SET_SPEC.fullmatch(text) is not None


def is_excluded(set_specs: Collection[str], excluded: Collection[str]) -> bool:
    """Whether one of the sets of a record is left out, or lies below one that is."""
    return any(each == out or each.startswith(f"{out}:") for each in set_specs for out in excluded)


def is_listed(set_spec: str, known: Collection[str]) -> bool:
    """Whether a set, or one below it, is among those that a repository lists."""
    return any(each == set_spec or each.startswith(f"{set_spec}:") for each in known)


class Sets:
    """The sets of one repository, asked for when the first of them is doubted."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: frozenset[str] | None = None

    async def gone(self, feed: Feed, set_spec: str) -> str:
        """What speaks for it that the repository does not have the set any more; empty where nothing does."""
        if self._known is None:
            self._known = await self._listed(feed)
        return "" if not self._known or is_listed(set_spec, self._known) else lack_of(set_spec, self._known)

    async def _listed(self, feed: Feed) -> frozenset[str]:
        """The specs of all sets; none where the repository does not list them to their end."""
        found: set[str] = set()
        token = ""
        for _ in range(_MOST_PAGES):
            going_on = (("resumptionToken", token),) if token else ()
            fetched = await self._source.ask(feed, (("verb", "ListSets"), *going_on))
            sets = read_sets(fetched.body) if isinstance(fetched, Fetched) else ()
            if not isinstance(fetched, Fetched) or not sets or found.issuperset(sets):
                return frozenset()
            found.update(sets)
            token = fetched.page.token or ""
            if not token:
                return frozenset(found)
        return frozenset()


def lack_of(set_spec: str, known: Collection[str]) -> str:
    """Which set was looked for, and which there are: those that it may be called now, else the first of them."""
    near = get_close_matches(set_spec, sorted(known), _MOST_NEAR)
    named = ", ".join(near or sorted(known)[:_MOST_NAMED])
    if not known:
        return f"expected the set {set_spec}, found no sets"
    return f"expected the set {set_spec}, found {len(known)} others{', such as' if near else ':'} {named}"
