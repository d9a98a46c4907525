"""The door at `/sru`: searches as its reader may search; refusals are diagnostics with status 200."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import parse_qsl

from aiohttp import web
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError
from yarl import URL

from index.errors import BackendUnavailable, QueryInvalid
from index.query.cql import CqlQuery, parse_cql
from index.request import LAST_HIT, SearchRequest
from index.results import SearchAnswer, SearchHit
from mappings.schema.access import Visibility
from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.cover import FormatUnavailable as Inexpressible
from portal_api.auth.requests import check_sender, read_body, reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.costs import SEARCH
from portal_api.http.origins import origin_of
from portal_api.http.spending import search_place
from portal_api.sru.answers import Described, Record, Retrieved, explained, retrieved
from portal_api.sru.arguments import SCHEMAS, SruRequest, Version, read_request, version_of
from portal_api.sru.diagnostics import Diagnostic, SruRefused
from portal_api.sru.scanning import scanned, terms_of, unscanned

log = logging.getLogger(__name__)

_MEDIA_TYPE, _FORM = "application/xml", "application/x-www-form-urlencoded"
#: "Record not available in this schema"
_UNWRITTEN = 67
#: "General system error"; "Sort spec included both in query and protocol: query prevails"
_FAULT, _TWO_ORDERS = 1, 92
#: "Result set created with valid partial results available"
_PARTIAL = 59
_ENDS = f"Records after number {LAST_HIT} are given in the order of identifiers alone: sortBy rec.identifier"


async def sru(request: web.Request) -> web.Response:
    """SRU 1.1, 1.2 and 2.0: explain, searchRetrieve and scan."""
    return await _answer(request, list(request.query.items()))


async def posted(request: web.Request) -> web.Response:
    """The same of a form, for long queries ("SRU via HTTP POST"); a body of another type is not read.

    It is for programs: what a browser sends must have the token of its page.
    """
    check_sender(request)
    form = await read_body(request) if request.content_type == _FORM else b""
    given = [*request.query.items(), *parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)]
    async with search_place(request, SEARCH):
        return await _answer(request, given)


async def _answer(request: web.Request, given: list[tuple[str, str]]) -> web.Response:
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
    except SQLAlchemyError as away:
        log.exception("a request of SRU could not be answered")
        body = _refusal(version, dict(given), Diagnostic(number=_FAULT, details=type(away).__name__))
    return web.Response(text=body, content_type=_MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


def _refusal(version: Version, named: dict[str, str], diagnostic: Diagnostic) -> str:
    return retrieved(version, Retrieved(diagnostics=[diagnostic], query=named.get("query", "")))


def _base(request: web.Request) -> str:
    return origin_of(request, request.app[EXCHANGE].settings)


async def _described(request: web.Request) -> Described:
    health, base = await asyncio.to_thread(request.app[EXCHANGE].health), URL(_base(request))
    return Described(
        address=str(base),
        host=base.host or "",
        port=base.port or 80,
        title="archive-exchange",
        records=health.clusters,
    )


def _found(exchange: Exchange, asked: SruRequest, visibility: Visibility, base: str) -> Retrieved:
    """The answer; raises SruRefused."""
    try:
        read, doubts = _read(asked)
        found = exchange.search.search(_question(asked, read, visibility))
    except QueryInvalid as fault:
        raise SruRefused.for_query(fault) from fault
    except BackendUnavailable as away:
        raise SruRefused(2, str(away.retry_after_seconds), str(away)) from away
    _check_start(asked, found)
    return Retrieved(
        total=found.total,
        records=[_record(exchange, asked, hit, asked.start + n, visibility, base) for n, hit in enumerate(found.hits)],
        following=_following(found, _is_by_id(read, found)),
        query=asked.query,
        diagnostics=(*doubts, *(() if found.exact else (Diagnostic(number=_PARTIAL),))),
        as_string=asked.as_string,
    )


def _read(asked: SruRequest) -> tuple[CqlQuery, tuple[Diagnostic, ...]]:
    """The query with its order; where both query and request have one, the query's holds, and that is told."""
    read = parse_cql(asked.query)
    if asked.sort is None:
        return read, ()
    if read.sort != "relevance":
        return read, (Diagnostic(number=_TWO_ORDERS, details="sortKeys"),)
    return replace(read, sort=asked.sort), ()


def _question(asked: SruRequest, read: CqlQuery, visibility: Visibility) -> SearchRequest:
    return SearchRequest(
        visibility=visibility, tree=read.tree, sort=read.sort, first_hit=asked.start, page_size=asked.maximum
    )


def _check_start(asked: SruRequest, found: SearchAnswer) -> None:
    """Raises SruRefused for a first record that there is not, or that the order does not reach."""
    if asked.start > max(found.total, 1):
        raise SruRefused(61, str(asked.start), f"there are {found.total} records")
    if asked.start > LAST_HIT and asked.maximum and not found.hits:
        raise SruRefused(61, str(asked.start), _ENDS)


def _is_by_id(read: CqlQuery, found: SearchAnswer) -> bool:
    """Whether the order reaches every record: it was asked for, or nothing ranks, and then hits can be walked."""
    return read.sort == "id" or (read.sort == "relevance" and found.reached is not None)


def _following(found: SearchAnswer, is_by_id: bool) -> int | None:
    """Number of the record after the last, where it can be asked for."""
    following = found.before + len(found.hits) + 1
    last = found.total if is_by_id else min(found.total, LAST_HIT)
    return following if found.hits and following <= last else None


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
