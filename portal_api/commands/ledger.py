"""`ledger`: what was done here, and whether anybody changed it since."""

from __future__ import annotations

import typer

from federation.pipeline.ledger_check import verify as verified
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.output import JsonOption, counted, print_json, print_rows, say
from portal_api.http.problems import FAULT
from portal_api.wiring import open_store

app = typer.Typer(help="The ledger of every change.", no_args_is_help=True)


@app.command("verify")
def verify(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Make every hash again and hold every covered row against its last entry; exit 1 where anything disagrees."""
    with open_store(data) as store:
        checked = verified(store)
    if as_json:
        print_json(checked)
    else:
        print_rows(("finding", "where", "what"), [(each.kind, each.object, each.detail) for each in checked.findings])
        entries, rows = counted(checked.entries, "entry", "entries"), counted(checked.rows, "row")
        say(f"{entries}, {rows}, {counted(len(checked.findings), 'finding')}, root {checked.root}")
    if not checked.whole:
        raise typer.Exit(FAULT)
