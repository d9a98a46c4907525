"""`best-bet`: things pinned to a query."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.storage import best_bets
from portal_api.best_bets import key_of, pin, unpin
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.commands.persons import AsOption, person_as, writing
from portal_api.wiring import open_store

app = typer.Typer(help="Things pinned to a query: shown first, and marked.", no_args_is_help=True)

QueryArgument = Annotated[str, typer.Argument(help="The query, as readers type it.")]


@app.command("add")
def add(
    query: QueryArgument,
    things: Annotated[list[str], typer.Argument(help="Up to three things, by id or address, the first first.")],
    until: Annotated[str, typer.Option(help="The last day, YYYY-MM-DD; for good without.")] = "",
    author: AsOption = "",
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Pin things to a query, in place of those that were."""
    with open_store(data) as store:
        account = person_as(store, author)
        with writing(store, account) as tx:
            bet = pin(tx, query, things, until, account)
    say(f"{bet.query}: {' '.join(bet.clusters)}{f' until {bet.until}' if bet.until else ''}")


@app.command("remove")
def remove(query: QueryArgument, author: AsOption = "", data: DataOption = DEFAULT_FOLDER) -> None:
    """Take the pins off a query."""
    with open_store(data) as store, writing(store, person_as(store, author)) as tx:
        unpin(tx, key_of(query))
    say(f"{query}: nothing is pinned")


@app.command("list")
def list_all(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List what is pinned, newest first."""
    with open_store(data) as store, store.reading() as connection:
        found = best_bets.everyone(connection)
    if as_json:
        for bet in found:
            print_json(bet)
    else:
        rows = [(bet.query, " ".join(bet.clusters), bet.until, f"{bet.made_at:%Y-%m-%d}") for bet in found]
        print_rows(("query", "things", "until", "pinned"), rows)
