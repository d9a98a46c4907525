"""A loopback SRU server: one of three versions, records packed in either way, and an end before the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

from aiohttp import web

from tests.peers.loopback import listening

_NAMESPACES = {
    "1.1": "http://www.loc.gov/zing/srw/",
    "1.2": "http://www.loc.gov/zing/srw/",
    "2.0": "http://docs.oasis-open.org/ns/search-ws/sruResponse",
}
_DC = 'xmlns:srw_dc="info:srw/schema/1/dc-schema" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_PREFIX = re.compile(r'rec\.identifier = "([^"*]+)\*"')
_DATES = re.compile(r'dc\.date >= "(\S+)" and dc\.date < "(\S+)"')


@dataclass
class SruServer:
    """What is served, and how."""

    #: identifier -> date
    records: dict[str, str]
    version: str = "1.2"
    packing: str = "xml"
    page: int = 10
    #: records of one search that are given at most
    most: int | None = None
    #: indexes that can be searched
    indexes: Sequence[str] = ("rec.identifier", "dc.date")
    #: says a diagnostic where it stops, or nothing more
    says_stop: bool = True
    #: gives the first page whatever is asked for
    stuck: bool = False
    #: answers no search, explains itself
    fails: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answers one request."""
        query = dict(request.query)
        self.asked.append(query)
        if self.fails:
            return web.Response(status=500 if "query" in query else 200)
        if query.get("version", "2.0") != self.version:
            return self._answer(_diagnostic(5, "Unsupported version"))
        found = self._found(query["query"])
        if found is None:
            return self._answer(_diagnostic(16, "Unsupported index"))
        start = 1 if self.stuck else int(query["startRecord"])
        if self.most is not None and start > self.most:
            return self._answer(_diagnostic(61, "First record position out of range") if self.says_stop else "", found)
        end = min(start - 1 + self.page, len(found), self.most or len(found))
        return self._answer("", found, found[start - 1 : end])

    def _found(self, query: str) -> list[str] | None:
        if prefix := _PREFIX.search(query):
            return (
                [name for name in self.records if name.startswith(prefix[1])] if self._has("rec.identifier") else None
            )
        if dates := _DATES.search(query):
            chosen = [name for name, date in self.records.items() if dates[1] <= date < dates[2]]
            return chosen if self._has("dc.date") else None
        return list(self.records)

    def _has(self, index: str) -> bool:
        return index in self.indexes

    def _answer(self, diagnostic: str, found: Sequence[str] = (), chosen: Sequence[str] = ()) -> web.Response:
        total = "" if diagnostic and not found else f"<numberOfRecords>{len(found)}</numberOfRecords>"
        records = "".join(self._record(name) for name in chosen)
        body = (
            f'<searchRetrieveResponse xmlns="{_NAMESPACES[self.version]}"><version>{self.version}</version>{total}'
            f"{f'<records>{records}</records>' if records else ''}"
            f"{f'<diagnostics>{diagnostic}</diagnostics>' if diagnostic else ''}</searchRetrieveResponse>"
        )
        return web.Response(text=body, content_type="application/xml")

    def _record(self, name: str) -> str:
        inner = (
            f"<srw_dc:dc {_DC}><dc:title>Thing {name}</dc:title><dc:date>{self.records[name]}</dc:date>"
            f"<dc:identifier>{name}</dc:identifier></srw_dc:dc>"
        )
        data = escape(inner) if self.packing == "string" else inner
        return (
            f"<record><recordSchema>info:srw/schema/1/dc-v1.1</recordSchema><recordPacking>{self.packing}"
            f"</recordPacking><recordData>{data}</recordData></record>"
        )


def _diagnostic(number: int, message: str) -> str:
    return (
        '<diagnostic xmlns="http://www.loc.gov/zing/srw/diagnostic/">'
        f"<uri>info:srw/diagnostic/1/{number}</uri><message>{message}</message></diagnostic>"
    )


@asynccontextmanager
async def serving_sru(server: SruServer) -> AsyncIterator[str]:
    """The address of the server while the block runs."""
    app = web.Application()
    app.router.add_get("/sru", server.handle)
    async with listening(app) as root:
        yield f"{root}/sru"
