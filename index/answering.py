"""A request answered from an engine: the same above every engine."""

from __future__ import annotations

from msgspec.structs import replace

from index.chips import chips
from index.code_order import tiers_of
from index.display import unpack
from index.engine import Engine
from index.facets import counted
from index.fused import Meaning, asks_meaning
from index.histogram import histogram
from index.lines import line_of, lines_of
from index.nearness import Nearness
from index.parts import Part, fused_part, gathered_part, part_of
from index.query.asked import asked_words, required
from index.query.budget import afforded
from index.questions import narrowed, sort_of, whole_query
from index.relaxing import steps
from index.request import SearchRequest
from index.results import (
    Notice,
    Relaxed,
    SearchAnswer,
    WayOut,
)
from index.sounding import understood
from index.spelling import near_among
from index.understanding import Asking, canonical
from index.ways_out import Near, ways_out

#: up to so many hits other spellings are offered
_LITTLE = 2


def answer(engine: Engine, request: SearchRequest, nearness: Nearness | None = None) -> SearchAnswer:
    """The answer; with `nearness` also by meaning. Raises QueryInvalid under strict syntax.

    What only some parts of the index found in time is told as that.
    """
    engine.take_parts()
    found = _answered(engine, request, nearness)
    return found if engine.is_whole else replace(found, exact=False, notices=(*found.notices, *_PARTIAL))


def _answered(engine: Engine, request: SearchRequest, nearness: Nearness | None) -> SearchAnswer:
    asking = understood(engine, request)
    meaning = None
    if nearness is not None and asks_meaning(replace(request, group="none"), asking):
        meaning = Meaning(engine, nearness, request.text, narrowed(request, asking))
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
            return replace(told, relaxed=Relaxed(step=step.step, text=step.text), reached=None, begun=None)
    return None


def _found(engine: Engine, request: SearchRequest, asking: Asking, meaning: Meaning | None) -> Part:
    """The hits of a request as it is read."""
    query = whole_query(request, asking)
    if request.group != "none":
        rows = gathered_part(engine, request, query, sort_of(request, asking))
        return replace(rows, leaves_meaning=meaning is not None)
    tiers = tiers_of(engine, request, asking, query)
    if meaning is None or tiers:
        return part_of(engine, request, query, sort_of(request, asking), tiers)
    return fused_part(engine, request, query, meaning, lambda best: _share(best, asking, request))


def _told(engine: Engine, request: SearchRequest, asking: Asking, part: Part) -> SearchAnswer:
    """The answer with these hits, and what is counted beside them."""
    facets, bars = counted(engine, request, asking, whole_query(request, asking))
    return SearchAnswer(
        total=part.total,
        groups=part.groups,
        semantic_added=len(part.added),
        hits=lines_of(part, asking, request),
        facets=facets,
        histogram=histogram(bars, request) if bars else None,
        understood=asking.understood,
        chips=chips(asking.tree, asking.readings),
        notices=(
            *asking.notices,
            *(_AWAY if part.away else ()),
            *(_NOT_GATHERED if part.leaves_meaning else ()),
            *_trimmed(asking),
        ),
        query=canonical(asking),
        commit=engine.commit,
        page=max(request.page, 1),
        page_size=part.page_size,
        before=part.before,
        reached=part.reached,
        begun=part.begun,
    )


#: a part of the index did not answer, or not in time
_PARTIAL = (Notice(position=0, length=0, code="partial"),)
#: words alone answer: what means the same could not be asked for
_AWAY = (Notice(position=0, length=0, code="meaning_away"),)
#: hits that are gathered are found by words alone
_NOT_GATHERED = (Notice(position=0, length=0, code="meaning_not_gathered"),)
#: many words: not all of their forms and names are looked for
_TRIMMED = (Notice(position=0, length=0, code="forms_trimmed"),)


def _trimmed(asking: Asking) -> tuple[Notice, ...]:
    return _TRIMMED if afforded(asking.meant).is_trimmed and not asking.is_half else ()


def _share(display: bytes, asking: Asking, request: SearchRequest) -> float:
    """How much of the query's words a hit has, 0 to 1."""
    asked = required(asked_words(request.text))
    told = " ".join(text for reason in line_of(unpack(display), asking, request).why for text in reason.asked)
    return sum(each.text in told for each in asked) / len(asked) if asked else 0.0


def _ways_out(engine: Engine, request: SearchRequest, asking: Asking, near: Near) -> tuple[WayOut, ...]:
    return ways_out(
        request,
        asking,
        count=lambda wider, read: engine.count(whole_query(wider, read)),
        near=near,
    )
