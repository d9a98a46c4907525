"""A search as an Atom feed (RFC 4287): what a reader may see of it, the newest first."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from mappings.schema.unified import UnifiedRecord
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.oai_provider.envelope import text
from portal_api.pages.public.asking import strict
from portal_api.reader import Reader
from portal_api.views.search import SearchParameters, address, request_of

_TYPE = "application/atom+xml"
#: hits that are looked at, and entries of a feed
LOOKED_AT, ENTRIES = 100, 50
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of the feed."""

    id: str
    title: str
    summary: str
    #: when what the reader may see of it last changed
    updated: datetime


async def feed(request: web.Request) -> web.Response:
    """The first hundred hits, of which the fifty that changed last; words alone are asked, and never relaxed."""
    parameters, reader = strict(request, SearchParameters), await reader_of(request)
    exchange = request.app[EXCHANGE]
    base = exchange.settings.public_url or f"{request.scheme}://{request.host}"
    entries = await asyncio.to_thread(_entries, exchange, reader, parameters)
    body = _written(base, parameters, entries, exchange.settings.title)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    cache = "private, no-cache" if reader.known else "public, max-age=300"
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Encoding, Cookie"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(text=body, content_type=_TYPE, headers=headers)


def _entries(exchange: Exchange, reader: Reader, parameters: SearchParameters) -> list[Entry]:
    asked = request_of(parameters, reader.visibility, facets=(), page_size=LOOKED_AT)
    plain = msgspec.structs.replace(asked, histogram=False, view="merged", relax="off", semantic="off", page=1)
    names = [hit.id for hit in exchange.search.search(plain).hits]
    things = exchange.catalogue.unified_many(names, reader.visibility.audience)
    changed = exchange.catalogue.updated([member.record for thing in things.values() for member in thing.members])
    found = [_entry(thing, changed) for thing in things.values()]
    return sorted(found, key=lambda each: (-each.updated.timestamp(), each.id))[:ENTRIES]


def _entry(thing: UnifiedRecord, changed: Mapping[str, datetime]) -> Entry:
    """A thing in the words of the store, which the index follows; `changed`: when each of its records did."""
    creators = (found.value.name.value for found in thing.agents)
    told = (*(member.dates for member in thing.members[:1]), *creators)
    holders = (member.institution_name for member in thing.members)
    summary = " · ".join(dict.fromkeys(part for part in (*told, *holders) if part))
    updated = max((changed.get(member.record, _NEVER) for member in thing.members), default=_NEVER)
    return Entry(id=thing.id, title=thing.title.value.value, summary=summary, updated=updated)


def _written(base: str, parameters: SearchParameters, entries: Sequence[Entry], title: str) -> str:
    own = f"{base}{address('/search.atom', parameters)}"
    newest = max((each.updated for each in entries), default=_NEVER)
    told = f"{parameters.q or '*'} · {title}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{text(own)}</id><title>{text(told)}</title><updated>{_moment(newest)}</updated>"
        f'<author><name>{text(title)}</name></author><link rel="self" type="{_TYPE}" href="{text(own)}"/>'
        f'<link rel="alternate" type="text/html" href="{text(base + address("/search", parameters))}"/>'
        f"{''.join(_element(base, each) for each in entries)}</feed>\n"
    )


def _element(base: str, entry: Entry) -> str:
    page = f"{base}/r/{entry.id}"
    return (
        f"<entry><id>{text(page)}</id><title>{text(entry.title)}</title><updated>{_moment(entry.updated)}</updated>"
        f'<link rel="alternate" type="text/html" href="{text(page)}"/><summary>{text(entry.summary)}</summary></entry>'
    )


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
