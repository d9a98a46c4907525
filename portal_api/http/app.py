"""The application: its addresses, the headers of every answer, and what a refusal looks like at each door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from mappings.errors import ExchangeError
from mappings.schema.access import PUBLIC
from portal_api.errors import NotFound
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.problems import problem_of
from portal_api.oai_provider.routes import add_routes
from portal_api.pages import catalogue

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def make_app(exchange: Exchange) -> web.Application:
    """Every door over one exchange."""
    app = web.Application(middlewares=[_answered])
    app[EXCHANGE] = exchange
    app.router.add_get("/", catalogue.home)
    app.router.add_get("/institutions/{slug}", catalogue.institution)
    app.router.add_get("/r/{id}", catalogue.record)
    app.router.add_get("/static/portal.css", catalogue.stylesheet)
    app.router.add_get("/api/v1/health", _health)
    app.router.add_get("/api/v1/clusters/{id}", _cluster)
    app.router.add_get("/api/v1/institutions", _institutions)
    add_routes(app, exchange.provider)
    return app


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    response: web.StreamResponse
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        response = _refused(request, NotFound())
    except web.HTTPException as answer:
        answer.headers.update(SECURITY_HEADERS)
        raise
    except ExchangeError as error:
        response = _refused(request, error)
    except Exception as error:
        log.exception("fault at %s", request.path)
        response = _refused(request, error)
    response.headers.update(SECURITY_HEADERS)
    return response


def _refused(request: web.Request, error: Exception) -> web.Response:
    if isinstance(error, NotFound) and not request.path.startswith("/api/"):
        return catalogue.not_found()
    problem = problem_of(error)
    body = msgspec.json.encode(problem)
    return web.Response(body=body, status=problem.status, content_type="application/problem+json")


async def _health(request: web.Request) -> web.Response:
    return _json(await asyncio.to_thread(request.app[EXCHANGE].health))


async def _institutions(request: web.Request) -> web.Response:
    return _json(await asyncio.to_thread(request.app[EXCHANGE].catalogue.institutions))


async def _cluster(request: web.Request) -> web.Response:
    found = await asyncio.to_thread(request.app[EXCHANGE].catalogue.unified, request.match_info["id"], PUBLIC)
    if found is None:
        raise NotFound
    return _json(found)


def _json(value: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json")
