"""`archive-exchange`: every verb, and how a refusal becomes a line and an exit code."""

from __future__ import annotations

import sys

import typer

from index.errors import NoGeneration
from mappings.errors import CrosswalkInvalid, ExchangeError
from portal_api.commands import (
    account,
    backup,
    best_bet,
    config,
    crosswalk,
    crosswalk_bases,
    crosswalk_coverage,
    crosswalk_versions,
    dev,
    feed,
    harvest,
    index,
    institution,
    jobs,
    key,
    ledger,
    link,
    migrate,
    probe,
    quarantine,
    record,
    run,
    search,
    serve,
    show,
    table,
    trying,
    upload,
    work,
)
from portal_api.commands.extensions import refusal
from portal_api.commands.output import errors
from portal_api.http.problems import SETTINGS, exit_code

crosswalk_versions.register(crosswalk.app)
crosswalk_coverage.register(crosswalk.app)
crosswalk.app.add_typer(crosswalk_bases.app, name="base")
app = typer.Typer(
    name="archive-exchange",
    help="One query over the catalogues of many libraries, archives and research institutions.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("demo")(serve.demo)
app.command("search")(search.search)
app.command("harvest")(harvest.harvest)
app.command("probe")(probe.probe)
app.command("try")(trying.try_)
app.command("upload")(upload.upload)
app.command("work")(work.work)
app.command("migrate")(migrate.migrate)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("show")(show.show)
app.command("config")(config.config)
app.add_typer(institution.app, name="institution")
app.add_typer(account.app, name="account")
app.add_typer(key.app, name="key")
app.add_typer(feed.app, name="feed")
app.add_typer(crosswalk.app, name="crosswalk")
app.add_typer(table.app, name="table")
app.add_typer(best_bet.app, name="best-bet")
app.add_typer(index.app, name="index")
app.add_typer(link.app, name="link")
app.add_typer(dev.app, name="dev")
app.add_typer(jobs.app, name="jobs")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(record.app, name="record")
app.add_typer(run.app, name="run")
app.add_typer(ledger.app, name="ledger")


def main() -> None:
    """Runs the command line; a refusal is one line on standard error and an exit code of the house."""
    if why := refusal():
        errors.print(f"archive-exchange: {why}", markup=False)
        sys.exit(SETTINGS)
    try:
        app()
    except CrosswalkInvalid as error:
        for fault in error.faults:
            errors.print(crosswalk.fault_line(fault), markup=False)
        sys.exit(exit_code(error))
    except NoGeneration as error:
        told = "the search index is not made yet: `serve` and `work` make it, and `index rebuild`"
        errors.print(f"archive-exchange: {told}", markup=False)
        sys.exit(exit_code(error))
    except ExchangeError as error:
        errors.print(f"archive-exchange: {error}", markup=False)
        sys.exit(exit_code(error))
