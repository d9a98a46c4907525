"""Lookup tables and their misses as JSON; a table is written by PUT of a file."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from federation.pipeline import lookup_tables as deeds
from federation.pipeline.table_files import MOST_BYTES, read_table
from federation.storage.clashes import repeats_clashes
from federation.storage.feeds import StoredFeed
from federation.storage.lookup_tables import LookupTable
from federation.storage.repeated_requests import Note
from federation.storage.transactions import Transaction
from mappings.tables.rows import TableRow
from portal_api.api.administration import as_json, decoded, read_as
from portal_api.auth.requests import check_token, read_body, reader_of
from portal_api.errors import NotFound, PreconditionMissing
from portal_api.exchange import EXCHANGE
from portal_api.http.once import digest_of, once
from portal_api.http.parameters import NoParameters, RowNumber
from portal_api.pages.admin.crosswalks import written
from portal_api.pages.admin.tables import written_file
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
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


class AddBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that a table did not know, and what it is worth."""

    #: as the feed's rules call it
    table: str
    key: str
    value: str
    label_en: str = ""
    label_zh: str = ""
    note: str = ""


class Added(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of it."""

    table: str
    #: of the table
    version: int
    #: number of the version of the feed's rules that pins it
    draft: int


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


async def file(request: web.Request) -> web.Response:
    """A version of a table as CSV, XLSX or SSSOM."""
    strict(request, NoParameters)
    return await written_file(request)


async def add(request: web.Request) -> web.Response:
    """Adds a value to a table of the feed's rules: its next version, and the draft that pins it.

    raises  RequestRefused
    """
    check_token(request, "")
    body = await read_body(request)
    wanted = decoded(body, AddBody)

    async def done(note: Note) -> str:
        def made(tx: Transaction, reader: Reader, feed: StoredFeed) -> int:
            row = TableRow(
                key=wanted.key,
                value=wanted.value,
                label_en=wanted.label_en,
                label_zh=wanted.label_zh,
                note=wanted.note,
            )
            table, draft = deeds.add_rows(tx, feed, wanted.table, [row], reader.account)
            told = msgspec.json.encode(Added(table=table.name, version=table.version, draft=draft.number)).decode()
            note(tx, told)
            said.append(told)
            return draft.number

        said: list[str] = []
        await written(request, made)
        return said[-1]

    return await once(request, digest_of(body), done, _told)


async def _told(said: str) -> web.Response:
    return as_json(msgspec.json.decode(said, type=Added))


async def misses(request: web.Request) -> web.Response:
    """What tables did not know in the stored records of a feed."""
    strict(request, NoParameters)
    key = request.match_info["key"]
    return await read_as(request, lambda connection, reader: misses_view(connection, reader, key).misses)
