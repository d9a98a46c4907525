"""A request answered from an engine: the same above every engine.

One pass carries hits, the counts of facets in which nothing is chosen, and bars; each facet with a choice is counted by
a pass of its own without that choice, so that a facet's selection never narrows its own counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from index.best_bets import beside
from index.chips import chips
from index.display import Display, Shown, hit_of, unpack
from index.engine import Engine, Wanted
from index.fields import FACETS
from index.fused import Meaning, asks_meaning
from index.highlight import mark, snippets
from index.histogram import UNITS, histogram
from index.nearness import Nearness
from index.orders import SortBy
from index.parts import Part, fused_part, part_of
from index.query import primitives as p
from index.query.asked import asked_words, required
from index.query.budget import afforded
from index.query.compile import dated, half_matching, narrowing
from index.ranking.reasons import reasons
from index.ranking.sought import sought_by
from index.relaxing import steps
from index.request import FacetFilter, SearchRequest, View
from index.results import (
    FacetCount,
    HistogramUnit,
    Notice,
    Reason,
    Relaxed,
    SearchAnswer,
    SearchHit,
    WayOut,
)
from index.sounding import understood
from index.spelling import near_among
from index.understanding import Asking, canonical
from index.ways_out import Near, ways_out
from mappings.schema.access import Visibility
from mappings.schema.folding import words

#: values of a facet that can be had
MOST_VALUES = 100
#: up to so many hits other spellings are offered
_LITTLE = 2


def answer(engine: Engine, request: SearchRequest, nearness: Nearness | None = None) -> SearchAnswer:
    """The answer; with `nearness` also by meaning. Raises QueryInvalid under strict syntax."""
    asking = understood(engine, request)
    meaning = None
    if nearness is not None and asks_meaning(request, asking):
        meaning = Meaning(engine, nearness, request.text, _narrowed(request, asking))
    near = near_among(engine.common_words)
    found = _found(engine, request, asking, meaning)
    if not asking.recognises:
        ways = () if found.total else _ways_out(engine, request, asking, near)
        return replace(_told(engine, request, asking, found), ways_out=ways)
    if found.total:
        ways = _spellings(engine, request, asking, found.total, near)
        return replace(_told(engine, request, asking, found), ways_out=ways)
    wider = _relaxed(engine, request, asking, meaning, near) or _told(engine, request, asking, found)
    return replace(
        wider,
        chips=chips(asking.tree, asking.readings),
        query=canonical(asking),
        ways_out=_ways_out(engine, request, asking, near),
    )


def _spellings(engine: Engine, request: SearchRequest, asking: Asking, total: int, near: Near) -> tuple[WayOut, ...]:
    """Other spellings that find more, where little was found."""
    if request.relax == "off" or total > _LITTLE:
        return ()
    ways = _ways_out(engine, request, asking, near)
    return tuple(way for way in ways if way.kind == "spelling" and way.count > total)


def _relaxed(
    engine: Engine, request: SearchRequest, asking: Asking, meaning: Meaning | None, near: Near
) -> SearchAnswer | None:
    """What the first step finds that finds anything; nothing where the reader wants no steps."""
    for step in steps(engine, request, asking, near) if request.relax == "auto" else ():
        if (found := _found(engine, request, step.asking, meaning)).total:
            told = _told(engine, request, step.asking, found)
            return replace(told, relaxed=Relaxed(step=step.step, text=step.text), reached=None)
    return None


def _found(engine: Engine, request: SearchRequest, asking: Asking, meaning: Meaning | None) -> Part:
    """The hits of a request as it is read."""
    query = whole_query(request, asking)
    if meaning is None:
        return part_of(engine, request, query, sort_of(request, asking))
    return fused_part(engine, request, query, meaning, lambda best: _share(best, asking, request))


def _told(engine: Engine, request: SearchRequest, asking: Asking, part: Part) -> SearchAnswer:
    """The answer with these hits, and what is counted beside them."""
    facets, bars = _counted(engine, request, asking, whole_query(request, asking))
    return SearchAnswer(
        total=part.total,
        semantic_added=len(part.added),
        hits=tuple(_shown(unpack(display), asking, request, part.added) for display in part.displays),
        facets=facets,
        histogram=histogram(bars, request) if bars else None,
        understood=asking.understood,
        chips=chips(asking.tree, asking.readings),
        notices=(*asking.notices, *(_AWAY if part.away else ()), *_trimmed(asking)),
        query=canonical(asking),
        commit=engine.commit,
        page=max(request.page, 1),
        page_size=part.page_size,
        before=part.before,
        reached=part.reached,
    )


#: words alone answer: what means the same could not be asked for
_AWAY = (Notice(position=0, length=0, code="meaning_away"),)
#: many words: not all of their forms and names are looked for
_TRIMMED = (Notice(position=0, length=0, code="forms_trimmed"),)


def _trimmed(asking: Asking) -> tuple[Notice, ...]:
    return _TRIMMED if afforded(asking.meant).is_trimmed and not asking.is_half else ()


def _share(display: bytes, asking: Asking, request: SearchRequest) -> float:
    """How much of the query's words a hit has, 0 to 1."""
    asked = required(asked_words(request.text))
    told = " ".join(text for reason in _hit(unpack(display), asking, request).why for text in reason.asked)
    return sum(each.text in told for each in asked) / len(asked) if asked else 0.0


def _shown(display: Display, asking: Asking, request: SearchRequest, added: frozenset[str]) -> SearchHit:
    """A hit; of one that was found by meaning alone only those reasons are told that are true of it."""
    hit = _hit(display, asking, request)
    if display.id not in added:
        return hit
    stands = tuple(each for each in hit.why if each.clause == "words" and each.words and each.how != "named")
    return replace(hit, semantic=True, why=(Reason(clause="meaning", field="meaning", how="semantic"), *stands))


def _ways_out(engine: Engine, request: SearchRequest, asking: Asking, near: Near) -> tuple[WayOut, ...]:
    return ways_out(
        request,
        asking,
        count=lambda wider, read: engine.count(whole_query(wider, read)),
        near=near,
    )


def whole_query(request: SearchRequest, asking: Asking, *, without: str | None = None) -> p.Primitive:
    """The query with everything that narrows it; the reader's visibility above all."""
    narrowed = _narrowed(request, asking, without=without)
    asked = half_matching(asking.meant) if asking.is_half else afforded(asking.meant).primitive
    return p.Bool(must=(beside(asked, request.pinned), *narrowed))


def _narrowed(request: SearchRequest, asking: Asking, *, without: str | None = None) -> tuple[p.Primitive, ...]:
    """The reader's visibility and everything else that narrows a query, whatever it asks."""
    narrowed = narrowing(request, without=without)
    return narrowed if asking.dates is None else (*narrowed, p.filtered(dated(asking.dates)))


def count_of(engine: Engine, visibility: Visibility, view: View) -> int:
    """How many documents of a view a reader may see."""
    return engine.count(p.Bool(must=narrowing(SearchRequest(visibility=visibility, view=view))))


def sort_of(request: SearchRequest, asking: Asking) -> SortBy:
    """The order of the hits; where nothing scores, that of the order key."""
    if request.sort == "id" or (request.sort == "relevance" and not asking.scores):
        return "key"
    return request.sort


def _counted(
    engine: Engine, request: SearchRequest, asking: Asking, query: p.Primitive
) -> tuple[dict[str, tuple[FacetCount, ...]], dict[HistogramUnit, dict[int, int]]]:
    chosen = {each.facet for each in request.filters}
    size = min(max(request.facet_size, 1), MOST_VALUES)
    facets = tuple(each for each in dict.fromkeys(request.facets) if each in FACETS)
    plain = tuple(each for each in facets if each not in chosen)
    wanted = Wanted(facets=plain, size=size, units=UNITS if request.histogram else ())
    counts = engine.counts(query, wanted) if plain or wanted.units else None
    values = dict(counts.facets) if counts else {}
    for facet in facets:
        if facet in chosen:
            own = _choices(request.filters, facet)
            alone = whole_query(request, asking, without=facet)
            wanted = Wanted(facets=(facet,), size=size, also=tuple((facet, value) for value in own))
            values |= engine.counts(alone, wanted).facets
    told = {facet: told_values(engine, request, facet, values[facet]) for facet in facets}
    return told, counts.units if counts else {}


def _choices(filters: Iterable[FacetFilter], facet: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for each in filters if each.facet == facet for value in each.values))


def told_values(
    engine: Engine, request: SearchRequest, facet: str, counts: Sequence[tuple[str, int]]
) -> tuple[FacetCount, ...]:
    """Counted values with their labels; those without hits only where they are chosen."""
    chosen = _choices(request.filters, facet)
    shown = [(value, count) for value, count in counts if count or value in chosen]
    labels = engine.labels(facet, [value for value, _ in shown])
    return tuple(
        FacetCount(value=value, label=labels.get(value, value), count=count, selected=value in chosen)
        for value, count in shown
    )


def facet_values(
    engine: Engine, request: SearchRequest, facet: str, contains: str, limit: int
) -> tuple[FacetCount, ...]:
    """Values of one facet whose label holds the words `contains`, counted under the request without its own choices."""
    asking = understood(engine, request)
    query = whole_query(request, asking, without=facet)
    folded = " ".join(words(contains))
    if not folded:
        return told_values(
            engine, request, facet, engine.counts(query, Wanted(facets=(facet,), size=limit)).facets[facet]
        )
    found = engine.values_labelled(query, facet, folded, limit)
    wanted = Wanted(facets=(facet,), size=0, also=tuple((facet, value) for value in found))
    counts = engine.counts(query, wanted).facets[facet] if found else ()
    return told_values(engine, request, facet, sorted(counts, key=lambda each: (-each[1], each[0])))


def _hit(display: Display, asking: Asking, request: SearchRequest) -> SearchHit:
    sought = sought_by(asking.meant)
    title = mark(Shown("title", display.title), sought)
    texts = [mark(each, sought) for each in display.texts if each.text != display.title] if sought else []
    shown = [each for each in texts if each.column not in ("code_text", "context") or not title.found]
    return replace(
        hit_of(display, request.prefer),
        title_spans=title.spans,
        snippets=snippets(shown) if sought else (),
        why=(*_pinned(display, request), *reasons(asking.meant, display, [title, *texts])),
    )


def _pinned(display: Display, request: SearchRequest) -> tuple[Reason, ...]:
    return (Reason(clause="pinned", field="pinned", how="pinned"),) if display.id in request.pinned else ()
