"""`work`: harvests and stages without the doors."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from federation.pipeline.folder_lock import holding
from portal_api import config
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.stopping import until_signalled
from portal_api.wiring import new_runner, open_store

IdleOption = Annotated[bool, typer.Option("--until-idle", help="End once nothing is due and no stage is behind.")]


def work(data: DataOption = DEFAULT_FOLDER, *, until_idle: IdleOption = False) -> None:
    """Carry the work of a folder that nobody serves; exit 75 where somebody does."""
    asyncio.run(_work(data, until_idle=until_idle))


async def _work(folder: Path, *, until_idle: bool) -> None:
    loaded = config.load(folder)
    with holding(folder), open_store(folder) as store:
        runner = new_runner(folder, loaded.settings, store)
        await until_signalled(runner.until_idle() if until_idle else runner.run())
