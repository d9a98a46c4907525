"""`work`: harvests and stages without the doors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from aiohttp import web

from federation.pipeline.folder_lock import holding
from federation.pipeline.runner import Runner
from federation.storage.engine import Store
from portal_api import config
from portal_api.commands.folders import DEFAULT_FOLDER, DataOption
from portal_api.commands.listening import listen
from portal_api.commands.output import say
from portal_api.commands.stopping import until_signalled
from portal_api.config import Settings
from portal_api.http.work_monitoring import ADDRESS
from portal_api.wiring import compose_work, new_runner, open_store

IdleOption = Annotated[bool, typer.Option("--until-idle", help="End once nothing is due and no stage is behind.")]


def work(data: DataOption = DEFAULT_FOLDER, *, until_idle: IdleOption = False) -> None:
    """Carry the work of a folder that nobody serves; exit 75 where somebody does."""
    asyncio.run(_work(data, until_idle=until_idle))


async def _work(folder: Path, *, until_idle: bool) -> None:
    loaded = config.load(folder)
    with holding(folder), open_store(folder) as store:
        runner = new_runner(folder, loaded.settings, store)
        async with _told(folder, loaded.settings, store, runner):
            await until_signalled(runner.until_idle() if until_idle else runner.run())


@asynccontextmanager
async def _told(folder: Path, settings: Settings, store: Store, runner: Runner) -> AsyncIterator[None]:
    """A monitor may read the numbers meanwhile, where the settings say at which address."""
    wanted = settings.work.metrics_address
    if not wanted:
        yield
        return
    place = urlsplit(f"//{wanted}")
    host = place.hostname or ""
    config.check_listening(settings, host)
    doors = web.AppRunner(compose_work(folder, settings, store, runner), access_log=None)
    await doors.setup()
    try:
        say(f"Numbers for a monitor at {await listen(doors, host, place.port or 0)}{ADDRESS}")
        yield
    finally:
        await doors.cleanup()
