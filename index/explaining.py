"""Why a record is not found, or not first: every part of a search tried on that record alone.

A record that the reader may not see is told exactly as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from index.code_order import ordered, tiers_of
from index.display import unpack
from index.engine import Engine
from index.parts import MOST_HITS
from index.query import primitives as p
from index.query.canonical import printed
from index.query.compile import dated, matching, narrowing
from index.query.model import And, Either, Phrase, QueryNode, Words
from index.questions import sort_of, whole_query
from index.request import LAST_HIT, SearchRequest
from index.sounding import understood
from index.understanding import Asking


class PartTried(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the search, and whether the record answers it."""

    #: words, condition, filter, dates
    kind: str
    #: in the search box's notation; of a filter facet and values
    text: str
    answers: bool


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one record in one search."""

    id: str
    #: the reader may see it in this view
    is_there: bool
    #: the whole search finds it
    is_found: bool = False
    #: its place among the hits, from 1; None where it is not found, or behind the thousandth
    rank: int | None = None
    total: int = 0
    parts: tuple[PartTried, ...] = ()


def explain(engine: Engine, request: SearchRequest, id_: str) -> Explained:
    """What became of a cluster or record in a search; raises QueryInvalid under strict syntax."""
    asking = understood(engine, request)
    base = narrowing(msgspec.structs.replace(request, filters=()))
    own = p.filtered(p.any_of((p.Term("cluster_id", id_), p.Term("record_id", id_))))
    if not engine.count(p.Bool(must=(own, *base))):
        return Explained(id=id_, is_there=False)
    query = whole_query(request, asking)
    is_found = engine.count(p.Bool(must=(query, own))) > 0
    return Explained(
        id=id_,
        is_there=True,
        is_found=is_found,
        rank=_rank(engine, request, asking, id_) if is_found else None,
        total=engine.count(query),
        parts=tuple(_tried(engine, request, asking, p.Bool(must=(own, *base)))),
    )


def _rank(engine: Engine, request: SearchRequest, asking: Asking, id_: str) -> int | None:
    query = whole_query(request, asking)
    sort, tiers = sort_of(request, asking), tiers_of(engine, request, asking, query)
    for offset in range(0, LAST_HIT, MOST_HITS):
        displays = [unpack(each) for each in ordered(engine, query, sort, offset, MOST_HITS, tiers).displays]
        for number, display in enumerate(displays, offset + 1):
            if id_ in (display.id, display.record):
                return number
        if len(displays) < MOST_HITS:
            break
    return None


def _tried(engine: Engine, request: SearchRequest, asking: Asking, own: p.Bool) -> Iterator[PartTried]:
    def answers(primitive: p.Primitive) -> bool:
        return engine.count(p.Bool(must=(own, p.filtered(primitive)))) > 0

    for part in asking.meant.of if isinstance(asking.meant, And) else (asking.meant,):
        yield from (
            PartTried(kind=_kind(each), text=printed(each), answers=answers(matching(each))) for each in _of(part)
        )
    for choice in request.filters:
        alone = narrowing(msgspec.structs.replace(request, filters=(choice,)))
        text = f"{choice.facet}: {', '.join(choice.values)}"
        yield PartTried(kind="filter", text=text, answers=answers(p.Bool(must=alone)))
    if asking.dates is not None:
        yield PartTried(kind="dates", text=printed(asking.dates), answers=answers(dated(asking.dates)))


def _of(part: QueryNode) -> tuple[QueryNode, ...]:
    """Unquoted words one by one, so that the missing one is seen, and what they may mean; the rest as it stands."""
    match part:
        case Words(text=text, field=field):
            return tuple(Words(text=each, field=field) for each in text.split())
        case Either(text=text, meaning=meaning):
            named = meaning.of if isinstance(meaning, And) else (meaning,)
            return (*(Words(text=each) for each in text.split()), *(each for each in named if not _is_text(each)))
    return (part,)


def _is_text(part: QueryNode) -> bool:
    """Whether it is another name, or other words."""
    return isinstance(part, Words) or (isinstance(part, Phrase) and part.field is None)


def _kind(part: QueryNode) -> str:
    return "words" if isinstance(part, Words) else "condition"
