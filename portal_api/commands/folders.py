"""The `--data` option: the folder of an exchange that there is, or of one that the command may begin."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from federation.storage.engine import DATABASE
from portal_api.config import load
from portal_api.errors import NoExchange

DEFAULT_FOLDER = Path("exchange-data")


def holds_one(folder: Path) -> bool:
    """Whether there is an exchange of this folder; its store may lie elsewhere."""
    return bool(load(folder).settings.storage.url) or (folder / DATABASE).is_file()


def standing(folder: Path) -> Path:
    """The same folder; raises NoExchange where it holds none, so that a misspelt one is not begun unasked."""
    if not holds_one(folder):
        raise NoExchange(folder)
    return folder


#: of commands that need an exchange
DataOption = Annotated[Path, typer.Option("--data", help="Folder of this exchange's data.", callback=standing)]

#: of those that begin one, or can do without
AnyDataOption = Annotated[Path, typer.Option("--data", help="Folder of this exchange's data.")]
