"""`search`: one query from the command line, as the public would ask it."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.pipeline.holder_names import stored_names
from index.explaining import Explained
from index.places import search_at
from index.request import LAST_HIT, FacetFilter, SearchRequest, Sort
from index.results import SearchAnswer, SearchHit
from mappings.schema.access import EVERYONE
from portal_api.best_bets import stored_bets
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, say
from portal_api.config import load
from portal_api.http.problems import FAULT
from portal_api.index_place import index_place
from portal_api.semantic import nearness_of, semantic_settings
from portal_api.views.dates_told import dates_told
from portal_api.views.vocabulary import NOTICES, notice_key
from portal_api.wiring import open_store


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", field:value, OR, -not; empty finds everything.')],
    institution: Annotated[list[str] | None, typer.Option(help="Only this holder's; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Material from this year or date on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Material up to this year or date.")] = None,
    sort: Annotated[
        Sort, typer.Option(help="relevance, date, date_desc, title, creator, code, added, changed or id.")
    ] = "relevance",
    page: Annotated[int, typer.Option(help="Which twenty.", min=1, max=50)] = 1,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each hit is there.")] = False,
    record: Annotated[str, typer.Option("--id", help="With --explain: why this record is, or is not, found.")] = "",
) -> None:
    """Search what is public, and say in which institutions each hit is held."""
    filters = (FacetFilter(facet="institution", values=tuple(institution)),) if institution else ()
    request = SearchRequest(
        visibility=EVERYONE,
        text=query,
        filters=filters,
        date_from=since,
        date_to=until,
        sort=sort,
        page=page,
        facets=("institution",),
        relax="auto",
        semantic="auto",
    )
    settings = load(data).settings
    place = index_place(data, settings)
    nearness = nearness_of(semantic_settings(data, settings, place))
    if nearness is not None:
        nearness.status(wait=True)
    with open_store(data) as store:
        backend = search_at(place, stored_bets(store), nearness, names=stored_names(store))
        if record:
            _tell(backend.explain(request, record), as_json=as_json)
            return
        answer = backend.search(request)
    if as_json:
        print_json(answer)
        return
    _print(answer, query, explain=explain)


def _print(answer: SearchAnswer, typed: str, *, explain: bool) -> None:
    added = f" and {answer.semantic_added} similar in meaning" if answer.semantic_added else ""
    say(f"{answer.total} found{added}, read as {answer.query or '*'}")
    if answer.relaxed:
        say(f"  nothing was found as typed; relaxed ({answer.relaxed.step}) to {answer.relaxed.text}")
    for notice in answer.notices:
        piece = typed[notice.position :][: notice.length]
        place = f' (character {notice.position + 1}, "{piece}")' if piece else ""
        say(f"  note: {NOTICES.get(notice_key(notice), notice.code)}{place}")
    for number, hit in enumerate(answer.hits, (answer.page - 1) * answer.page_size + 1):
        say(f"{number:>4}  {_line(hit)}")
        if explain:
            for reason in hit.why:
                say(f"        {reason.how} in {reason.field}: {' '.join(reason.words)}")
    for way in answer.ways_out:
        say(f"  {'perhaps' if way.kind == 'spelling' else 'without'} {way.label}: {way.count}")


def _tell(found: Explained, *, as_json: bool) -> None:
    """What became of one record; exit 1 where the search does not find it."""
    if as_json:
        print_json(found)
    elif not found.is_there:
        say(f"{found.id}: the public has no such record in the index")
    else:
        place = f"hit {found.rank} of {found.total}" if found.rank else f"behind hit {LAST_HIT} of {found.total}"
        say(f"{found.id}: {place if found.is_found else f'not among the {found.total} found'}")
        for part in found.parts:
            say(f"  {'yes' if part.answers else 'no '}  {part.kind}: {part.text}")
    if not found.is_found:
        raise typer.Exit(FAULT)


def _line(hit: SearchHit) -> str:
    holders = "; ".join(dict.fromkeys(holder.name for holder in hit.institutions))
    marked = "similar in meaning" if hit.semantic else ""
    return " · ".join(part for part in (hit.title, dates_told(hit.dates), hit.level, holders, marked, hit.id) if part)
