"""The `--data` option, and the store and index that lie in its folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[Path, typer.Option("--data", help="Folder of this exchange's data.")]

DEFAULT_FOLDER = Path("exchange-data")
