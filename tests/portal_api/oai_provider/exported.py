"""A store with export rows, and the provider over it on a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from federation.storage import exports
from federation.storage.engine import Store, embedded_url
from federation.storage.export_sets import NamedSet
from federation.storage.exports import Offered
from portal_api.oai_provider.routes import PATH, Provider, add_routes
from portal_api.settings import PortalSettings
from tests.peers.loopback import listening

AUTHORITY = "archive-exchange.example"
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that is set."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """This moment."""
        return self.now

    def pass_seconds(self, seconds: float = 2) -> None:
        """Time goes by."""
        self.now += timedelta(seconds=seconds)


def open_store(folder: Path, clock: Clock) -> Store:
    """A new store on the clock."""
    store = Store(embedded_url(folder), now=clock)
    store.create_schema()
    return store


def metadata(title: str) -> str:
    """A valid `oai_dc:dc` element."""
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ '
        f'http://www.openarchives.org/OAI/2.0/oai_dc.xsd"><dc:title>{title}</dc:title></oai_dc:dc>'
    )


def offered(item: str, title: str | None, *specs: str) -> Offered:
    """The item with a title in the sets `specs` and those above them, or its tombstone."""
    if title is None:
        return Offered(item=item, digest="gone", bodies={})
    sets = tuple(NamedSet(spec=spec, name=f"Set {spec}") for spec in with_those_above(specs))
    return Offered(item=item, digest=f"{title} {specs}", bodies={"oai_dc": metadata(title)}, sets=sets)


def with_those_above(specs: Iterable[str]) -> list[str]:
    """`a`, `a:b` and `a:b:c` for `a:b:c`."""
    parts = [spec.split(":") for spec in specs]
    return list(dict.fromkeys(":".join(each[:end]) for each in parts for end in range(1, len(each) + 1)))


def put(store: Store, items: Iterable[Offered]) -> int:
    """Writes items as the export stage does."""
    with exports.sequencing(store) as tx:
        return len(exports.put(tx, list(items)))


@asynccontextmanager
async def serving(store: Store, folder: Path, *, settings: PortalSettings | None = None) -> AsyncIterator[str]:
    """The base URL of `/oai` over `store`."""
    app = web.Application(client_max_size=64 * 1024)
    add_routes(
        app,
        Provider(store, settings or PortalSettings(authority=AUTHORITY, harvester_networks=("127.0.0.0/8",)), folder),
    )
    async with listening(app) as root:
        yield f"{root}{PATH}"
