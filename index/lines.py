"""The lines of a page of hits: what of each is marked, why it is there, and what it stands for among gathered ones."""

from __future__ import annotations

from msgspec.structs import replace

from index.display import Display, Shown, hit_of, preferred, unpack
from index.grouping import Row
from index.highlight import mark, snippets
from index.parts import Part
from index.ranking.reasons import reasons
from index.ranking.sought import sought_by
from index.request import SearchRequest
from index.results import HitGroup, Reason, SearchHit
from index.understanding import Asking
from index.unread import named_beside


def lines_of(part: Part, asking: Asking, request: SearchRequest) -> tuple[SearchHit, ...]:
    """The hits of a page; of gathered ones the best of each row, with what it stands for."""
    if part.groups is None:
        return tuple(_line(display, asking, request, part.added) for display in part.displays)
    return tuple(_of_row(row, asking, request) for row in part.rows)


def _of_row(row: Row, asking: Asking, request: SearchRequest) -> SearchHit:
    first, *others = (_line(display, asking, request, frozenset()) for display in row.displays)
    if not row.value:
        return first
    group = HitGroup(value=row.value, label=_label(request, first), count=row.count, others=tuple(others))
    return replace(first, group=group)


def _label(request: SearchRequest, first: SearchHit) -> str:
    """Title of the fonds, which may be hidden or the hit itself; of a work that of the hit."""
    return first.ancestors[0] if request.group == "fonds" and first.ancestors else first.title


def _line(display: bytes, asking: Asking, request: SearchRequest, added: frozenset[str]) -> SearchHit:
    """A hit; of one that was found by meaning alone only those reasons are told that are true of it."""
    hit = line_of(unpack(display), asking, request)
    if hit.id not in added:
        return hit
    stands = tuple(each for each in hit.why if each.clause == "words" and each.words and each.how != "named")
    return replace(hit, semantic=True, why=(Reason(clause="meaning", field="meaning", how="semantic"), *stands))


def line_of(held: Display, asking: Asking, request: SearchRequest) -> SearchHit:
    """One hit with what of it is marked and why it is there."""
    display, sought = preferred(held, request.prefer), sought_by(asking.meant)
    title = mark(Shown("title", display.title), sought)
    texts = [mark(each, sought) for each in display.texts if each.text != display.title] if sought else []
    unread = named_beside([title, *texts], sought)
    shown = [each for each in texts if each.column not in ("code_text", "context") or not title.found]
    return replace(
        hit_of(display),
        title_spans=title.spans,
        snippets=snippets(shown) if sought else (),
        why=(*_pinned(display, request), *reasons(asking.meant, display, [title, *texts, *unread])),
    )


def _pinned(display: Display, request: SearchRequest) -> tuple[Reason, ...]:
    return (Reason(clause="pinned", field="pinned", how="pinned"),) if display.id in request.pinned else ()
