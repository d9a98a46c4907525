"""The doors of ResourceSync: the source description, each scope's documents, and the resources themselves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import sqlalchemy as sa
from aiohttp import web

from federation.pipeline.export_settings import ExportSettings
from federation.storage import export_sets, exports
from federation.storage.engine import Store
from federation.storage.export_history import Whole
from portal_api.errors import NotFound
from portal_api.oai_provider.addresses import own_address
from portal_api.oai_provider.export_rows import ExportView
from portal_api.resourcesync import lists
from portal_api.resourcesync.documents import MEDIA_TYPE
from portal_api.resourcesync.lists import BEGINNING, EVERYTHING, OPEN, Place
from portal_api.settings import PortalSettings

_STAMP = r"\d{8}T\d{6}Z"
_PART = re.compile(rf"(resourcelist|changelist)-({BEGINNING}|{_STAMP})-({_STAMP}|{OPEN})", re.ASCII)
#: sets that have lists of their own
_SCOPE = re.compile("institution:[a-z0-9-]+")
#: institutions that the description names at most
_MOST_SCOPES = 50_000

Written = Callable[[sa.Connection, str], str]


class ResourceSync:
    """The exchange as a source of ResourceSync: the same items, bytes and tombstones as `/oai` in `oai_dc`."""

    def __init__(self, store: Store, settings: PortalSettings) -> None:
        self._store, self._settings = store, settings

    async def description(self, request: web.Request) -> web.Response:
        """What scopes there are."""
        base = self._base(request)
        return await self._answered(lambda connection, now: lists.description(base, [EVERYTHING, *_scopes(connection)]))

    async def document(self, request: web.Request) -> web.Response:
        """One document of a scope; raises NotFound."""
        place = Place(base=self._base(request), scope=request.match_info["scope"])
        name = request.match_info["name"]
        return await self._answered(lambda connection, now: _document(connection, now, place, name))

    async def resource(self, request: web.Request) -> web.Response:
        """An item's Dublin Core, byte for byte as `/oai` has it; 410 for a tombstone. Raises NotFound."""
        item = request.match_info["item"]
        body = await asyncio.to_thread(self._body, item)
        if not body:
            raise web.HTTPGone
        return web.Response(body=body.encode(), content_type=MEDIA_TYPE, charset="utf-8")

    def _body(self, item: str) -> str:
        now = exports.horizon(self._store)
        names = ExportSettings(authority=self._settings.authority, public_url=self._settings.public_url)
        with self._store.reading() as connection:
            row = ExportView(connection, now, names).row(item, "oai_dc")
        if row is None:
            raise NotFound
        return row.body

    def _base(self, request: web.Request) -> str:
        return self._settings.public_url or own_address(request)

    async def _answered(self, written: Written) -> web.Response:
        body = await asyncio.to_thread(self._written, written)
        return web.Response(body=body, content_type=MEDIA_TYPE, charset="utf-8")

    def _written(self, written: Written) -> bytes:
        now = exports.horizon(self._store)
        with self._store.reading() as connection:
            return written(connection, now).encode()


def _scopes(connection: sa.Connection) -> list[str]:
    found = export_sets.listed(connection, exports.LIST, after=0, limit=_MOST_SCOPES)
    return [each.spec for each in found if _SCOPE.fullmatch(each.spec)]


def _document(connection: sa.Connection, now: str, place: Place, name: str) -> str:
    whole = Whole(before=now, set_number=_set_number(connection, place.scope))
    match name:
        case "capabilitylist":
            return lists.capabilities(place)
        case "resourcelist":
            return lists.resources(connection, place, whole)
        case "changelist":
            return lists.changes(connection, place, whole)
    part = _PART.fullmatch(name)
    if part is None:
        raise NotFound
    after, until = _datestamp(part[2]), _datestamp(part[3])
    if part[1] == "changelist":
        return lists.change_part(connection, place, whole, after, until)
    if not until:
        raise NotFound
    return lists.resource_part(connection, place, whole, after, until)


def _datestamp(compact: str) -> str:
    """The datestamp in an address; empty for the beginning and for what is open."""
    if compact in (BEGINNING, OPEN):
        return ""
    day, time = compact[:8], compact[9:15]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"


def _set_number(connection: sa.Connection, scope: str) -> int:
    """The set of a scope, 0 for everything; raises NotFound."""
    if scope == EVERYTHING:
        return 0
    number = export_sets.number_of(connection, exports.LIST, scope) if _SCOPE.fullmatch(scope) else None
    if number is None:
        raise NotFound
    return number


def add_routes(app: web.Application, source: ResourceSync) -> None:
    """Answers at the well-known address and below `/resourcesync`."""
    app.router.add_get("/.well-known/resourcesync", source.description)
    app.router.add_get("/resourcesync/items/{item}.xml", source.resource)
    app.router.add_get("/resourcesync/{scope}/{name}.xml", source.document)
