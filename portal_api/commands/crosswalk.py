"""`crosswalk`: check a file's rules, and try them on a record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from portal_api.commands.output import print_json, say

app = typer.Typer(help="Mapping rules as files.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="The crosswalk.", exists=True, dir_okay=False)]


@app.command("check")
def check(file: FileArgument) -> None:
    """Check a crosswalk; every fault is named with its line and a hint."""
    compiled(file.read_text(encoding="utf-8"), file=str(file))
    say(f"{file}: no faults")


@app.command("preview")
def preview(
    file: FileArgument,
    record: Annotated[Path, typer.Argument(help="A file that holds one <record>.", exists=True, dir_okay=False)],
) -> None:
    """Map one record by a crosswalk and print the outcome as JSON."""
    rules = compiled(file.read_text(encoding="utf-8"), file=str(file))
    raw = RawRecord(
        feed="preview",
        identifier=record.name,
        datestamp="2000-01-01",
        payload_sha256="",
        payload=record.read_text(encoding="utf-8"),
    )
    outcome = apply(rules, raw, Context(feed="preview", institution=Institution(name="Preview")))
    print_json({"outcome": type(outcome).__name__.lower(), **msgspec.to_builtins(outcome)})
