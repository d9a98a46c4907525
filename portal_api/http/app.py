"""The application: its addresses, the headers of every answer, and what a refusal looks like at each door."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from index.errors import NoGeneration
from mappings.errors import ExchangeError
from portal_api.auth.api_keys import WRITE_SECONDS
from portal_api.auth.requests import POINTS
from portal_api.errors import KeyInvalid, NotFound, NotSignedIn, WrongMethod
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.languages import language_of
from portal_api.http.malformed import tell_in_one_line
from portal_api.http.monitoring import route_of
from portal_api.http.negotiation import prefers_json
from portal_api.http.problems import problem_of
from portal_api.http.routes import add_doors
from portal_api.http.telling import as_json
from portal_api.oai_provider.routes import add_routes
from portal_api.pages.account.sign_in import to_sign_in
from portal_api.pages.public.home import HOME
from portal_api.pages.public.problem import problem_page
from portal_api.remembered import Remembered
from portal_api.resourcesync import routes as resourcesync
from portal_api.resourcesync.routes import ResourceSync
from portal_api.setting_up import PROGRESS, setting_up

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: statuses of requests that are refused for what they bring
_OF_INPUT = frozenset((400, 413, 415, 422))
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
    tell_in_one_line()
    app = web.Application(middlewares=[_timed, _answered])
    app[EXCHANGE] = exchange
    app[HOME] = Remembered()
    app[PROGRESS] = Remembered()
    app.on_response_prepare.append(_secured)
    app.cleanup_ctx.append(_points_written)
    add_routes(app, exchange.provider)
    resourcesync.add_routes(app, ResourceSync(exchange.store, exchange.settings))
    add_doors(app)
    return app


async def _points_written(app: web.Application) -> AsyncIterator[None]:
    """Has what keys spend written every few seconds, and at the end."""
    keys = app[EXCHANGE].keys

    async def again() -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            try:
                await asyncio.to_thread(keys.flush)
            except (SQLAlchemyError, OSError):
                log.exception("what keys spent could not be written; it is tried again")

    timer = asyncio.create_task(again())
    yield
    timer.cancel()
    await asyncio.to_thread(keys.flush)


async def _secured(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)
    if (points := request.get(POINTS)) is not None:
        # draft-ietf-httpapi-ratelimit-headers-10
        response.headers["RateLimit-Policy"] = f'"day";q={points.most};w=86400'
        response.headers["RateLimit"] = f'"day";r={points.left};t={points.reset_seconds}'


@web.middleware
async def _timed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts the request, however it ends; of one whose caller left there is no status."""
    began, status = time.monotonic(), 499
    try:
        response = await handler(request)
        status = response.status
        return response
    except web.HTTPException as refused:
        status = refused.status
        raise
    finally:
        metrics = request.app[EXCHANGE].metrics
        metrics.note_request(route_of(request), request.method, status, time.monotonic() - began)


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return await _refused(request, NotFound())
    except web.HTTPMethodNotAllowed as error:
        return await _refused(request, WrongMethod(error.method, sorted(error.allowed_methods)))
    except web.HTTPException:
        raise
    except NoGeneration as error:
        return await _refused(request, await setting_up(request.app, error))
    except ExchangeError as error:
        return await _refused(request, error)
    except Exception as error:
        log.exception("fault at %s", request.path)
        return await _refused(request, error)


async def _refused(request: web.Request, error: Exception) -> web.Response:
    as_page = not prefers_json(request.path, request.headers.get("Accept", ""))
    if isinstance(error, NotSignedIn) and as_page:
        return to_sign_in(error.address)
    number = secrets.token_hex(4)
    problem = problem_of(error, request_id=number)
    if problem.status in _OF_INPUT:
        request.app[EXCHANGE].metrics.note_refused_input(problem.type.rpartition("#")[2])
    if problem.status >= 500 and not isinstance(error, ExchangeError):
        log.error("the fault above is told as number %s", number)
    if as_page:
        response = await problem_page(request, error, problem)
    else:
        response = as_json(problem, language_of(request))
    if isinstance(error, KeyInvalid):
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if isinstance(error, WrongMethod):
        response.headers["Allow"] = ", ".join(error.allowed)
    if problem.retry_after_seconds:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return response
