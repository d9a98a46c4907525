"""A search as its doors ask it and show it: the parameters, the request they make, and the addresses beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlencode

import msgspec

from index.query.cql import CqlQuery, parse_cql
from index.query.model import DateMode
from index.query.wire import read_tree
from index.request import LAST_HIT, PAGE_SIZE, Group, Relaxing, SearchRequest, Semantic, Sort, View
from index.results import Chip, FacetCount, Histogram, SearchAnswer, WayOut
from mappings.schema.access import Visibility
from portal_api.http.parameters import as_pairs
from portal_api.views.bars import BarView, bars_of
from portal_api.views.filters import (
    CHOSEN_FACETS,
    SHOWN_FACETS,
    field_of,
    filters_of,
    parameter_of,
    without,
)

#: of one facet, before "more"
FACET_SIZE = 8

Page = Annotated[int, msgspec.Meta(ge=1)]
P = TypeVar("P", bound="SearchParameters")


class SearchParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What an address may ask; a facet may be repeated, its values are alternatives, those of `not.` are left out."""

    q: str = ""
    institution: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    creator: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    digital: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    fonds: tuple[str, ...] = ()
    work: tuple[str, ...] = ()
    century: tuple[str, ...] = ()
    not_institution: tuple[str, ...] = msgspec.field(default=(), name="not.institution")
    not_type: tuple[str, ...] = msgspec.field(default=(), name="not.type")
    not_level: tuple[str, ...] = msgspec.field(default=(), name="not.level")
    not_language: tuple[str, ...] = msgspec.field(default=(), name="not.language")
    not_creator: tuple[str, ...] = msgspec.field(default=(), name="not.creator")
    not_subject: tuple[str, ...] = msgspec.field(default=(), name="not.subject")
    not_place: tuple[str, ...] = msgspec.field(default=(), name="not.place")
    not_digital: tuple[str, ...] = msgspec.field(default=(), name="not.digital")
    not_access: tuple[str, ...] = msgspec.field(default=(), name="not.access")
    not_department: tuple[str, ...] = msgspec.field(default=(), name="not.department")
    not_rights: tuple[str, ...] = msgspec.field(default=(), name="not.rights")
    not_fonds: tuple[str, ...] = msgspec.field(default=(), name="not.fonds")
    not_work: tuple[str, ...] = msgspec.field(default=(), name="not.work")
    not_century: tuple[str, ...] = msgspec.field(default=(), name="not.century")
    #: only what can be seen online, or only what cannot
    online: bool | None = None
    #: records that it lies in, at any depth
    in_: tuple[str, ...] = msgspec.field(default=(), name="in")
    #: identifiers, several parted by commas; at most 100 (`search_faults`)
    ids: tuple[str, ...] = ()
    from_: str = msgspec.field(default="", name="from")
    to: str = ""
    dates: DateMode = "overlap"
    sort: Sort = "relevance"
    view: View = "merged"
    #: a row a fonds or a work
    group: Group = "none"
    prefer: str = ""
    relax: Relaxing = "auto"
    #: off: what means the same is left out where the words do not stand
    semantic: Semantic = "auto"
    page: Page = 1
    #: where to go on in an order that is walked, in place of a page
    cursor: str = ""
    ui: Literal["en", "zh-Hans", ""] = ""


class ApiSearchParameters(SearchParameters, frozen=True, kw_only=True):
    """What the API may be asked besides."""

    page_size: Annotated[int, msgspec.Meta(ge=0, le=100)] = PAGE_SIZE
    #: facets to count, each with how many values if not 20: `subject:5`
    facets: tuple[str, ...] = ()
    histogram: bool = False
    #: lenient reading gives notices, strict reading refuses
    strict: bool = False
    #: the query in CQL, or as a tree in JSON, in place of `q`
    cql: str = ""
    tree: str = ""


def request_of(
    parameters: SearchParameters, visibility: Visibility, *, facets: tuple[str, ...] = SHOWN_FACETS, page_size: int = 20
) -> SearchRequest:
    """The question to the index."""
    api = parameters if isinstance(parameters, ApiSearchParameters) else None
    asked = _notation(api)
    return SearchRequest(
        visibility=visibility,
        text=parameters.q,
        tree=asked.tree if asked else None,
        syntax="strict" if api and api.strict else "lenient",
        filters=filters_of(parameters),
        date_from=parameters.from_ or None,
        date_to=parameters.to or None,
        date_mode=parameters.dates,
        sort=asked.sort if asked and asked.sort != "relevance" else parameters.sort,
        page=parameters.page,
        page_size=page_size,
        facets=facets,
        facet_size=FACET_SIZE if api is None else 20,
        histogram=api is None or api.histogram,
        view=parameters.view,
        group=parameters.group,
        relax=parameters.relax,
        semantic=parameters.semantic,
        prefer=parameters.prefer or None,
        language=parameters.ui or "en",
    )


def _notation(parameters: ApiSearchParameters | None) -> CqlQuery | None:
    """A query that was not typed into a box; raises QueryInvalid."""
    if parameters is None or not (parameters.cql or parameters.tree):
        return None
    return parse_cql(parameters.cql) if parameters.cql else CqlQuery(tree=read_tree(parameters.tree))


class FacetView(msgspec.Struct, frozen=True, kw_only=True):
    """A facet with its values."""

    key: str
    values: tuple[FacetCount, ...]
    #: of all its values; None where those shown may be all
    more: str | None = None


class ChipView(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the query as it was understood, with the addresses that settle it."""

    chip: Chip
    without: str
    #: of words that name a time: the search for that time alone
    only: str | None
    #: of what may be one of several things: each, and the search for it alone
    readings: tuple[tuple[str, str], ...] = ()


class ChosenView(msgspec.Struct, frozen=True, kw_only=True):
    """A choice that narrows the search, with the address without it."""

    #: facet, or `in`, `ids`
    key: str
    value: str
    label: str
    excluded: bool
    address: str


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """The results page."""

    parameters: SearchParameters
    answer: SearchAnswer
    facets: tuple[FacetView, ...]
    bars: tuple[BarView, ...]
    histogram: Histogram | None
    #: of what has no date, and of what is of too long a time for bars of a century
    undated: str
    wide: str | None
    first: int
    last: int
    #: hits that pages reach
    most: int
    #: of the page before and after; None where there is none
    previous: str | None
    next: str | None
    #: there are hits that this order does not lead to
    ends_early: bool
    json: str
    atom: str
    #: of the form that keeps this search
    keep: str
    #: of the form that has it row by row
    build: str
    #: the chosen filters, each with the address without it
    chosen: tuple[ChosenView, ...]
    #: name and value of what the form of the page keeps and does not show
    kept: tuple[tuple[str, str], ...]
    #: of the rows of gathered hits: the address that opens each, by its value
    opened: dict[str, str]
    without_dates: str | None
    chips: tuple[ChipView, ...] = ()
    #: of a search that was relaxed: the search as it was asked
    as_asked: str | None = None
    #: of a search that found by meaning too: the words alone
    words_alone: str | None = None
    #: of a search without hits, or with few: other searches, each with its address
    ways: tuple[tuple[WayOut, str], ...] = ()


def _way_address(parameters: SearchParameters, way: WayOut) -> str:
    """What falls or is spelt otherwise; everything else stays as it was asked."""
    match way.kind:
        case "filter":
            return address("/search", parameters, **without(way.drop), page=1)
        case "dates":
            return address("/search", parameters, from_="", to="", page=1)
        case "spelling":
            return address("/search", parameters, q=way.text, relax="auto", page=1)
    return address("/search", parameters, q=way.text, page=1)


def _is_shown(way: WayOut, answer: SearchAnswer) -> bool:
    """Whether the hits are those of this way already."""
    return answer.relaxed is not None and way.text == answer.relaxed.text


def shown_hits(answer: SearchAnswer) -> int:
    """How many hits its pages have in all, those found by meaning alone among them; of gathered ones the rows."""
    return answer.total + answer.semantic_added if answer.groups is None else answer.groups


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """The cursors of a page of hits: on behind its last one, back before its first; empty where none leads there."""

    on: str = ""
    back: str = ""


def search_view(parameters: SearchParameters, answer: SearchAnswer, walk: Walk = Walk()) -> SearchView:  # noqa: B008
    """The view of an answer."""
    last = answer.before + len(answer.hits)
    facets = tuple(_facet(parameters, key, answer.facets.get(key, ())) for key in SHOWN_FACETS)
    following = _following(parameters, answer, walk.on)
    return SearchView(
        parameters=parameters,
        answer=answer,
        facets=tuple(facet for facet in facets if facet.values),
        bars=bars_of(
            answer.histogram, lambda bar: address("/search", parameters, page=1, from_=str(bar.first), to=str(bar.last))
        ),
        histogram=answer.histogram,
        undated=address("/search", parameters, page=1, century=("undated",)),
        wide=address("/search", parameters, page=1, century=("wide",))
        if answer.histogram and answer.histogram.unit == "century"
        else None,
        first=answer.before + 1,
        last=last,
        most=LAST_HIT,
        previous=_previous(parameters, answer, walk.back),
        next=following,
        ends_early=following is None and bool(answer.hits) and _has_more(parameters, answer),
        json=address("/api/v1/search", parameters, page=1, ui=""),
        atom=address("/search.atom", plain(parameters), page=1, sort="relevance", group="none", ui="", semantic="auto"),
        keep=address("/account/searches/new", plain(parameters), page=1, ui="", semantic="auto"),
        build=address("/search/build", parameters, page=1, ui=""),
        chosen=tuple(_chosen(parameters, answer)),
        kept=tuple(pair for pair in as_pairs(parameters) if pair[0] in _KEPT),
        opened=dict(_opened(parameters, answer)),
        chips=tuple(_chip(parameters, chip) for chip in answer.chips),
        as_asked=address("/search", parameters, relax="off", page=1) if answer.relaxed else None,
        words_alone=address("/search", parameters, semantic="off", page=1) if answer.semantic_added else None,
        ways=tuple((way, _way_address(parameters, way)) for way in answer.ways_out if not _is_shown(way, answer)),
        without_dates=address("/search", parameters, from_="", to="", page=1)
        if parameters.from_ or parameters.to
        else None,
    )


def _has_more(parameters: SearchParameters, answer: SearchAnswer) -> bool:
    """Of the last page: whether hits stand behind it; rows are gathered of the hits that pages reach."""
    if answer.groups is not None:
        return answer.total > LAST_HIT and not parameters.cursor
    return answer.before + len(answer.hits) < shown_hits(answer)


def _following(parameters: SearchParameters, answer: SearchAnswer, cursor: str) -> str | None:
    """Pages by their number as far as these reach, then by cursor."""
    last = answer.before + len(answer.hits)
    if not parameters.cursor and answer.hits and last < min(shown_hits(answer), LAST_HIT):
        return address("/search", parameters, page=answer.page + 1)
    return address("/search", parameters, page=1, cursor=cursor) if cursor else None


def _previous(parameters: SearchParameters, answer: SearchAnswer, cursor: str) -> str | None:
    """Pages by their number where these lead to the hits before, else by cursor."""
    changes = going_back(answer, cursor)
    return address("/search", parameters, **changes) if changes else None


def going_back(answer: SearchAnswer, cursor: str) -> dict[str, str | int | bool]:
    """What changes of the parameters for the page before, by number where it has one; empty on the first."""
    if answer.groups is not None and answer.page > 1:  # rows that were walked to have no page
        return {"page": answer.page - 1, "cursor": ""}
    if answer.groups is not None:
        return {"page": 1, "cursor": cursor} if cursor else {}
    page, rest = divmod(answer.before, answer.page_size) if answer.page_size else (0, 0)
    if page and not rest and answer.before <= LAST_HIT:
        return {"page": page, "cursor": ""}
    return {"page": 1, "cursor": cursor} if cursor else {}


def address(path: str, parameters: SearchParameters, **changes: object) -> str:
    """The address of this search with changes; a cursor goes on with one search alone, so it is left behind."""
    changed = msgspec.structs.replace(parameters, **{"cursor": "", **changes})
    pairs = as_pairs(changed)
    return f"{path}?{urlencode(pairs)}" if pairs else path


def in_facets(parameters: P) -> P:
    """The same search with what can be seen online as a choice of its facet."""
    if parameters.online is None:
        return parameters
    field = field_of("digital", excluded=not parameters.online)
    chosen = tuple(dict.fromkeys((*getattr(parameters, field), "online")))
    return msgspec.structs.replace(parameters, **{"online": None, field: chosen})


#: what the form of the page keeps and does not show
_KEPT = frozenset({
    *(parameter_of(facet) for facet in CHOSEN_FACETS if facet not in SHOWN_FACETS),
    *(parameter_of(facet, excluded=True) for facet in CHOSEN_FACETS),
    "in", "ids", "dates", "prefer",
})  # fmt: skip


def _chosen(parameters: SearchParameters, answer: SearchAnswer) -> Iterator[ChosenView]:
    for facet, values in answer.facets.items():
        for each in values:
            for excluded, is_so in ((False, each.selected), (True, each.excluded)):
                if is_so:
                    rest = _rest(parameters, field_of(facet, excluded=excluded), each.value)
                    yield _choice(parameters, facet, each.value, each.label, rest, excluded=excluded)
    for key, field in (("in", "in_"), ("ids", "ids")):
        for value in dict.fromkeys(getattr(parameters, field)):
            yield _choice(parameters, key, value, value, _rest(parameters, field, value), excluded=False)


def _rest(parameters: SearchParameters, field: str, value: str) -> dict[str, object]:
    return {field: tuple(each for each in getattr(parameters, field) if each != value)}


def _choice(
    parameters: SearchParameters, key: str, value: str, label: str, off: dict[str, object], *, excluded: bool
) -> ChosenView:
    less = address("/search", parameters, page=1, **off)
    return ChosenView(key=key, value=value, label=label, excluded=excluded, address=less)


def _opened(parameters: SearchParameters, answer: SearchAnswer) -> Iterator[tuple[str, str]]:
    """The addresses of all that a row stands for."""
    for hit in answer.hits:
        if hit.group is not None:
            choice: dict[str, object] = {parameters.group: (hit.group.value,)}
            yield hit.group.value, address("/search", parameters, page=1, group="none", **choice)


def _facet(parameters: SearchParameters, key: str, values: tuple[FacetCount, ...]) -> FacetView:
    more = address(f"/search/refine/{key}", parameters, page=1) if len(values) >= FACET_SIZE else None
    return FacetView(key=key, values=values, more=more)


def plain(parameters: SearchParameters) -> SearchParameters:
    """The search alone, without its place in a list and what one door asks besides."""
    return of_door(SearchParameters, parameters)


def of_door(kind: type[P], parameters: SearchParameters) -> P:
    """The search as another door is asked for it, without its place in a list."""
    return kind(**{name: getattr(parameters, name) for name in kind.__struct_fields__ if name != "cursor"})


def _chip(parameters: SearchParameters, chip: Chip) -> ChipView:
    only = None if chip.only is None else address("/search", parameters, q=chip.only, page=1)
    readings = tuple((each.label, address("/search", parameters, q=each.only, page=1)) for each in chip.readings)
    without = address("/search", parameters, q=chip.without, page=1)
    return ChipView(chip=chip, without=without, only=only, readings=readings)
