"""`index`: the search index, which can be thrown away and made again at any time."""

from __future__ import annotations

from pathlib import Path

import typer

from federation.pipeline.folder_lock import holding
from federation.pipeline.publish import forget, waiting
from federation.pipeline.publish import rebuild as anew
from federation.pipeline.unifying import Clusters
from index.places import IndexPlace, generations_at, search_at, verified_at
from mappings.schema.access import EVERYONE
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, progress, say
from portal_api.config import load
from portal_api.http.problems import FAULT
from portal_api.wiring import index_place, open_store

app = typer.Typer(help="The search index.", no_args_is_help=True)


@app.command("status")
def status(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say what the live generation holds for the public, and how many changes wait."""
    place = _place(data)
    stats = search_at(place).stats(EVERYONE)
    with open_store(data) as store:
        behind = waiting(store)
    if as_json:
        print_json({"stats": stats, "waiting": behind, "generations": generations_at(place)})
        return
    say(f"generation {stats.generation}: {stats.clusters} things, {stats.records} records; {behind} changes wait")


@app.command("rebuild")
def rebuild(data: DataOption = DEFAULT_FOLDER) -> None:
    """Make the index again from the store, beside the one that answers until the new one is whole."""
    done = 0
    with holding(data), open_store(data) as store, progress("indexing") as bar:
        for done in anew(store, _place(data)):
            bar.reach(done)
        forget()
    say(f"{done} things indexed")


@app.command("verify")
def verify(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Hold every document against the store; exit 1 where the index is not what the store gives."""
    with open_store(data) as store:
        found = verified_at(_place(data), Clusters(store))
    if as_json:
        print_json(found)
    else:
        rows = [(kind, name) for kind in ("missing", "extra", "stale") for name in getattr(found, kind)]
        print_rows(("finding", "document"), rows)
        say(f"{found.documents} documents, {len(rows)} findings")
    if not found.whole:
        raise typer.Exit(FAULT)


def _place(data: Path) -> IndexPlace:
    return index_place(data, load(data).settings)
