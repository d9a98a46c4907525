"""Where harvesters ask: `/oai`, and below it `records`, `hosted/{feed}` and `enriched/{institution}` (OAI-PMH 2.0)."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import msgspec
from aiohttp import web
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.hosting import Asker, list_of
from federation.pipeline.origins import friends_of
from federation.storage import feeds, institution_keys, institutions
from federation.storage.engine import Store
from mappings.serialisations import dat46, enrichment
from portal_api.errors import NotFound
from portal_api.http.origins import caller_of, within
from portal_api.oai_provider.addresses import own_address
from portal_api.oai_provider.enriched_rows import EnrichedRepository
from portal_api.oai_provider.export_rows import ExportRepository
from portal_api.oai_provider.hosted_rows import HostedRepository
from portal_api.oai_provider.record_rows import RecordRepository
from portal_api.oai_provider.repositories import Repository
from portal_api.oai_provider.requests import FORM_BYTES, respond
from portal_api.oai_provider.settings import OWN_SAMPLE, RECORD_SAMPLE, ProviderSettings
from portal_api.oai_provider.turns import Crowded, TurnRules, Turns
from portal_api.settings import PortalSettings
from portal_api.signing_keys import RESUMPTION_TOKENS, signing_key

PATH = "/oai"
RECORDS = "/oai/records"
HOSTED = "/oai/hosted/{feed}"
ENRICHED = "/oai/enriched/{institution}"
#: address -> XML schema of what has none elsewhere: records after DA/T 46, and what enriched records say in `about`
SCHEMAS: dict[str, Callable[[], bytes]] = {
    dat46.SCHEMA: dat46.schema,
    f"/schemas/{enrichment.FILE_NAME}": enrichment.schema,
}
PAGE_RECORDS = 500
#: longest address that is read
_URL_BYTES = 4 * 1024
#: when to come again if the store cannot be read, and if a client asks too much
_STORE_AWAY_SECONDS = 30
_CROWDED_SECONDS = 5

Chosen = tuple[Repository, ProviderSettings]


class Provider:
    """The exchange's repositories, each behind its one address."""

    def __init__(self, store: Store, settings: PortalSettings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._store = store
        self._names = names = ExportSettings(authority=settings.authority, public_url=settings.public_url)
        self._repository = ExportRepository(store, names)
        self._records = RecordRepository(store, names)
        self._key = b""
        self._turns = Turns(TurnRules(per_second=settings.harvester_per_second, at_once=settings.harvester_at_once))

    async def handle(self, request: web.Request) -> web.Response:
        """The answer to one request for what is published."""
        return await self._answered(request, lambda: self.open_to_all(request, PATH))

    async def handle_records(self, request: web.Request) -> web.Response:
        """The answer to one request for single records."""
        return await self._answered(request, lambda: self.open_to_all(request, RECORDS))

    async def handle_hosted(self, request: web.Request) -> web.Response:
        """The answer to one request for what an institution gave; raises NotFound for what is not given on."""
        key = request.match_info["feed"]
        return await self._answered(request, lambda: self._hosted(request, key))

    async def handle_enriched(self, request: web.Request) -> web.Response:
        """The answer to an institution that asks for its own records; 401 for anybody without its key."""
        slug = request.match_info["institution"]
        return await self._answered(request, lambda: self._enriched(request, slug))

    def open_to_all(self, request: web.Request, path: str) -> Chosen:
        """The repository at `PATH` or `RECORDS`, and how it answers this request."""
        if path == RECORDS:
            return self._records, self._kept_apart(request, RECORDS, RECORDS, RECORD_SAMPLE)
        with self._store.reading() as connection:
            friends = friends_of(feeds.friends(connection))
        return self._repository, msgspec.structs.replace(self._of(request, PATH), friends=friends)

    def _is_opened(self, request: web.Request, slug: str) -> bool:
        key = _password(request.headers.get("Authorization", ""))
        with self._store.reading() as connection:
            return bool(key) and institution_keys.opens(connection, slug, key)

    def _enriched(self, request: web.Request, slug: str) -> Chosen:
        if not self._is_opened(request, slug):
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="OAI-PMH", charset="UTF-8"'})
        path = ENRICHED.format(institution=slug)
        return EnrichedRepository(self._store, slug, self._names), self._kept_apart(request, path, path, OWN_SAMPLE)

    async def _answered(self, request: web.Request, chosen: Callable[[], Chosen]) -> web.Response:
        if len(request.raw_path) > _URL_BYTES:
            raise web.HTTPRequestURITooLong
        if (request.content_length or 0) > FORM_BYTES:
            raise web.HTTPRequestEntityTooLarge(max_size=FORM_BYTES, actual_size=request.content_length or 0)
        caller = caller_of(request, self._settings)
        try:
            async with nullcontext() if within(caller, self._settings.harvester_networks) else self._turns.turn(caller):
                repository, settings = await asyncio.to_thread(chosen)
                return await respond(request, repository, settings)
        except (OperationalError, NoConnection):
            return _later(_STORE_AWAY_SECONDS, "the records cannot be read at this moment")
        except Crowded:
            said = (
                f"{self._settings.harvester_per_second:g} requests a second, {self._settings.harvester_at_once} at once"
            )
            return _later(_CROWDED_SECONDS, f"one client may make {said}")

    def _hosted(self, request: web.Request, key: str) -> Chosen:
        """A feed of files: to everyone where all of it is given on; what is hidden, too, by its institution's key."""
        with self._store.reading() as connection:
            feed = feeds.get(connection, key)
            holder = institutions.get(connection, feed.institution) if feed else None
        if feed is None or feed.key != key or feed.source == "oai" or feed.state == "retired":
            raise NotFound
        asker: Asker = "own" if holder is not None and self._is_opened(request, holder.slug) else "public"
        if holder is None or not (feed.gives == "all" or asker == "own"):
            raise NotFound
        settings = self._kept_apart(request, HOSTED.format(feed=key), list_of(key, asker), OWN_SAMPLE)
        named = msgspec.structs.replace(settings, name=f"{holder.name}: {feed.name}")
        return HostedRepository(self._store, feed, settings.authority, asker), named

    def _kept_apart(self, request: web.Request, path: str, key: str, sample: str) -> ProviderSettings:
        """Settings of a repository whose tokens are its own, and whose identifiers look like `sample`."""
        settings = self._of(request, path)
        token_key = hmac.digest(settings.token_key, key.encode(), "sha256")
        return msgspec.structs.replace(settings, token_key=token_key, sample=sample)

    def _of(self, request: web.Request, path: str) -> ProviderSettings:
        self._key = self._key or signing_key(self._folder, RESUMPTION_TOKENS)
        return ProviderSettings(
            name=self._settings.title,
            base_url=(self._settings.public_url or own_address(request)) + path,
            admin_email=self._settings.admin_email or f"admin@{self._settings.authority}",
            authority=self._settings.authority,
            token_key=self._key,
            page_records=PAGE_RECORDS,
        )


def _later(seconds: int, reason: str) -> web.Response:
    """503 and when to come again; never 429, which some harvesters take for the end."""
    return web.Response(status=503, text=f"Please come again later: {reason}.\n", headers={"Retry-After": str(seconds)})


def _password(authorization: str) -> str:
    """The password of HTTP Basic, whatever the user is called (RFC 7617); empty where there is none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.casefold() != "basic":
        return ""
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


async def schema(request: web.Request) -> web.Response:
    """An XML schema of the exchange's own."""
    return web.Response(body=SCHEMAS[request.path](), content_type="application/xml", charset="utf-8")


def add_routes(app: web.Application, provider: Provider) -> None:
    """Answers at both addresses, by GET (and HEAD) and by form POST."""
    app.router.add_get(PATH, provider.handle)
    app.router.add_post(PATH, provider.handle)
    app.router.add_get(RECORDS, provider.handle_records)
    app.router.add_post(RECORDS, provider.handle_records)
    app.router.add_get(ENRICHED, provider.handle_enriched)
    app.router.add_post(ENRICHED, provider.handle_enriched)
    for address in SCHEMAS:
        app.router.add_get(address, schema)
    app.router.add_get(HOSTED, provider.handle_hosted)
    app.router.add_post(HOSTED, provider.handle_hosted)
