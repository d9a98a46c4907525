"""Each demonstration partner as a real OAI-PMH repository on this machine: pages, tokens, tombstones.

They answer by the same code as the exchange's own provider, over records held in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from portal_api.demo.partners import DemoPartner, partners
from portal_api.demo.records import DemoRecord
from portal_api.oai_provider import envelope, tokens
from portal_api.oai_provider.formats import Format
from portal_api.oai_provider.repositories import Row, Shape, View, Window, WithoutSets
from portal_api.oai_provider.requests import respond
from portal_api.oai_provider.settings import ProviderSettings

#: records a page: small enough that a harvest is seen to go on from token to token
PAGE_RECORDS = 120
HOST = "127.0.0.1"


class HeldRecords(WithoutSets):
    """A repository of records that never change, and its one view."""

    def __init__(self, records: Sequence[DemoRecord], offered: Format) -> None:
        self.formats = (offered,)
        self._rows = sorted(records, key=lambda record: (record.datestamp, record.identifier))
        self._places = {record.identifier: place for place, record in enumerate(self._rows)}

    @contextmanager
    def view(self) -> Iterator[View]:
        """This moment."""
        yield self

    @property
    def response_date(self) -> str:
        """Now."""
        return tokens.instant(datetime.now(UTC))

    def earliest(self) -> str:
        """The oldest datestamp."""
        return self._rows[0].datestamp if self._rows else ""

    def rows(self, shape: Shape, window: Window, after: int, limit: int) -> Sequence[Row]:
        """At most `limit` rows of `window` with numbers above `after`; a row's number is its place, from 1."""
        found: list[Row] = []
        for number, record in enumerate(self._rows[after:], after + 1):
            if len(found) == limit:
                break
            if _within(record, window):
                found.append(Row(number, _element(shape, record)))
        return found

    def newest(self, shape: Shape, window: Window) -> Row | None:
        """The last row of `window`."""
        return next(iter(self.rows(shape, window, max(self.count(window) - 1, 0), 1)), None)

    def count(self, window: Window) -> int:
        """How many rows `window` holds."""
        return sum(_within(record, window) for record in self._rows)

    def record(self, identifier: str, prefix: str) -> str | None:
        """The `<record>` element."""
        if prefix != self.formats[0].prefix or identifier not in self._places:
            return None
        return _element("records", self._rows[self._places[identifier]])

    def prefixes_of(self, identifier: str) -> tuple[str, ...]:
        """The one format, where the item is known."""
        return (self.formats[0].prefix,) if identifier in self._places else ()


def _within(record: DemoRecord, window: Window) -> bool:
    return window.since <= record.datestamp and (not window.until or record.datestamp <= window.until)


def _element(shape: Shape, record: DemoRecord) -> str:
    header = envelope.header(record.identifier, record.datestamp, deleted=record.deleted)
    return header if shape == "headers" else envelope.record(header, record.metadata)


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The partners' repositories while they are served."""

    runner: web.AppRunner
    port: int

    def base_url(self, slug: str) -> str:
        """Where the partner's repository is."""
        return _base_url(self.port, slug)

    async def stop(self) -> None:
        """Stops serving."""
        await self.runner.cleanup()


def _base_url(port: int, slug: str) -> str:
    return f"http://{HOST}:{port}/{slug}/oai"


async def start_partners(served: Sequence[DemoPartner] = (), *, port: int = 0) -> Running:
    """Serves `served` (all partners, where none are named) on loopback; port 0 takes a free one."""
    known = {partner.slug: partner for partner in served or partners()}
    held = {slug: HeldRecords(partner.records(), partner.format) for slug, partner in known.items()}

    async def handle(request: web.Request) -> web.Response:
        slug = request.match_info["slug"]
        if slug not in known:
            raise web.HTTPNotFound
        address = request.get_extra_info("sockname")
        return await respond(request, held[slug], _settings(known[slug], address[1]))

    app = web.Application(client_max_size=16 * 1024)
    for method in ("GET", "POST"):
        app.router.add_route(method, "/{slug}/oai", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, HOST, port)
    await site.start()
    return Running(runner=runner, port=runner.addresses[0][1])


def _settings(partner: DemoPartner, port: int) -> ProviderSettings:
    return ProviderSettings(
        name=partner.name,
        base_url=_base_url(port, partner.slug),
        admin_email=f"catalogue@{partner.authority}",
        authority=partner.authority,
        # a list goes on after a restart; there is nothing here to protect
        token_key=hashlib.sha256(partner.feed_key.encode()).digest(),
        page_records=PAGE_RECORDS,
    )
