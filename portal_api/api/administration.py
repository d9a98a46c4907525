"""Feeds, runs and issues as JSON: the views that the admin pages show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from aiohttp import web

from federation.storage import outcomes
from federation.storage.outcomes import IssueCount
from portal_api.auth.requests import reader_of
from portal_api.errors import BodyInvalid, ParameterFault
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters
from portal_api.pages.admin.jobs import found_jobs
from portal_api.pages.admin.runs import found_numbered_run, found_run
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.feeds import feed_view, feeds_view, found_feed

T = TypeVar("T", bound=msgspec.Struct)


class IssuesParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Whose issues are listed."""

    feed: str = ""


async def feeds(request: web.Request) -> web.Response:
    """The feeds that the reader administers."""
    strict(request, NoParameters)
    return await read_as(request, feeds_view)


async def feed(request: web.Request) -> web.Response:
    """One feed."""
    strict(request, NoParameters)
    key = request.match_info["key"]
    return await read_as(request, lambda connection, reader: feed_view(connection, reader, key))


async def run(request: web.Request) -> web.Response:
    """One run."""
    return as_json(await found_run(request))


async def numbered_run(request: web.Request) -> web.Response:
    """One run, by its feed and its number within it."""
    return as_json(await found_numbered_run(request))


async def jobs(request: web.Request) -> web.Response:
    """What each stage has still to do, and the jobs."""
    return as_json(await found_jobs(request))


async def issues(request: web.Request) -> web.Response:
    """A feed's issues by code, field and rule, with three examples each."""
    wanted = strict(request, IssuesParameters)

    def found(connection: sa.Connection, reader: Reader) -> Sequence[IssueCount]:
        return outcomes.issue_counts(connection, found_feed(connection, reader, wanted.feed).key)

    return await read_as(request, found)


def as_json(value: object) -> web.Response:
    """`value` for its reader alone."""
    body, headers = msgspec.json.encode(value), {"Cache-Control": "private, no-store"}
    return web.Response(body=body, content_type="application/json", headers=headers)


def decoded(body: bytes, kind: type[T]) -> T:
    """What a body in JSON says; raises BodyInvalid where it is not of this kind."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BodyInvalid([ParameterFault(parameter="", code="body-invalid", detail=str(error))]) from error


async def read_as(request: web.Request, view: Callable[[sa.Connection, Reader], object]) -> web.Response:
    """What a view makes of the store, for its reader alone."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def built() -> object:
        with store.reading() as connection:
            return view(connection, reader)

    return as_json(await asyncio.to_thread(built))
