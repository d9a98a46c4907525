"""`serve` and `demo`: the exchange in one process, doors and work together."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from aiohttp import web

from federation.pipeline.folder_lock import holding
from federation.storage import feeds, institutions
from federation.storage.engine import Store
from federation.storage.linkage import feed_links
from federation.storage.transactions import Transaction
from portal_api import config
from portal_api.commands.folders import DEFAULT_FOLDER, AnyDataOption
from portal_api.commands.listening import listen
from portal_api.commands.output import say
from portal_api.commands.stopping import until_signalled
from portal_api.config import LAST_PORT
from portal_api.demo import archive
from portal_api.demo.partners import DemoPartner, partners
from portal_api.demo.repositories import Running, start_partners
from portal_api.exchange import Exchange
from portal_api.http.app import make_app
from portal_api.long_lived import putting_aside
from portal_api.wiring import compose, new_runner, open_store


def _port(written: str) -> int:
    """A port as it is typed; raises BadParameter with the range."""
    if written.isascii() and written.isdigit() and len(written) <= len(str(LAST_PORT)) and int(written) <= LAST_PORT:
        return int(written)
    raise typer.BadParameter(f"expected a port from 0 to {LAST_PORT}, found {written}")


HostOption = Annotated[str | None, typer.Option(help="Address to listen on.")]
PortOption = Annotated[
    int | None, typer.Option(parser=_port, metavar="PORT", help="Port to listen on; 0 takes a free one.")
]

#: what is started before the doors open, and stopped after they closed
Surroundings = Callable[[Store], AbstractAsyncContextManager[None]]

LOOPBACK = "127.0.0.0/8"
#: niceness of the processes that work beside the doors: whoever waits for a page goes first. At 10 a reader who comes
#: still waits for some milliseconds while a process at work ends its turn; at 19 the turn is theirs at once.
_BEHIND_READERS = 19
#: how long one thread computes before another may: a search that computes holds up nobody's page for longer
_SWITCH_SECONDS = 0.0002


def serve(data: AnyDataOption = DEFAULT_FOLDER, host: HostOption = None, port: PortOption = None) -> None:
    """Start the exchange: its pages, its harvests and its stages."""
    asyncio.run(_serve(data, host, port, _alone))


def demo(data: AnyDataOption = DEFAULT_FOLDER, host: HostOption = None, port: PortOption = None) -> None:
    """Start the exchange with its demonstration partners: repositories on this machine, and an archive's table."""
    asyncio.run(_serve(data, host, port, _with_partners))


@asynccontextmanager
async def _alone(store: Store) -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def _with_partners(store: Store) -> AsyncIterator[None]:
    running = await start_partners()
    try:
        await asyncio.to_thread(add_partners, store, partners(), running)
        await asyncio.to_thread(archive.bring, store)
        yield
    finally:
        await running.stop()


def add_partners(store: Store, wanted: Sequence[DemoPartner], running: Running) -> list[feeds.StoredFeed]:
    """Puts the partners and their feeds in; feeds that stand keep everything but the address of today."""
    with store.transaction() as tx:
        return [_add_partner(tx, partner, running) for partner in wanted]


def _add_partner(tx: Transaction, partner: DemoPartner, running: Running) -> feeds.StoredFeed:
    institutions.put(tx, institutions.StoredInstitution(slug=partner.slug, name=partner.name, isil=partner.isil))
    known = feeds.get(tx.connection, partner.feed_key)
    if known is None:
        feed = _feed_of(partner, running, tx.now)
        feeds.add(tx, feed, rules_ship=True)
        feed_links.set_duplicate_free(tx, feed.key, duplicate_free=partner.duplicate_free)
        return feed
    moved = msgspec.structs.replace(known, base_url=running.base_url(partner.slug))
    feeds.change(tx, moved)
    return moved


def _feed_of(partner: DemoPartner, running: Running, now: datetime) -> feeds.StoredFeed:
    return feeds.StoredFeed(
        key=partner.feed_key,
        name=partner.feed_name,
        institution=partner.slug,
        base_url=running.base_url(partner.slug),
        metadata_prefix=partner.metadata_prefix,
        networks=(LOOPBACK,),
        crosswalk=partner.crosswalk,
        crosswalk_text=partner.crosswalk_text,
        metadata_licence=partner.licence,
        reexpose="all",
        raw_visible="public",
        min_interval_seconds=0.0,
        due_at=now,
    )


async def _serve(folder: Path, host: str | None, port: int | None, surroundings: Surroundings) -> None:
    sys.setswitchinterval(_SWITCH_SECONDS)
    loaded = config.load(folder)
    config.check_listening(loaded.settings, host or loaded.settings.http.host)
    with holding(folder), open_store(folder) as store:
        async with surroundings(store):
            runner = new_runner(folder, loaded.settings, store, niceness=_BEHIND_READERS)
            listening = loaded.settings.http
            exchange = compose(folder, loaded.settings, store, runner)
            doors = web.AppRunner(make_app(exchange), access_log=None)
            await doors.setup()
            try:
                address = await listen(doors, host or listening.host, listening.port if port is None else port)
                say(f"Listening on {address}")
                _say_setup(exchange, address)
                async with putting_aside():
                    await until_signalled(runner.run())
            finally:
                await doors.cleanup()
                exchange.gate.close()
                exchange.sandbox.close()
                exchange.judges.close()


def _say_setup(exchange: Exchange, address: str) -> None:
    """While there is no account, the code that makes the first one."""
    if exchange.gate.setup_code is not None:
        say(f"Make the first account at {address}/setup with the code {exchange.gate.setup_code.text}")
