"""Things like one thing: they share its names and subjects, or the rare words of its title; each says what it shares.

Where the exchange searches by meaning, things that mean much the same join them, in one order (`index.fusion`).

What the thing shares with others is read from what the reader may see of it, and sought under the same visibility.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from index.display import Display, unpack
from index.engine import Engine
from index.fields import TEXT_COLUMNS, exact
from index.found import Found, found
from index.fusion import fuse
from index.nearness import Nearness, NearnessUnavailable
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
#: a subject or a maker in common says more than a word, or than who published both
_TELLING, _OTHER = 3.0, 1.0
#: of a feature that stands in more than this share of all things nothing follows; few things may always share it
_COMMONEST, _FEW = 0.2, 10
#: near things that are looked up; some of them may be gone
_NEAR = 3 * MOST


class _Feature(NamedTuple):
    """Something of the thing that others may share."""

    column: str
    #: as shown
    text: str
    tokens: tuple[str, ...]

    @property
    def primitive(self) -> p.Primitive:
        return side_by_side(exact(self.column), self.tokens)


def similar(
    engine: Engine, visibility: Visibility, cluster_id: str, limit: int = MOST, nearness: Nearness | None = None
) -> Found[SimilarHit]:
    """The things most like a cluster, best first; none where the reader may not know of it.

    Without itself, and without what stands above and below it: units of a finding aid share its words, and its page
    shows them already.
    """
    engine.take_parts()
    base = narrowing(SearchRequest(visibility=visibility))
    own = p.filtered(p.Term("cluster_id", cluster_id))
    shown = engine.top(p.Bool(must=(own, *base)), "key", 0, 1).displays
    if not shown:
        return found((), is_whole=engine.is_whole)
    wanted = min(max(limit, 1), MOST)
    thing = unpack(shown[0])
    weighed = _weighed(engine, base, thing)
    others = p.Bool(must=base, must_not=_around(thing))
    sharing = _sharing(engine, others, weighed, wanted)
    near = _near(engine, others, nearness, cluster_id)
    best = next(iter(sharing.values()), None)
    fused = fuse(tuple(sharing), tuple(near), _share(best, weighed) if best else 0.0)
    seen = near | sharing
    hits = [_hit(seen[id_], weighed, near=id_ in near) for id_ in fused.ids[:wanted]]
    return found(hits, is_whole=engine.is_whole)


def _around(thing: Display) -> tuple[p.Primitive, ...]:
    """The thing itself, what it stands below, and what stands below it."""
    found: list[p.Primitive] = [p.Term("cluster_id", thing.id)]
    if thing.above:
        found.append(p.Terms("record_id", thing.above))
    if thing.records:
        found.append(p.Terms("ancestors", thing.records))
    return tuple(found)


def _sharing(engine: Engine, others: p.Bool, weighed: dict[_Feature, float], limit: int) -> dict[str, Display]:
    """Other things that have some of the features, those with most of their weight first."""
    if not weighed:
        return {}
    should = tuple(p.Constant(feature.primitive, weight) for feature, weight in weighed.items())
    query = p.Bool(must=(p.Bool(should=should, minimum=1), *others.must), must_not=others.must_not)
    return _by_id(engine.top(query, "relevance", 0, limit).displays)


def _near(engine: Engine, others: p.Bool, nearness: Nearness | None, cluster_id: str) -> dict[str, Display]:
    """Things that mean much the same, of those that the reader may see; none while nothing can be said of meaning."""
    try:
        ids = nearness.alike(cluster_id, _NEAR) if nearness is not None else ()
    except NearnessUnavailable:
        ids = ()
    if not ids:
        return {}
    among = p.filtered(p.Terms("cluster_id", tuple(ids)))
    query = p.Bool(must=(among, *others.must), must_not=others.must_not)
    seen = _by_id(engine.top(query, "key", 0, len(ids)).displays)
    return {id_: seen[id_] for id_ in ids if id_ in seen}


def _by_id(displays: Sequence[bytes]) -> dict[str, Display]:
    return {each.id: each for each in map(unpack, displays)}


def _share(best: Display, weighed: dict[_Feature, float]) -> float:
    """How much of the weight of all features a thing has, 0 to 1."""
    return sum(weighed[each] for each in _shared(best, weighed)) / sum(weighed.values())


def _weighed(engine: Engine, base: tuple[p.Primitive, ...], thing: Display) -> dict[_Feature, float]:
    """The features that tell most, each with its weight: by kind, and by how few things have it."""
    things = engine.count(p.Bool(must=base))
    counted = {each: engine.count(p.Bool(must=(p.filtered(each.primitive), *base))) for each in _features(thing)}
    telling = {
        each: _weight(each, thing) * math.log(1 + things / count)
        for each, count in counted.items()
        if 1 < count <= max(_FEW, things * _COMMONEST)
    }
    best = sorted(telling, key=lambda each: (-telling[each], each))[:_FEATURES]
    return {each: telling[each] for each in best}


def _weight(feature: _Feature, thing: Display) -> float:
    is_telling = feature.column == "subject" or feature.text in thing.creators
    return _TELLING if is_telling else _OTHER


def _features(thing: Display) -> Iterable[_Feature]:
    texts = [(each.column, each.text) for each in thing.texts if each.column in ("creator", "subject")]
    named = [_Feature(column, text, tuple(words(text))) for column, text in texts if _says_something(text)]
    typed = [word for word in dict.fromkeys(words(thing.title)) if word not in STOP_WORDS]
    rare = [_Feature("title", word, (word,)) for word in typed if len(word) > 3][:_TITLE_WORDS]
    kept = {tuple(sorted(each.tokens)): each for each in reversed((*rare, *named[: 2 * _FEATURES]))}
    return kept.values()


def _says_something(text: str) -> bool:
    """Whether it is more than a class number."""
    said = words(text)
    return any(not word.isascii() or (word.isalpha() and len(word) > 2) for word in said)


def _shared(display: Display, weighed: dict[_Feature, float]) -> list[_Feature]:
    columns: dict[str, list[str]] = {column: [] for column in TEXT_COLUMNS}
    for each in display.texts:
        columns[each.column].append(f" {' '.join(words(each.text))} ")
    return [each for each in weighed if any(f" {' '.join(each.tokens)} " in text for text in columns[each.column])]


def _hit(display: Display, weighed: dict[_Feature, float], *, near: bool) -> SimilarHit:
    return SimilarHit(
        id=display.id,
        title=display.title,
        title_lang=display.title_lang,
        level=display.level,
        dates=display.dates,
        creators=display.creators,
        institutions=display.institutions,
        shared=tuple(dict.fromkeys(each.text for each in _shared(display, weighed))),
        near=near,
    )
