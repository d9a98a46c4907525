"""`backup` and `restore`: an exchange copied while it works, and put back once the copy has proved right."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from federation.pipeline.backup import Manifest, back_up
from federation.pipeline.backup import restore as restored
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption, DataOption
from portal_api.commands.output import JsonOption, counted, print_json, say
from portal_api.wiring import open_store

TargetArgument = Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]
SourceArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a backup.")]


def backup(target: TargetArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Copy the exchange to a folder while it goes on working; the search index is left out."""
    with open_store(data) as store:
        _tell(back_up(store, data, target), "backed up", as_json=as_json)


def restore(source: SourceArgument, data: AnyDataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Put a backup into a new or empty data folder; every hash and the ledger are checked first."""
    _tell(restored(source, data), "restored", as_json=as_json)


def _tell(manifest: Manifest, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(manifest)
        return
    size = sum(kept.size for kept in manifest.files)
    say(f"{what}: {counted(len(manifest.files), 'file')}, {counted(size, 'byte')}")
    say(f"{counted(manifest.ledger_size, 'ledger entry', 'ledger entries')}, root {manifest.ledger_root}")
