"""The door at `/sru`: searches as its reader may search; refusals are diagnostics with status 200."""

from __future__ import annotations

import asyncio
import math

import msgspec
from aiohttp import web

from index.errors import BackendUnavailable, CqlInvalid, QueryInvalid
from index.query.cql import parse_cql
from index.request import LAST_HIT, SearchRequest
from index.results import SearchHit
from mappings.schema.access import Visibility
from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.cover import FormatUnavailable as Inexpressible
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.sru.answers import Described, Record, Retrieved, explained, retrieved
from portal_api.sru.arguments import SCHEMAS, SruRequest, Version, read_request, version_of
from portal_api.sru.diagnostics import Diagnostic, SruRefused
from portal_api.sru.scanning import scanned, terms_of, unscanned

_MEDIA_TYPE = "application/xml"
#: "Record not available in this schema"
_UNWRITTEN = 67


async def sru(request: web.Request) -> web.Response:
    """SRU 1.1, 1.2 and 2.0: explain, searchRetrieve and scan."""
    given = list(request.query.items())
    version, exchange = version_of(given), request.app[EXCHANGE]
    try:
        asked = read_request(given)
        if asked.operation == "explain":
            body = explained(version, await _described(request))
        elif asked.operation == "scan":
            visibility = (await reader_of(request)).visibility
            body = scanned(version, asked, await asyncio.to_thread(terms_of, exchange, asked, visibility))
        else:
            visibility = (await reader_of(request)).visibility
            body = retrieved(version, await asyncio.to_thread(_found, exchange, asked, visibility, _base(request)))
    except SruRefused as refused:
        named = dict(given)
        is_scan = "scanClause" in named or named.get("operation") == "scan"
        body = unscanned(version, refused.diagnostic) if is_scan else _refusal(version, named, refused.diagnostic)
    return web.Response(text=body, content_type=_MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


def _refusal(version: Version, named: dict[str, str], diagnostic: Diagnostic) -> str:
    return retrieved(version, Retrieved(diagnostics=[diagnostic], query=named.get("query", "")))


def _base(request: web.Request) -> str:
    return request.app[EXCHANGE].settings.public_url or f"{request.scheme}://{request.host}"


async def _described(request: web.Request) -> Described:
    health = await asyncio.to_thread(request.app[EXCHANGE].health)
    return Described(
        host=request.url.host or "", port=request.url.port or 80, title="archive-exchange", records=health.clusters
    )


def _found(exchange: Exchange, asked: SruRequest, visibility: Visibility, base: str) -> Retrieved:
    """The answer; raises SruRefused."""
    try:
        total, hits = _hits(exchange, asked, visibility)
    except CqlInvalid as fault:
        raise SruRefused(fault.diagnostic, fault.details, str(fault)) from fault
    except QueryInvalid as fault:
        raise SruRefused(10, str(fault.position), str(fault)) from fault
    except BackendUnavailable as away:
        raise SruRefused(2, str(away.retry_after_seconds), str(away)) from away
    if asked.start > max(total, 1):
        raise SruRefused(61, str(asked.start), f"there are {total} records")
    following = asked.start + len(hits)
    return Retrieved(
        total=total,
        records=[_record(exchange, asked, hit, asked.start + n, visibility, base) for n, hit in enumerate(hits)],
        following=following if hits and following <= min(total, LAST_HIT) else None,
        query=asked.query,
        as_string=asked.as_string,
    )


def _hits(exchange: Exchange, asked: SruRequest, visibility: Visibility) -> tuple[int, list[SearchHit]]:
    """How many there are, and those of the window, which need not begin where a page does."""
    read = parse_cql(asked.query)
    request = SearchRequest(visibility=visibility, tree=read.tree, sort=read.sort, page_size=asked.maximum)
    pages = _pages(asked.start, asked.maximum)
    answers = [exchange.search.search(_page(request, number)) for number in pages] or [exchange.search.search(request)]
    found = [hit for answer in answers for hit in answer.hits]
    skipped = (asked.start - 1) % asked.maximum if asked.maximum else 0
    return answers[0].total, found[skipped : skipped + asked.maximum]


def _pages(start: int, size: int) -> range:
    return range((start - 1) // size + 1, math.ceil((start + size - 1) / size) + 1) if size else range(0)


def _page(request: SearchRequest, number: int) -> SearchRequest:
    return msgspec.structs.replace(request, page=number)


def _record(
    exchange: Exchange, asked: SruRequest, hit: SearchHit, position: int, visibility: Visibility, base: str
) -> Record:
    """A hit as the store has it; one that went away meanwhile or that the schema cannot say is a diagnostic."""
    unified = exchange.catalogue.unified(hit.id, visibility.audience)
    data: str | Diagnostic = Diagnostic(number=_UNWRITTEN, details=hit.id)
    if unified is not None:
        try:
            data = SCHEMAS[asked.schema].write(unified, identifiers=(f"{base}/r/{hit.id}",))
        except (EntryHidden, Inexpressible) as fault:
            data = Diagnostic(number=_UNWRITTEN, details=hit.id, message=str(fault))
    return Record(position=position, identifier=hit.id, schema=asked.schema, data=data)
