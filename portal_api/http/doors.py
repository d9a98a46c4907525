"""A row of the route table: one address, who may use it, and what answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from portal_api.auth.requests import reader_of
from portal_api.reader import Role, require

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One address and who may use it."""

    method: str
    path: str
    handler: Handler
    role: Role


def door(method: str, path: str, handler: Handler, role: Role = "public") -> Door:
    """A row of the table."""
    return Door(method=method, path=path, handler=handler, role=role)


def guarded(wanted: Door) -> Handler:
    """The door's handler behind its role; a reader who is sent to sign in is led back to pages alone."""

    async def handler(request: web.Request) -> web.StreamResponse:
        address = request.path_qs if request.method in ("GET", "HEAD") else ""
        require(await reader_of(request), wanted.role, address)
        return await wanted.handler(request)

    return handler
