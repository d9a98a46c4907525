"""A search as an Atom feed (RFC 4287), paged (RFC 5005, 3): what a reader may see of it, what came last first."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from mappings.schema.unified import UnifiedRecord
from portal_api.auth.requests import reader_of
from portal_api.errors import ParametersInvalid
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.origins import origin_of
from portal_api.oai_provider.envelope import text
from portal_api.pages.public.asking import searched, strict
from portal_api.reader import Reader
from portal_api.views.search import SearchParameters, address, request_of
from portal_api.views.search_faults import too_many_ids

_TYPE = "application/atom+xml"
#: of one page
ENTRIES = 50
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of the feed."""

    id: str
    title: str
    summary: str
    #: when what the reader may see of it last changed
    updated: datetime


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a feed."""

    parameters: SearchParameters
    entries: Sequence[Entry]
    #: goes on behind the last entry; empty at the end
    cursor: str


async def feed(request: web.Request) -> web.Response:
    """Fifty hits from the newest or from where a cursor goes on; words alone are asked, and never relaxed."""
    asked, reader = strict(request, SearchParameters), await reader_of(request)
    if too_many := too_many_ids(asked):
        raise ParametersInvalid([too_many])
    parameters = msgspec.structs.replace(asked, page=1)
    exchange = request.app[EXCHANGE]
    base = origin_of(request, exchange.settings)
    part = await asyncio.to_thread(_part, exchange, reader, parameters)
    body = _written(base, part, exchange.settings.title)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    cache = "private, no-cache" if reader.known else "public, max-age=300"
    headers = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept-Encoding, Cookie, Authorization"}
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    return web.Response(text=body, content_type=_TYPE, headers=headers)


def _part(exchange: Exchange, reader: Reader, parameters: SearchParameters) -> Part:
    asked = request_of(parameters, reader.visibility, facets=(), page_size=ENTRIES)
    plain = msgspec.structs.replace(
        asked, histogram=False, view="merged", sort="added", group="none", relax="off", semantic="off"
    )
    answer, walk = searched(exchange, plain, parameters)
    names = [hit.id for hit in answer.hits]
    things = exchange.catalogue.unified_many(names, reader.visibility.audience)
    changed = exchange.catalogue.updated([member.record for thing in things.values() for member in thing.members])
    entries = [_entry(things[name], changed) for name in names if name in things]
    return Part(parameters=parameters, entries=entries, cursor=walk.on)


def _entry(thing: UnifiedRecord, changed: Mapping[str, datetime]) -> Entry:
    """A thing in the words of the store, which the index follows; `changed`: when each of its records did."""
    creators = (found.value.name.value for found in thing.agents)
    told = (*(member.dates for member in thing.members[:1]), *creators)
    holders = (member.institution_name for member in thing.members)
    summary = " · ".join(dict.fromkeys(part for part in (*told, *holders) if part))
    updated = max((changed.get(member.record, _NEVER) for member in thing.members), default=_NEVER)
    return Entry(id=thing.id, title=thing.title.value.value, summary=summary, updated=updated)


def _written(base: str, part: Part, title: str) -> str:
    """The feed; its id is the address of its first page."""
    parameters = part.parameters
    first = f"{base}{address('/search.atom', parameters)}"
    own = f"{base}{address('/search.atom', parameters, cursor=parameters.cursor)}"
    following = f"{base}{address('/search.atom', parameters, cursor=part.cursor)}" if part.cursor else ""
    newest = max((each.updated for each in part.entries), default=_NEVER)
    told = f"{parameters.q or '*'} · {title}"
    links = {"self": own, "first": first, "next": following}
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{text(first)}</id><title>{text(told)}</title><updated>{_moment(newest)}</updated>"
        f"<author><name>{text(title)}</name></author>{''.join(_link(*each) for each in links.items())}"
        f'<link rel="alternate" type="text/html" href="{text(base + address("/search", parameters))}"/>'
        f"{''.join(_element(base, each) for each in part.entries)}</feed>\n"
    )


def _link(relation: str, href: str) -> str:
    return f'<link rel="{relation}" type="{_TYPE}" href="{text(href)}"/>' if href else ""


def _element(base: str, entry: Entry) -> str:
    page = f"{base}/r/{entry.id}"
    return (
        f"<entry><id>{text(page)}</id><title>{text(entry.title)}</title><updated>{_moment(entry.updated)}</updated>"
        f'<link rel="alternate" type="text/html" href="{text(page)}"/><summary>{text(entry.summary)}</summary></entry>'
    )


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
