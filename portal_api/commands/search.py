"""`search`: one query from the command line, as the public would ask it."""

from __future__ import annotations

from typing import Annotated

import typer

from index.places import search_at
from index.request import FacetFilter, SearchRequest, Sort
from index.results import SearchAnswer, SearchHit
from mappings.schema.access import EVERYONE
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, say
from portal_api.config import load
from portal_api.wiring import index_place


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", field:value, OR, -not; empty finds everything.')],
    institution: Annotated[list[str] | None, typer.Option(help="Only this holder's; may be repeated.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Material from this year or date on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Material up to this year or date.")] = None,
    sort: Annotated[Sort, typer.Option(help="relevance, date, date_desc or title.")] = "relevance",
    page: Annotated[int, typer.Option(help="Which twenty.", min=1, max=50)] = 1,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each hit is there.")] = False,
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
    )
    answer = search_at(index_place(data, load(data).settings)).search(request)
    if as_json:
        print_json(answer)
        return
    _print(answer, explain=explain)


def _print(answer: SearchAnswer, *, explain: bool) -> None:
    say(f"{answer.total} found, read as {answer.query or '*'}")
    for notice in answer.notices:
        say(f"  note: {notice.code} at character {notice.position}")
    for number, hit in enumerate(answer.hits, (answer.page - 1) * answer.page_size + 1):
        say(f"{number:>4}  {_line(hit)}")
        if explain:
            for reason in hit.why:
                say(f"        {reason.how} in {reason.field}: {' '.join(reason.words)}")
    for way in answer.ways_out:
        say(f"  {'perhaps' if way.kind == 'spelling' else 'without'} {way.label}: {way.count}")


def _line(hit: SearchHit) -> str:
    holders = "; ".join(dict.fromkeys(holder.name for holder in hit.institutions))
    return " · ".join(part for part in (hit.title, hit.dates, hit.level, holders, hit.id) if part)
