"""`index`: the search index, which can be thrown away and made again at any time."""

from __future__ import annotations

import typer

from federation.pipeline.folder_lock import holding
from federation.pipeline.publish import forget, waiting
from federation.pipeline.publish import rebuild as anew
from federation.pipeline.unifying import Clusters
from index.embedded.backend import EmbeddedSearch
from index.errors import NoGeneration
from index.generations import all_generations, current
from index.verifying import verify as verified
from mappings.schema.access import EVERYONE
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, progress, say
from portal_api.http.problems import FAULT
from portal_api.wiring import index_folder, open_store

app = typer.Typer(help="The search index.", no_args_is_help=True)


@app.command("status")
def status(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say what the live generation holds for the public, and how many changes wait."""
    folder = index_folder(data)
    stats = EmbeddedSearch(folder).stats(EVERYONE)
    with open_store(data) as store:
        behind = waiting(store)
    if as_json:
        print_json({"stats": stats, "waiting": behind, "generations": [each.name for each in all_generations(folder)]})
        return
    say(f"generation {stats.generation}: {stats.clusters} things, {stats.records} records; {behind} changes wait")


@app.command("rebuild")
def rebuild(data: DataOption = DEFAULT_FOLDER) -> None:
    """Make the index again from the store, beside the one that answers until the new one is whole."""
    done = 0
    with holding(data), open_store(data) as store, progress("indexing") as bar:
        for done in anew(store, index_folder(data)):
            bar.reach(done)
        forget()
    say(f"{done} things indexed")


@app.command("verify")
def verify(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Hold every document against the store; exit 1 where the index is not what the store gives."""
    generation = current(index_folder(data))
    if generation is None:
        raise NoGeneration
    with open_store(data) as store:
        found = verified(generation, Clusters(store))
    if as_json:
        print_json(found)
    else:
        rows = [(kind, name) for kind in ("missing", "extra", "stale") for name in getattr(found, kind)]
        print_rows(("finding", "document"), rows)
        say(f"{found.documents} documents, {len(rows)} findings")
    if not found.whole:
        raise typer.Exit(FAULT)
