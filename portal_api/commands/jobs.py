"""`jobs`: what work there is, and a person's word about work that is parked."""

from __future__ import annotations

from typing import Annotated

import typer

from federation.ledger.entry import OPERATOR
from federation.storage import jobs as stored
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, DataOption, standing
from portal_api.commands.output import JsonOption, print_json, print_rows, say
from portal_api.wiring import open_store

app = typer.Typer(help="The jobs: look, retry, cancel; `jobs` alone lists them.")

NumberArgument = Annotated[int, typer.Argument(metavar="ID", help="Number of a job, as `jobs list` shows it.")]
LaneOption = Annotated[stored.Lane | None, typer.Option(help="Only jobs of this lane.")]
StateOption = Annotated[stored.State | None, typer.Option(help="Only jobs in this state.")]
LimitOption = Annotated[int, typer.Option(min=1, max=10_000, help="Most jobs listed.")]


@app.callback(invoke_without_command=True)
def alone(
    context: typer.Context,
    data: AnyDataOption = DEFAULT_FOLDER,
    lane: LaneOption = None,
    state: StateOption = None,
    limit: LimitOption = 100,
    *,
    as_json: JsonOption = False,
) -> None:
    """The jobs: look, retry, cancel; `jobs` alone lists them, newest first."""
    if context.invoked_subcommand is None:
        list_some(standing(data), lane, state, limit, as_json=as_json)
        return
    sources = [context.get_parameter_source(name) for name in context.params]
    if any(source is not None and source.name == "COMMANDLINE" for source in sources):
        raise typer.BadParameter(f"what is said to `jobs {context.invoked_subcommand}` stands behind it", context)


@app.command("list")
def list_some(
    data: DataOption = DEFAULT_FOLDER,
    lane: LaneOption = None,
    state: StateOption = None,
    limit: LimitOption = 100,
    *,
    as_json: JsonOption = False,
) -> None:
    """List jobs, newest first."""
    with open_store(data) as store, store.reading() as connection:
        found = stored.listed(connection, lane=lane, state=state, limit=limit)
    if as_json:
        for job in found:
            print_json(job)
        return
    rows = [(j.id, j.lane, j.kind, j.state, f"{j.run_at:%Y-%m-%d %H:%M:%S}", j.attempt, j.error) for j in found]
    print_rows(("job", "lane", "kind", "state", "at", "attempt", "error"), rows)


@app.command("retry")
def retry(number: NumberArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Have a parked or waiting job run now."""
    with open_store(data) as store:
        with store.transaction(actor=OPERATOR) as tx:
            stored.retry(tx, number)
        with store.reading() as connection:
            job = stored.get(connection, number)
    _tell(job, as_json=as_json)


@app.command("cancel")
def cancel(number: NumberArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """End a parked or waiting job unworked."""
    with open_store(data) as store:
        with store.transaction(actor=OPERATOR) as tx:
            stored.cancel(tx, number)
        with store.reading() as connection:
            job = stored.get(connection, number)
    _tell(job, as_json=as_json)


def _tell(job: stored.Job | None, *, as_json: bool) -> None:
    if as_json:
        print_json(job)
    elif job is not None:
        say(f"job {job.id} ({job.kind}): {job.state}")
