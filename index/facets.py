"""Values of facets, counted: a facet's own choices never narrow its own counts.

One pass counts the facets in which nothing is chosen, and bars; each with a choice is counted by a pass of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from index import centuries
from index.engine import Counts, Engine, Wanted
from index.fields import FACETS
from index.found import Found, found
from index.histogram import UNITS
from index.query import primitives as p
from index.query.compile import narrowing
from index.questions import whole_query
from index.request import FacetFilter, SearchRequest
from index.results import FacetCount, HistogramUnit
from index.sounding import understood
from index.understanding import Asking
from mappings.schema.folding import words

#: values of a facet that can be had
MOST_VALUES = 100
#: every facet that can be counted
COUNTED = (*FACETS, centuries.FACET)

Values = tuple[tuple[str, int], ...]
Bars = dict[HistogramUnit, dict[int, int]]


def counted(
    engine: Engine, request: SearchRequest, asking: Asking, query: p.Primitive
) -> tuple[dict[str, tuple[FacetCount, ...]], Bars]:
    """The facets of a request and, where it asks for them, what the bars hold."""
    facets = tuple(each for each in dict.fromkeys(request.facets) if each in COUNTED)
    chosen = {each.facet for each in request.filters}
    values, bars = _beside_hits(engine, request, query, tuple(each for each in facets if each not in chosen))
    for facet in facets:
        if facet in chosen:
            values[facet] = _alone(engine, request, asking, facet)
    return {facet: told_values(engine, request, facet, values[facet]) for facet in facets}, bars


def _beside_hits(
    engine: Engine, request: SearchRequest, query: p.Primitive, facets: tuple[str, ...]
) -> tuple[dict[str, Values], Bars]:
    """Facets in which nothing is chosen, and bars."""
    by_century = centuries.FACET in facets
    units = UNITS if request.histogram else (centuries.FACET,) if by_century else ()
    plain = tuple(each for each in facets if each != centuries.FACET)
    if not plain and not units:
        return {}, {}
    size = max((_size(request, each) for each in plain), default=1)
    counts = engine.counts(query, Wanted(facets=plain, size=size, units=units))
    values = {facet: found[: _size(request, facet)] for facet, found in counts.facets.items()}
    if by_century:
        values[centuries.FACET] = _centuries(counts, _size(request, centuries.FACET))
    return values, dict(counts.units) if request.histogram else {}


def _alone(engine: Engine, request: SearchRequest, asking: Asking, facet: str) -> Values:
    """A facet under everything but its own choices, which are always among its values."""
    query, own = whole_query(request, asking, without=facet), chosen_values(request.filters, facet)
    if facet == centuries.FACET:
        found = _centuries(engine.counts(query, Wanted(units=(centuries.FACET,))), MOST_VALUES)
        shown = found[: _size(request, facet)]
        rest = dict(found[len(shown) :])
        return (*shown, *((value, rest.get(value, 0)) for value in own if value not in dict(shown)))
    also = tuple((facet, value) for value in own)
    return engine.counts(query, Wanted(facets=(facet,), size=_size(request, facet), also=also)).facets[facet]


def _centuries(counts: Counts, size: int) -> Values:
    return centuries.valued(counts.units[centuries.FACET])[:size]


def _size(request: SearchRequest, facet: str) -> int:
    return min(max(dict(request.facet_sizes).get(facet, request.facet_size), 1), MOST_VALUES)


def chosen_values(filters: Iterable[FacetFilter], facet: str) -> tuple[str, ...]:
    """What is chosen or excluded in a facet."""
    return tuple(dict.fromkeys(value for each in filters if each.facet == facet for value in each.values))


def told_values(
    engine: Engine, request: SearchRequest, facet: str, counts: Sequence[tuple[str, int]]
) -> tuple[FacetCount, ...]:
    """Counted values with their labels; those without hits only where they are chosen."""
    own = [each for each in request.filters if each.facet == facet]
    taken = chosen_values((each for each in own if each.mode != "none"), facet)
    left_out = chosen_values((each for each in own if each.mode == "none"), facet)
    shown = [(value, count) for value, count in counts if count or value in taken or value in left_out]
    known = _seen(engine, request, facet, [value for value, count in shown if not count])
    labels = dict(_labels(engine, facet, [value for value, count in shown if count or value in known]))
    return tuple(
        FacetCount(
            value=value,
            label=labels.get(value, value),
            count=count,
            selected=value in taken,
            excluded=value in left_out,
        )
        for value, count in shown
    )


def _seen(engine: Engine, request: SearchRequest, facet: str, values: Sequence[str]) -> frozenset[str]:
    """Which of some values stand in anything that the reader may see: a label of the others may be what is hidden."""
    if not values or facet == centuries.FACET:
        return frozenset(values)
    everything = p.Bool(must=narrowing(SearchRequest(visibility=request.visibility, view=request.view)))
    wanted = Wanted(facets=(facet,), size=0, also=tuple((facet, value) for value in values))
    return frozenset(value for value, count in engine.counts(everything, wanted).facets[facet] if count)


def _labels(engine: Engine, facet: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    if facet == centuries.FACET:
        known = (value for value in values if centuries.number_of(value) is not None)
        yield from ((value, centuries.label_of(value)) for value in known)
    else:
        yield from engine.labels(facet, values).items()


def facet_values(engine: Engine, request: SearchRequest, facet: str, contains: str, limit: int) -> Found[FacetCount]:
    """Values of one facet whose label holds the words `contains`, counted under the request without its own choices.

    What only some parts of the index counted in time is told as that.
    """
    engine.take_parts()
    values = _facet_values(engine, request, facet, contains, limit)
    return found(values, is_whole=engine.is_whole)


def _facet_values(
    engine: Engine, request: SearchRequest, facet: str, contains: str, limit: int
) -> tuple[FacetCount, ...]:
    asking = understood(engine, request)
    query = whole_query(request, asking, without=facet)
    folded = " ".join(words(contains))
    if facet == centuries.FACET:
        bars = _centuries(engine.counts(query, Wanted(units=(centuries.FACET,))), MOST_VALUES)
        held = [each for each in bars if contains.strip() in centuries.label_of(each[0])]
        return told_values(engine, request, facet, held[:limit])
    if not folded:
        counts = engine.counts(query, Wanted(facets=(facet,), size=limit)).facets[facet]
        return told_values(engine, request, facet, counts)
    labelled = engine.values_labelled(query, facet, folded, limit)
    wanted = Wanted(facets=(facet,), size=0, also=tuple((facet, value) for value in labelled))
    own = engine.counts(query, wanted).facets[facet] if labelled else ()
    return told_values(engine, request, facet, sorted(own, key=lambda each: (-each[1], each[0])))
