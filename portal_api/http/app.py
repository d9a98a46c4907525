"""The application: its addresses, the headers of every answer, and what a refusal looks like at each door."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from mappings.errors import ExchangeError
from portal_api.errors import NotFound, NotSignedIn
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.negotiation import prefers_json
from portal_api.http.problems import problem_of
from portal_api.http.routes import add_doors
from portal_api.oai_provider.routes import add_routes
from portal_api.pages.account.sign_in import to_sign_in
from portal_api.pages.public.problem import problem_page
from portal_api.resourcesync import routes as resourcesync
from portal_api.resourcesync.routes import ResourceSync

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
    add_routes(app, exchange.provider)
    resourcesync.add_routes(app, ResourceSync(exchange.store, exchange.settings))
    add_doors(app)
    return app


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    response: web.StreamResponse
    try:
        response = await handler(request)
    except web.HTTPNotFound:
        response = await _refused(request, NotFound())
    except web.HTTPException as answer:
        answer.headers.update(SECURITY_HEADERS)
        raise
    except ExchangeError as error:
        response = await _refused(request, error)
    except Exception as error:
        log.exception("fault at %s", request.path)
        response = await _refused(request, error)
    response.headers.update(SECURITY_HEADERS)
    return response


async def _refused(request: web.Request, error: Exception) -> web.Response:
    as_page = not prefers_json(request.path, request.headers.get("Accept", ""))
    if isinstance(error, NotSignedIn) and as_page:
        return to_sign_in(error.address)
    number = secrets.token_hex(4)
    problem = problem_of(error, request_id=number)
    if problem.status >= 500 and not isinstance(error, ExchangeError):
        log.error("the fault above is told as number %s", number)
    if as_page:
        response = await problem_page(request, error, problem)
    else:
        body = msgspec.json.encode(problem)
        response = web.Response(body=body, status=problem.status, content_type="application/problem+json")
    if problem.retry_after_seconds:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return response
