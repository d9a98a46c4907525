"""Lookup tables and their misses as JSON; a table is written by PUT of a file."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.pipeline import lookup_tables as deeds
from federation.pipeline.table_files import MOST_BYTES, read_table
from federation.storage.clashes import repeats_clashes
from federation.storage.lookup_tables import LookupTable
from portal_api.api.administration import as_json, read_as
from portal_api.auth.requests import check_token, read_body, reader_of
from portal_api.errors import NotFound, PreconditionMissing
from portal_api.exchange import EXCHANGE
from portal_api.http.parameters import NoParameters, RowNumber
from portal_api.pages.public.asking import strict
from portal_api.views.feeds import administers
from portal_api.views.tables import found_table, misses_view, tables_view


class TableParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which version is asked for."""

    #: the newest without
    version: RowNumber = 0


class WriteParameters(msgspec.Struct, frozen=True, kw_only=True):
    """How a version is written."""

    #: slug of whose table it is; needed for a new one
    institution: str = ""
    message: str = ""


async def tables(request: web.Request) -> web.Response:
    """The tables of the institutions whose feeds the reader runs."""
    strict(request, NoParameters)
    return await read_as(request, lambda connection, reader: tables_view(connection, reader).tables)


async def table(request: web.Request) -> web.Response:
    """One version of a table with all its rows; the ETag is its number."""
    wanted, name = strict(request, TableParameters), request.match_info["name"]
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def found() -> LookupTable:
        with store.reading() as connection:
            return found_table(connection, reader, name, wanted.version)

    return _answer(await asyncio.to_thread(found))


def _answer(found: LookupTable) -> web.Response:
    answer = as_json(found)
    answer.headers["ETag"] = f'"{found.version}"'
    return answer


async def put(request: web.Request) -> web.Response:
    """Writes the next version from the body, a file; `If-Match` names the version that was read, `"0"` for a new table.

    raises  PreconditionMissing; RecordChanged; RequestRefused; DocumentRefused
    """
    check_token(request, "")
    wanted, name = strict(request, WriteParameters), request.match_info["name"]
    stated = request.headers.get("If-Match", "").strip('"')
    if not (stated.isascii() and stated.isdigit() and len(stated) < 10):
        raise PreconditionMissing('expected If-Match with the version that was read, such as "3"; "0" for a new table')
    body = await read_body(request, most_bytes=MOST_BYTES)
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    @repeats_clashes
    def write() -> LookupTable:
        with store.transaction(actor=reader.actor) as tx:
            seen = int(stated)
            institution = found_table(tx.connection, reader, name).institution if seen else wanted.institution
            if not administers(reader, institution):
                raise NotFound
            rows = read_table(body)
            return deeds.save(tx, name, institution, rows, reader.account, seen=seen, message=wanted.message[:500])

    return _answer(await asyncio.to_thread(write))


async def misses(request: web.Request) -> web.Response:
    """What tables did not know in the stored records of a feed."""
    strict(request, NoParameters)
    key = request.match_info["key"]
    return await read_as(request, lambda connection, reader: misses_view(connection, reader, key).misses)
