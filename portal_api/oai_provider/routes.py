"""`/oai`: where harvesters ask (OAI-PMH 2.0)."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from aiohttp import web
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from federation.storage.engine import Store
from portal_api.oai_provider.export_rows import ExportRepository
from portal_api.oai_provider.keys import token_key
from portal_api.oai_provider.requests import FORM_BYTES, respond
from portal_api.oai_provider.settings import ProviderSettings
from portal_api.settings import PortalSettings

PATH = "/oai"
PAGE_RECORDS = 500
#: longest address that is read
_URL_BYTES = 4 * 1024
#: when to come again if the store cannot be read; never 429, which some harvesters take for the end
_RETRY_AFTER_SECONDS = 30


class Provider:
    """The exchange's repository behind its one address."""

    def __init__(self, store: Store, settings: PortalSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._repository = ExportRepository(store, settings.authority)
        self._key = b""

    async def handle(self, request: web.Request) -> web.Response:
        """The answer to one request."""
        if len(request.raw_path) > _URL_BYTES:
            raise web.HTTPRequestURITooLong
        if (request.content_length or 0) > FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=FORM_BYTES, actual_size=request.content_length or 0)
        try:
            return await respond(request, self._repository, self._of(request))
        except (OperationalError, NoConnection):
            return web.Response(status=503, headers={"Retry-After": str(_RETRY_AFTER_SECONDS)})

    def _of(self, request: web.Request) -> ProviderSettings:
        self._key = self._key or token_key(self._folder)
        return ProviderSettings(
            name=self._settings.title,
            base_url=(self._settings.public_url or own_address(request)) + PATH,
            admin_email=self._settings.admin_email or f"admin@{self._settings.authority}",
            authority=self._settings.authority,
            token_key=self._key,
            page_records=PAGE_RECORDS,
        )


def own_address(request: web.Request) -> str:
    """The address of the socket that took the request: never what its Host header says."""
    host, port = request.get_extra_info("sockname")[:2]
    is_v6 = ipaddress.ip_address(host).version == 6
    return f"http://[{host}]:{port}" if is_v6 else f"http://{host}:{port}"


def add_routes(app: web.Application, provider: Provider) -> None:
    """Answers at `/oai`, by GET (and HEAD) and by form POST."""
    app.router.add_get(PATH, provider.handle)
    app.router.add_post(PATH, provider.handle)
