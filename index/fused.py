"""Hits by words and by meaning as one list, page by page.

What is near comes from vectors that may be older than the index: every candidate passes the index itself under the
reader's visibility and filters, so a stale vector reveals nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

import msgspec

from index.display import unpack
from index.engine import Engine, Top
from index.fusion import MOST_PLACES, Fused, fuse
from index.nearness import Nearness, NearnessUnavailable
from index.query import primitives as p
from index.query.model import Words
from index.request import SearchRequest
from index.understanding import Asking
from mappings.schema.folding import words

#: candidates are looked up in so many steps, until enough of them may be seen under the filters
_STEPS = (0, 100, 500, 2_100, 6_400)


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the list."""

    #: hits by words alone
    total: int
    displays: tuple[bytes, ...]
    #: ids of hits that have been found by meaning alone, on any page
    added: frozenset[str] = frozenset()
    #: meaning was asked for and could not be had
    away: bool = False


def asks_meaning(request: SearchRequest, asking: Asking) -> bool:
    """Whether a request is of plain words in the order of relevance: no code, quote, field, mask or operator."""
    tree = asking.tree
    plain = asking.recognises and isinstance(tree, Words) and tree.field is None
    named = bool(words(request.text)) and not any(map(_is_code, request.text.split()))
    return request.takes_meaning and plain and named


def _is_code(word: str) -> bool:
    """A number that is no year, or digits among letters or separators."""
    digits = sum(each.isdecimal() for each in word)
    return (bool(digits) and not (len(word) <= 4 and digits == len(word))) or "/" in word


class Meaning:
    """What one request means: near things that its reader may see, looked up once."""

    def __init__(self, engine: Engine, nearness: Nearness, text: str, narrowed: tuple[p.Primitive, ...]) -> None:
        self._engine, self._nearness, self._text, self._narrowed = engine, nearness, text, narrowed
        self._found: dict[str, bytes] | None = None

    def visible(self) -> dict[str, bytes]:
        """Id -> display of what is near, nearest first; raises NearnessUnavailable."""
        if self._found is None:
            self._found = self._looked_up()
        return self._found

    def _looked_up(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start, end in pairwise(_STEPS):
            if len(found) >= MOST_PLACES or not (part := self._nearness.near(self._text, end)[start:end]):
                break
            seen = by_id(self._engine.top(self._among(part), "key", 0, len(part)).displays)
            found |= {id_: seen[id_] for id_ in part if id_ in seen}
        return found

    def _among(self, ids: Sequence[str]) -> p.Primitive:
        return p.Bool(must=(p.filtered(p.Terms("cluster_id", tuple(ids))), *self._narrowed))


def by_id(displays: Sequence[bytes]) -> dict[str, bytes]:
    """Displays by the ids of their clusters, in their order."""
    return {unpack(each).id: each for each in displays}


def place(
    engine: Engine,
    query: p.Primitive,
    meaning: Meaning,
    share: Callable[[bytes], float],
    pinned: Collection[str],
    offset: int,
    room: int,
) -> Placed:
    """The page at `offset`.

    share    of the query's words in a hit, 0 to 1
    pinned   what stands before all others whatever the query means
    """
    first = engine.top(query, "relevance", 0, MOST_PLACES)
    said = by_id(first.displays)
    try:
        near = meaning.visible()
    except NearnessUnavailable:
        top = engine.top(query, "relevance", offset, room)
        return Placed(total=top.total, displays=top.displays, away=True)
    lead = tuple(id_ for id_ in said if id_ in pinned)
    by_words = tuple(id_ for id_ in said if id_ not in pinned)
    by_meaning = tuple(id_ for id_ in near if id_ not in pinned)
    fused = fuse(by_words, by_meaning, share(said[by_words[0]]) if by_words else 0.0)
    shown = [said.get(id_) or near[id_] for id_ in (*lead, *fused.ids)[offset : offset + room]]
    rest = _behind(engine, query, first, fused, offset + len(shown), room - len(shown))
    return Placed(total=first.total, displays=(*shown, *rest), added=fused.added)


def _behind(engine: Engine, query: p.Primitive, first: Top, fused: Fused, offset: int, room: int) -> tuple[bytes, ...]:
    """Hits by words behind those that were fused."""
    if room <= 0 or first.total <= len(first.displays):
        return ()
    return engine.top(query, "relevance", offset - len(fused.added), room).displays
