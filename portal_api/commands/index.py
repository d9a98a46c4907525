"""`index`: the search index, which can be thrown away and made again at any time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from federation.pipeline import index_acts
from federation.pipeline import publish as publishing
from federation.pipeline.folder_lock import holding, is_held
from federation.pipeline.unifying import Clusters
from federation.storage.engine import Store
from index.errors import GenerationRefused, NoGeneration
from index.generations import Standing
from index.places import IndexPlace, drop_at, generations_at, live_at, search_at, standing_at, verified_at
from index.ports import IndexStats
from index.verifying import Verified
from mappings.schema.access import EVERYONE
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.index_following import follow
from portal_api.commands.output import JsonOption, counted, print_json, print_rows, progress, say
from portal_api.config import load
from portal_api.http.problems import FAULT
from portal_api.index_place import index_place
from portal_api.semantic import loaded_status, semantic_settings
from portal_api.wiring import open_store

app = typer.Typer(help="The search index.", no_args_is_help=True)

PatienceOption = Annotated[
    float,
    typer.Option(min=0, help="Seconds in which whoever holds the folder takes it up."),
]


@app.command("status")
def status(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say what the live generation holds for the public, and how many changes wait."""
    settings = load(data).settings
    place = index_place(data, settings)
    standing = standing_at(place)
    stats = _stats(place, standing)
    meaning = loaded_status(semantic_settings(data, settings, place))
    with open_store(data) as store:
        behind = publishing.waiting(store)
    if as_json:
        told = {
            "stats": stats,
            "waiting": behind,
            "generations": [each.name for each in standing],
            "standing": standing,
            "semantic": meaning,
        }
        print_json(told)
        return
    waits = counted(behind, "change waits", "changes wait")
    if stats is None:
        say(f"no generation that this version can read answers; {waits}")
    else:
        held = f"{counted(stats.clusters, 'thing')}, {counted(stats.records, 'record')}"
        say(f"generation {stats.generation}: {held}; {waits}")
    for each in standing:
        if each.state in ("next", "building"):
            say(f"generation {each.name}: {each.state}{'' if each.seq is None else f', up to change {each.seq}'}")
    having = counted(meaning.vectors, "thing has", "things have")
    say(f"search by meaning: {meaning.state}, {having} a vector {meaning.detail}".rstrip())


def _stats(place: IndexPlace, standing: Sequence[Standing]) -> IndexStats | None:
    """What the live generation holds; None where others stand and none that this version can read answers."""
    try:
        return search_at(place).stats(EVERYONE)
    except NoGeneration:
        if not standing:
            raise
        return None


@app.command("rebuild")
def rebuild(
    data: DataOption = DEFAULT_FOLDER,
    *,
    beside: Annotated[
        bool, typer.Option("--next", help="Leave the present one answering; `index swap` takes the new one into use.")
    ] = False,
) -> None:
    """Make the index again from the store, beside the one that answers until the new one is whole."""
    if beside:
        _build_next(data)
        return
    done = 0
    with holding(data), open_store(data) as store, progress("indexing") as bar:
        for done in publishing.rebuild(store, _place(data)):
            bar.reach(done)
        publishing.forget()
    say(f"{counted(done, 'thing')} indexed")


def _build_next(data: Path) -> None:
    """While the exchange serves, too: it writes elsewhere."""
    place, done = _place(data), 0
    with open_store(data) as store, progress("indexing") as bar:
        for done in publishing.build_next(store, place):
            bar.reach(done)
    waiting = [each for each in standing_at(place) if each.state == "next"]
    if not waiting:
        say(f"{counted(done, 'thing')} indexed; a later generation answers by now, which index status names")
        return
    name = waiting[-1].name
    say(f"{counted(done, 'thing')} indexed; generation {name} is whole: index swap {name} lets it answer")


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
        say(f"{counted(found.documents, 'document')}, {counted(len(rows), 'finding')}")
    if not found.whole:
        raise typer.Exit(FAULT)


@app.command("repair")
def repair(data: DataOption = DEFAULT_FOLDER, *, patience: PatienceOption = 60, as_json: JsonOption = False) -> None:
    """Make anew what differs from the store; exit 1 where something still differs."""
    with open_store(data) as store:
        found, left = _repaired(store, data, patience)
    if as_json:
        print_json({"found": found, "left": left})
    else:
        told = ", ".join(f"{len(getattr(found, kind))} {kind}" for kind in ("missing", "extra", "stale"))
        differ = counted(len(left.clusters), "still differs", "still differ")
        say(f"{told}; {counted(len(found.clusters), 'thing')} made anew, {differ}")
    if not left.whole:
        raise typer.Exit(FAULT)


def _repaired(store: Store, data: Path, patience: float) -> tuple[Verified, Verified]:
    """What differed, and what still does."""
    place = _place(data)
    if is_held(data):
        found = verified_at(place, Clusters(store))
        _by_holder(store, index_acts.REPAIR, "", patience)
        return found, verified_at(place, Clusters(store))
    with holding(data):
        both = publishing.repair(store, place)
        publishing.forget()
        return both


@app.command("swap")
def swap(
    name: Annotated[str, typer.Argument(help="A generation that `index status --json` lists.")],
    data: DataOption = DEFAULT_FOLDER,
    *,
    patience: PatienceOption = 60,
) -> None:
    """Let another generation answer, once it has caught up with the store."""
    with open_store(data) as store:
        if is_held(data):
            _by_holder(store, index_acts.SWAP, name, patience)
        else:
            with holding(data), progress("catching up") as bar:
                for done in publishing.return_to(store, _place(data), name):
                    bar.reach(done)
                publishing.forget()
    say(f"generation {name} answers")


@app.command("rollback")
def rollback(data: DataOption = DEFAULT_FOLDER, *, patience: PatienceOption = 60) -> None:
    """Let the generation before the live one answer again, once it has caught up with the store."""
    place = _place(data)
    live = live_at(place)
    if live is None:
        raise NoGeneration
    before = [name for name in generations_at(place) if name < live]
    if not before:
        raise GenerationRefused(live, "there is none before it to go back to")
    swap(before[-1], data, patience=patience)


@app.command("drop")
def drop(
    name: Annotated[str, typer.Argument(help="A generation that does not answer.")],
    data: DataOption = DEFAULT_FOLDER,
    *,
    patience: PatienceOption = 60,
) -> None:
    """Take a generation away that does not answer."""
    if is_held(data):
        with open_store(data) as store:
            _by_holder(store, index_acts.DROP, name, patience)
    else:
        with holding(data):
            drop_at(_place(data), name)
    say(f"generation {name} is gone")


def _by_holder(store: Store, kind: str, name: str, patience: float) -> None:
    """Has the process that holds the folder do it; ends the command where it does not."""
    followed = follow(store, kind, name, patience)
    if followed.exit_code:
        say(followed.line)
        raise typer.Exit(followed.exit_code)


def _place(data: Path) -> IndexPlace:
    return index_place(data, load(data).settings)
