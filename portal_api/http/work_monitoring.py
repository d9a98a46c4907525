"""`/metrics` of a process that works without the doors: the one address that such a process answers."""

from __future__ import annotations

import asyncio
import logging
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler

from portal_api.auth.api_keys import ApiKeys, key_in
from portal_api.errors import KeyInvalid, NotFound, NotSignedIn, ScopeMissing, WrongMethod
from portal_api.http.malformed import tell_in_one_line
from portal_api.http.monitoring import is_of_this_machine, numbers
from portal_api.http.parameters import NoParameters
from portal_api.http.problems import problem_of
from portal_api.http.telling import as_json
from portal_api.metrics import Metrics
from portal_api.pages.public.asking import strict
from portal_api.reader import require
from portal_api.settings import UI_LANGUAGES, PortalSettings

log = logging.getLogger(__name__)

ADDRESS = "/metrics"
_SCOPE = "admin"


def make_work_app(metrics: Metrics, keys: ApiKeys, settings: PortalSettings) -> web.Application:
    """The numbers for whoever asks from this machine, and elsewhere for an administrator's key; nothing else."""

    async def answer(request: web.Request) -> web.Response:
        if not is_of_this_machine(request, settings):
            await _admit(request, keys)
        strict(request, NoParameters)
        return await numbers(metrics)

    tell_in_one_line()
    app = web.Application(middlewares=[_answered])
    app.router.add_get(ADDRESS, answer)
    return app


async def _admit(request: web.Request, keys: ApiKeys) -> None:
    """Raises NotSignedIn, KeyInvalid, ScopeMissing, NotAllowed."""
    key = key_in(request.headers)
    if key is None:
        raise NotSignedIn
    reader = await asyncio.to_thread(keys.reader, key)
    if _SCOPE not in reader.scopes:
        raise ScopeMissing(_SCOPE)
    require(reader, "exchange_admin")


@web.middleware
async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever is refused is told as JSON."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return _refused(request, NotFound())
    except web.HTTPMethodNotAllowed as error:
        return _refused(request, WrongMethod(error.method, sorted(error.allowed_methods)))
    except web.HTTPException:
        raise
    except Exception as error:
        return _refused(request, error)


def _refused(request: web.Request, error: Exception) -> web.Response:
    problem = problem_of(error, request_id=secrets.token_hex(4))
    if problem.status >= 500:
        log.error("fault %s at %s", problem.instance, request.path, exc_info=error)
    response = as_json(problem, UI_LANGUAGES[0])
    if isinstance(error, KeyInvalid):
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if isinstance(error, WrongMethod):
        response.headers["Allow"] = ", ".join(error.allowed)
    return response
