"""The application: its addresses, the headers of every answer, and what a refusal looks like at each door."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from mappings.errors import ExchangeError
from mappings.schema.access import PUBLIC
from portal_api.errors import NotFound, NotSignedIn
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.problems import problem_of
from portal_api.http.staff_routes import add_staff
from portal_api.oai_provider.routes import add_routes
from portal_api.pages import catalogue
from portal_api.pages.account.sign_in import to_sign_in

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
    add_staff(app)
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
    if isinstance(error, NotSignedIn) and not request.path.startswith("/api/"):
        return to_sign_in(error.address)
    problem = problem_of(error)
    body = msgspec.json.encode(problem)
    response = web.Response(body=body, status=problem.status, content_type="application/problem+json")
    if problem.retry_after_seconds:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return response


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
