"""The addresses of accounts and of the admin area; rows of the one table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from portal_api.api import administration
from portal_api.auth.requests import reader_of
from portal_api.http.static import static_files
from portal_api.pages.account import own, setup, sign_in
from portal_api.pages.admin import feeds, institutions, jobs, new_feed, overview, runs
from portal_api.reader import Role, require

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One address and who may use it."""

    method: str
    path: str
    handler: Handler
    role: Role


def _door(method: str, path: str, handler: Handler, role: Role) -> Door:
    return Door(method=method, path=path, handler=handler, role=role)


STAFF_ROUTES = (
    _door("GET", "/setup", setup.setup_page, "public"),
    _door("POST", "/setup", setup.setup, "public"),
    _door("GET", "/sign-in", sign_in.sign_in_page, "public"),
    _door("POST", "/sign-in", sign_in.sign_in, "public"),
    _door("POST", "/sign-out", sign_in.sign_out, "account"),
    _door("GET", "/account", own.account_page, "account"),
    _door("POST", "/account/password", own.new_password, "account"),
    _door("POST", "/account/end-sessions", own.end_sessions, "account"),
    _door("POST", "/account/acting-for", sign_in.act_for, "account"),
    _door("GET", "/admin", overview.overview, "staff"),
    _door("GET", "/admin/institutions", institutions.listed, "exchange_admin"),
    _door("GET", "/admin/institutions/new", institutions.new_page, "exchange_admin"),
    _door("POST", "/admin/institutions/new", institutions.add, "exchange_admin"),
    _door("GET", "/admin/institutions/{slug}", institutions.change_page, "exchange_admin"),
    _door("POST", "/admin/institutions/{slug}", institutions.change, "exchange_admin"),
    _door("GET", "/admin/feeds", feeds.listed, "harvest_admin"),
    _door("GET", "/admin/feeds/new", new_feed.new_page, "harvest_admin"),
    _door("POST", "/admin/feeds/new", new_feed.new, "harvest_admin"),
    _door("GET", "/admin/feeds/{key}", feeds.one, "harvest_admin"),
    _door("GET", "/admin/feeds/{key}/retire", feeds.retire_page, "harvest_admin"),
    _door("POST", "/admin/feeds/{key}/{act}", feeds.acted, "harvest_admin"),
    _door("GET", "/admin/feeds/{key}/records", feeds.records, "harvest_admin"),
    _door("GET", "/admin/runs/{id}", runs.one, "harvest_admin"),
    _door("GET", "/admin/quarantine/{number}/raw", feeds.quarantined, "harvest_admin"),
    _door("GET", "/admin/jobs", jobs.listed, "exchange_admin"),
    _door("POST", "/admin/jobs/{id}/{act}", jobs.acted, "exchange_admin"),
    _door("GET", "/api/v1/feeds", administration.feeds, "harvest_admin"),
    _door("GET", "/api/v1/feeds/{key}", administration.feed, "harvest_admin"),
    _door("GET", "/api/v1/runs/{id}", administration.run, "harvest_admin"),
    _door("GET", "/api/v1/jobs", administration.jobs, "exchange_admin"),
    _door("GET", "/api/v1/issues", administration.issues, "harvest_admin"),
)


def guarded(door: Door) -> Handler:
    """The door's handler behind its role; a reader who is sent to sign in is led back to pages alone."""

    async def handler(request: web.Request) -> web.StreamResponse:
        address = request.path_qs if request.method == "GET" else ""
        require(await reader_of(request), door.role, address)
        return await door.handler(request)

    return handler


def add_staff(app: web.Application) -> None:
    """Every door of `STAFF_ROUTES`, each guarded by its role."""
    app.router.add_get("/static/admin.css", _stylesheet)
    for door in STAFF_ROUTES:
        app.router.add_route(door.method, door.path, guarded(door))


async def _stylesheet(request: web.Request) -> web.Response:
    return web.Response(body=static_files()["admin.css"].body, content_type="text/css", charset="utf-8")
