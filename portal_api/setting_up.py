"""How far the index is that is being made, for those who search before it answers."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.storage.engine import Store
from federation.storage.linkage import clusters
from index.errors import NoGeneration
from portal_api.errors import SettingUp
from portal_api.exchange import EXCHANGE
from portal_api.remembered import Remembered

#: things in the index, and all of them; counted once for all who ask
PROGRESS: web.AppKey[Remembered[tuple[int, int]]] = web.AppKey("progress", Remembered)


async def setting_up(app: web.Application, error: NoGeneration) -> SettingUp:
    """What a door says where there is no index to search yet."""
    store = app[EXCHANGE].store
    made, of = await app[PROGRESS].get(lambda: asyncio.to_thread(_progress, store, error.reached))
    return SettingUp(made, of, error.retry_after_seconds)


def _progress(store: Store, reached: str | None) -> tuple[int, int]:
    """Things of the public up to the last one that was read, and all of them."""
    with store.reading() as connection:
        of = clusters.count_public(connection)
        made = of if reached is None else clusters.count_public(connection, up_to=reached)
    return made, of
