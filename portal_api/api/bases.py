"""Bases that ship and their rise for all feeds, as JSON: what `/admin/bases` does, for programs."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.pipeline.base_rise import Left
from federation.storage.repeated_requests import Note
from portal_api.api.administration import decoded, read_as
from portal_api.auth.requests import check_token, read_body
from portal_api.errors import NotAllowed
from portal_api.http.once import digest_of, once
from portal_api.http.parameters import NoParameters
from portal_api.pages.admin.bases import base_in, perform
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.bases import base_view, bases_view, seen_feeds

_LEFT = msgspec.json.Decoder(tuple[Left, ...])


class RiseBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an act needs besides."""

    #: of a confirmation: why this may be
    note: str = ""


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """What an act did not reach."""

    #: feeds that were left, and why
    left: tuple[Left, ...]


async def listed(request: web.Request) -> web.Response:
    """Every base that a feed of the reader's builds on."""
    strict(request, NoParameters)
    return await read_as(request, bases_view)


async def one(request: web.Request) -> web.Response:
    """One base: each feed on it, with the dry run of its rise."""
    strict(request, NoParameters)
    base = base_in(request)

    def found(connection: sa.Connection, reader: Reader) -> object:
        return base_view(connection, reader, base)

    return await read_as(request, found)


async def acted(request: web.Request) -> web.Response:
    """Does `dry-run`, `confirm`, `activate` or `rollback` for every feed; names the feeds that were left, and why.

    raises  RequestRefused with its reason
    """
    check_token(request, "")
    body = await read_body(request)
    wanted = decoded(body or b"{}", RiseBody)

    async def done(note: Note) -> str:
        left = await perform(request, request.match_info["act"], wanted.note, note)
        return msgspec.json.encode(left).decode()

    async def told(left: str) -> web.Response:
        return await read_as(request, lambda connection, reader: _acted(connection, reader, left))

    return await once(request, digest_of(body), done, told)


def _acted(connection: sa.Connection, reader: Reader, left: str) -> Acted:
    """What was left, as far as the reader may know of it; raises NotAllowed."""
    seen = {feed.key for feed in seen_feeds(connection, reader)}
    if not seen:
        raise NotAllowed("harvest_admin")
    return Acted(left=tuple(each for each in _LEFT.decode(left) if each.feed in seen))
