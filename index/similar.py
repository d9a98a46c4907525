"""Things like one thing: they share its names and subjects, or the rare words of its title; each says what it shares.

What the thing shares with others is read from what the reader may see of it, and sought under the same visibility.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from index.display import Display, unpack
from index.engine import Engine
from index.fields import TEXT_COLUMNS, exact
from index.query import primitives as p
from index.query.asked import STOP_WORDS
from index.query.compile import narrowing, side_by_side
from index.request import SearchRequest
from index.results import SimilarHit
from mappings.schema.access import Visibility
from mappings.schema.folding import words

MOST = 10
#: how many features are sought, and how many of a title are judged for their rarity
_FEATURES, _TITLE_WORDS = 12, 16
#: a name or a subject in common says more than a word
_WEIGHTS = {"creator": 3.0, "subject": 3.0, "title": 1.0}
#: of a feature that stands in more than this share of all things nothing follows; few things may always share it
_COMMONEST, _FEW = 0.2, 10


class _Feature(NamedTuple):
    """Something of the thing that others may share."""

    column: str
    #: as shown
    text: str
    tokens: tuple[str, ...]

    @property
    def primitive(self) -> p.Primitive:
        return side_by_side(exact(self.column), self.tokens)


def similar(engine: Engine, visibility: Visibility, cluster_id: str, limit: int = MOST) -> tuple[SimilarHit, ...]:
    """The things most like a cluster, best first, without itself; none where the reader may not know of it."""
    base = narrowing(SearchRequest(visibility=visibility))
    own = p.filtered(p.Term("cluster_id", cluster_id))
    shown = engine.top(p.Bool(must=(own, *base)), "key", 0, 1).displays
    weighed = _weighed(engine, base, unpack(shown[0])) if shown else {}
    if not weighed:
        return ()
    should = tuple(p.Constant(feature.primitive, weight) for feature, weight in weighed.items())
    query = p.Bool(must=(p.Bool(should=should, minimum=1), *base), must_not=(p.Term("cluster_id", cluster_id),))
    found = engine.top(query, "relevance", 0, min(max(limit, 1), MOST)).displays
    return tuple(_hit(unpack(each), weighed) for each in found)


def _weighed(engine: Engine, base: tuple[p.Primitive, ...], thing: Display) -> dict[_Feature, float]:
    """The features that tell most, each with its weight: by kind, and by how few things have it."""
    things = engine.count(p.Bool(must=base))
    counted = {each: engine.count(p.Bool(must=(p.filtered(each.primitive), *base))) for each in _features(thing)}
    telling = {
        each: _WEIGHTS[each.column] * math.log(1 + things / count)
        for each, count in counted.items()
        if 1 < count <= max(_FEW, things * _COMMONEST)
    }
    best = sorted(telling, key=lambda each: (-telling[each], each))[:_FEATURES]
    return {each: telling[each] for each in best}


def _features(thing: Display) -> Iterable[_Feature]:
    texts = [(each.column, each.text) for each in thing.texts if each.column in ("creator", "subject")]
    named = [_Feature(column, text, tuple(words(text))) for column, text in texts if _says_something(text)]
    typed = [word for word in dict.fromkeys(words(thing.title)) if word not in STOP_WORDS]
    rare = [_Feature("title", word, (word,)) for word in typed if len(word) > 3][:_TITLE_WORDS]
    kept = {tuple(sorted(each.tokens)): each for each in reversed((*rare, *named[: 2 * _FEATURES]))}
    return kept.values()


def _says_something(text: str) -> bool:
    """Whether it is more than a class number."""
    found = words(text)
    return any(not word.isascii() or (word.isalpha() and len(word) > 2) for word in found)


def _hit(display: Display, weighed: dict[_Feature, float]) -> SimilarHit:
    columns: dict[str, list[str]] = {column: [] for column in TEXT_COLUMNS}
    for each in display.texts:
        columns[each.column].append(f" {' '.join(words(each.text))} ")
    shared = [each for each in weighed if any(f" {' '.join(each.tokens)} " in text for text in columns[each.column])]
    return SimilarHit(
        id=display.id,
        title=display.title,
        title_lang=display.title_lang,
        level=display.level,
        dates=display.dates,
        creators=display.creators,
        institutions=display.institutions,
        shared=tuple(dict.fromkeys(each.text for each in shared)),
    )
