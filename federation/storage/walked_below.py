"""All that stands below a record, each before what stands below it, a part at a time; ids alone are read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

import sqlalchemy as sa

from federation.storage.standing_below import Step, parents_among, step, steps_below

#: siblings that are read in one go
_PAGE = 200
#: records above one another: longer chains are no finding aid
_DEEPEST = 100


class Component(NamedTuple):
    """A record below the one that was asked for, and how many steps below it."""

    id: str
    depth: int


def walked_below(
    connection: sa.Connection, top: str, audiences: Collection[str], *, after: str = "", limit: int
) -> list[Component]:
    """At most `limit` records below one, of those that one of `audiences` is for.

    after   the last one given: the walk goes on behind it; from the beginning where it stands elsewhere
    """
    return list(islice(_Walk(connection, audiences).behind(top, after), limit))


class _Walk:
    def __init__(self, connection: sa.Connection, audiences: Collection[str]) -> None:
        self._connection, self._audiences = connection, audiences

    def behind(self, top: str, after: str) -> Iterator[Component]:
        chain = self._chain(top, after)
        if chain:
            yield from self._below(after, len(chain) + 1)
        for depth, (parent, at) in zip(range(len(chain), 0, -1), chain, strict=True):
            yield from self._below(parent, depth, at)
        if not chain:
            yield from self._below(top, 1)

    def _chain(self, top: str, name: str) -> list[tuple[str, Step]]:
        """From a record upwards the one above and its own place there, to those directly below the top."""
        found: list[tuple[str, Step]] = []
        while name and name != top and len(found) < _DEEPEST:
            parent, at = step(self._connection, name, self._audiences)
            found.append((parent, at))
            name = parent
        return found if name == top else []

    def _below(self, parent: str, depth: int, after: Step | None = None) -> Iterator[Component]:
        if depth > _DEEPEST:
            return
        while page := steps_below(self._connection, parent, self._audiences, after=after, limit=_PAGE):
            above = parents_among(self._connection, [each.id for each in page], self._audiences)
            for each in page:
                yield Component(each.id, depth)
                if each.id in above:
                    yield from self._below(each.id, depth + 1)
            if len(page) < _PAGE:
                return
            after = page[-1]
