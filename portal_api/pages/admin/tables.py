"""`/admin/tables` and `/admin/crosswalks/{key}/misses`: lookup tables, in and out, and what they did not know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline import lookup_tables as deeds
from federation.pipeline.table_files import (
    CONTENT_TYPES,
    MOST_BYTES,
    TABLE_FORMATS,
    TableFormat,
    read_table,
    write_table,
)
from federation.storage.clashes import repeats_clashes
from federation.storage.transactions import Transaction
from mappings.errors import MappingError
from mappings.tables.rows import TableRow
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.auth.uploads import read_upload
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE
from portal_api.http.origins import origin_of
from portal_api.pages.admin.showing import moved, number_in, show, whole_number
from portal_api.reader import Reader
from portal_api.views.feeds import administers, found_feed
from portal_api.views.tables import found_table, misses_view, table_view, tables_view

ADDRESS = "/admin/tables"


async def listed(request: web.Request) -> web.Response:
    """Every table of the reader's, and the form that begins one."""
    return await _listed(request)


async def _listed(request: web.Request, refusal: str = "", typed: Form | None = None) -> web.Response:
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def read_view() -> object:
        with store.reading() as connection:
            return tables_view(connection, reader)

    view = await asyncio.to_thread(read_view)
    status = 422 if refusal else 200
    return await show(
        request, "admin/tables.html", status=status, view=view, refusal=refusal, typed=typed or {}, here=ADDRESS
    )


async def begun(request: web.Request) -> web.Response:
    """A new table from a file."""
    sent = await read_upload(request, MOST_BYTES)
    with sent.file:
        body = b"".join(sent.pieces())
    name, institution = sent.fields.get("name", "").strip(), sent.fields.get("institution", "")
    refusal = await _saved(request, name, institution, body, sent.fields)
    return await _listed(request, refusal, sent.fields) if refusal else moved(f"{ADDRESS}/{name}")


async def one(request: web.Request) -> web.Response:
    """One table: its newest version, or the one that is asked for."""
    return await _one(request)


async def _one(request: web.Request, refusal: str = "") -> web.Response:
    reader, store, name = await reader_of(request), request.app[EXCHANGE].store, request.match_info["name"]
    version = number_in(request, "number") if "number" in request.match_info else 0

    def read_view() -> object:
        with store.reading() as connection:
            return table_view(connection, reader, name, version)

    view = await asyncio.to_thread(read_view)
    status = 422 if refusal else 200
    return await show(
        request, "admin/table.html", status=status, view=view, refusal=refusal, formats=TABLE_FORMATS, here=ADDRESS
    )


async def brought(request: web.Request) -> web.Response:
    """The next version of a table from a file."""
    name = request.match_info["name"]
    sent = await read_upload(request, MOST_BYTES)
    with sent.file:
        body = b"".join(sent.pieces())
    institution = await asyncio.to_thread(_institution, request, await reader_of(request), name)
    refusal = await _saved(request, name, institution, body, sent.fields)
    return await _one(request, refusal) if refusal else moved(f"{ADDRESS}/{name}")


def _institution(request: web.Request, reader: Reader, name: str) -> str:
    with request.app[EXCHANGE].store.reading() as connection:
        return found_table(connection, reader, name).institution


async def _saved(request: web.Request, name: str, institution: str, body: bytes, form: Form) -> str:
    """Writes a version; why it cannot be written, empty where it was."""
    reader = await reader_of(request)
    if not administers(reader, institution):
        raise NotFound
    seen = whole_number(form.get("seen", "")) or 0

    def write(tx: Transaction) -> None:
        rows = read_table(body)
        deeds.save(tx, name, institution, rows, reader.account, seen=seen, message=form.get("message", "")[:500])

    return await _refusal(request, reader, write)


async def _refusal(request: web.Request, reader: Reader, deed: Callable[[Transaction], None]) -> str:
    store = request.app[EXCHANGE].store

    @repeats_clashes
    def run() -> None:
        with store.transaction(actor=reader.actor) as tx:
            deed(tx)

    try:
        await asyncio.to_thread(run)
    except (MappingError, RequestRefused) as refused:
        return str(refused)
    return ""


async def file(request: web.Request) -> web.Response:
    """A version of a table as a file."""
    return await written_file(request)


async def written_file(request: web.Request) -> web.Response:
    """The version of a table in the address, as a file of the form that its end names; raises NotFound."""
    reader, store, name = await reader_of(request), request.app[EXCHANGE].store, request.match_info["name"]
    form = _format(request.match_info["form"])
    number = number_in(request, "number")

    def written() -> bytes:
        with store.reading() as connection:
            table = found_table(connection, reader, name, number)
        uri = f"{origin_of(request, request.app[EXCHANGE].settings)}{ADDRESS}/{table.name}/{table.version}"
        return write_table(table.rows, form, uri=uri, version=table.version)

    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{number}.{form}"',
        "Cache-Control": "private, no-store",
    }
    body = await asyncio.to_thread(written)
    return web.Response(body=body, content_type=CONTENT_TYPES[form], headers=headers)


def _format(text: str) -> TableFormat:
    found = next((form for form in TABLE_FORMATS if form == text), None)
    if found is None:
        raise NotFound
    return found


# --- misses -----------------------------------------------------------------------------------------------------------


async def misses(request: web.Request) -> web.Response:
    """What tables did not know in the stored records of a feed."""
    return await _misses(request)


async def _misses(request: web.Request, refusal: str = "") -> web.Response:
    reader, store, key = await reader_of(request), request.app[EXCHANGE].store, request.match_info["key"]

    def read_view() -> object:
        with store.reading() as connection:
            return misses_view(connection, reader, key)

    view = await asyncio.to_thread(read_view)
    status, here = 422 if refusal else 200, "/admin/crosswalks"
    return await show(request, "admin/misses.html", status=status, view=view, refusal=refusal, here=here)


async def added(request: web.Request) -> web.Response:
    """Adds one value to a table; leads to the draft that knows it."""
    form, reader, key = await read_form(request), await reader_of(request), request.match_info["key"]
    made: list[int] = []

    def add(tx: Transaction) -> None:
        feed = found_feed(tx.connection, reader, key)
        _, draft = deeds.add_rows(tx, feed, form.get("table", ""), [row_of(form)], reader.account)
        made.append(draft.number)

    refusal = await _refusal(request, reader, add)
    return await _misses(request, refusal) if refusal else moved(f"/admin/crosswalks/{key}/{made[-1]}")


def row_of(form: Form) -> TableRow:
    """The row that a form states."""

    def stated(name: str) -> str:
        return form.get(name, "").strip()

    return TableRow(
        key=stated("key"),
        value=stated("value"),
        label_en=stated("label_en"),
        label_zh=stated("label_zh"),
        note=stated("note"),
    )
