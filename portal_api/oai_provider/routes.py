"""`/oai`, `/oai/records` and `/oai/hosted/{feed}`: where harvesters ask (OAI-PMH 2.0)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from pathlib import Path

import msgspec
from aiohttp import web
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from federation.pipeline.export_settings import ExportSettings
from federation.storage import feeds, institutions
from federation.storage.engine import Store
from portal_api.errors import NotFound
from portal_api.oai_provider.addresses import own_address
from portal_api.oai_provider.export_rows import ExportRepository
from portal_api.oai_provider.hosted_rows import HostedRepository
from portal_api.oai_provider.keys import token_key
from portal_api.oai_provider.record_rows import RecordRepository
from portal_api.oai_provider.repositories import Repository
from portal_api.oai_provider.requests import FORM_BYTES, respond
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.settings import PortalSettings

PATH = "/oai"
RECORDS = "/oai/records"
HOSTED = "/oai/hosted/{feed}"
PAGE_RECORDS = 500
#: longest address that is read
_URL_BYTES = 4 * 1024
#: when to come again if the store cannot be read; never 429, which some harvesters take for the end
_RETRY_AFTER_SECONDS = 30

Chosen = tuple[Repository, ProviderSettings]


class Provider:
    """The exchange's repositories, each behind its one address."""

    def __init__(self, store: Store, settings: PortalSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._store = store
        names = ExportSettings(authority=settings.authority, public_url=settings.public_url)
        self._repository = ExportRepository(store, names)
        self._records = RecordRepository(store, names)
        self._key = b""

    async def handle(self, request: web.Request) -> web.Response:
        """The answer to one request for what is published."""
        return await self._answered(request, lambda: (self._repository, self._of(request, PATH)))

    async def handle_records(self, request: web.Request) -> web.Response:
        """The answer to one request for single records."""
        return await self._answered(request, lambda: (self._records, self._kept_apart(request, RECORDS, RECORDS)))

    async def handle_hosted(self, request: web.Request) -> web.Response:
        """The answer to one request for what an institution gave; raises NotFound for what is not given on."""
        key = request.match_info["feed"]
        return await self._answered(request, lambda: self._hosted(request, key))

    async def _answered(self, request: web.Request, chosen: Callable[[], Chosen]) -> web.Response:
        if len(request.raw_path) > _URL_BYTES:
            raise web.HTTPRequestURITooLong
        if (request.content_length or 0) > FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=FORM_BYTES, actual_size=request.content_length or 0)
        try:
            repository, settings = await asyncio.to_thread(chosen)
            return await respond(request, repository, settings)
        except (OperationalError, NoConnection):
            return web.Response(status=503, headers={"Retry-After": str(_RETRY_AFTER_SECONDS)})

    def _hosted(self, request: web.Request, key: str) -> Chosen:
        """A feed of files whose descriptions have a licence, and no other."""
        with self._store.reading() as connection:
            feed = feeds.get(connection, key)
            holder = institutions.get(connection, feed.institution) if feed else None
        if feed is None or feed.key != key or feed.source == "oai" or feed.state == "retired":
            raise NotFound
        if not feed.metadata_licence or holder is None:
            raise NotFound
        settings = self._kept_apart(request, HOSTED.format(feed=key), key)
        named = msgspec.structs.replace(settings, name=f"{holder.name}: {feed.name}")
        return HostedRepository(self._store, feed, settings.authority), named

    def _kept_apart(self, request: web.Request, path: str, key: str) -> ProviderSettings:
        """Settings of a repository whose tokens are its own."""
        settings = self._of(request, path)
        return msgspec.structs.replace(settings, token_key=hmac.digest(settings.token_key, key.encode(), "sha256"))

    def _of(self, request: web.Request, path: str) -> ProviderSettings:
        self._key = self._key or token_key(self._folder)
        return ProviderSettings(
            name=self._settings.title,
            base_url=(self._settings.public_url or own_address(request)) + path,
            admin_email=self._settings.admin_email or f"admin@{self._settings.authority}",
            authority=self._settings.authority,
            token_key=self._key,
            page_records=PAGE_RECORDS,
        )


def add_routes(app: web.Application, provider: Provider) -> None:
    """Answers at both addresses, by GET (and HEAD) and by form POST."""
    app.router.add_get(PATH, provider.handle)
    app.router.add_post(PATH, provider.handle)
    app.router.add_get(RECORDS, provider.handle_records)
    app.router.add_post(RECORDS, provider.handle_records)
    app.router.add_get(HOSTED, provider.handle_hosted)
    app.router.add_post(HOSTED, provider.handle_hosted)
