"""A row of the route table: one address, who may use it, and what answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
from aiohttp import web

from federation.storage.api_keys import Scope
from portal_api.auth.requests import reader_of
from portal_api.errors import PersonNeeded, ScopeMissing
from portal_api.http.costs import READ, SEARCH
from portal_api.http.spending import search_place, spend
from portal_api.reader import Reader, Role, require

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Place = Literal["", "door", "handler"]


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One address and who may use it."""

    method: str
    path: str
    handler: Handler
    role: Role
    #: of a key that opens it; None = only a person at a browser does
    scope: Scope | None
    #: points that a key spends here
    cost: int
    #: where a place among those who search is taken, and the points spent: at the door, or by the handler
    place: Place


def door(
    method: str,
    path: str,
    handler: Handler,
    role: Role = "public",
    *,
    scope: Scope | None = None,
    cost: int = READ,
    place: Place = "",
) -> Door:
    """A row of the table; without a scope that of its role and address."""
    return Door(
        method=method,
        path=path,
        handler=handler,
        role=role,
        scope=scope or _scope(method, path, role),
        cost=cost,
        place=place,
    )


def search_door(method: str, path: str, handler: Handler, *, cost: int = SEARCH) -> Door:
    """A row for what asks the index and answers at once, with nothing to read but the address."""
    return door(method, path, handler, cost=cost, place="door")


_OF_ROLES: dict[Role, Scope] = {"staff": "feed", "harvest_admin": "feed", "exchange_admin": "admin"}


def _scope(method: str, path: str, role: Role) -> Scope | None:
    """Pages of accounts and of the admin area, and their forms, are for people; a key reads what is somebody's own."""
    if not path.startswith("/api/"):
        return "read" if role == "public" and method == "GET" else None
    if role == "account":
        return "read" if method == "GET" else None
    return _OF_ROLES.get(role, "read")


def guarded(wanted: Door) -> Handler:
    """The door's handler behind its role; a reader who is sent to sign in is led back to pages alone."""

    async def handler(request: web.Request) -> web.StreamResponse:
        address = request.path_qs if request.method in ("GET", "HEAD") else ""
        reader = await reader_of(request)
        if reader.key:
            _admit(reader, wanted)
        require(reader, wanted.role, address)
        if wanted.place == "door":
            async with search_place(request, wanted.cost):
                return await wanted.handler(request)
        if not wanted.place:
            await spend(request, wanted.cost)
        return await wanted.handler(request)

    return handler


def _admit(reader: Reader, wanted: Door) -> None:
    """Raises PersonNeeded, ScopeMissing where the reader's key does not open this door."""
    if wanted.scope is None:
        raise PersonNeeded
    if wanted.scope not in reader.scopes:
        raise ScopeMissing(wanted.scope)
