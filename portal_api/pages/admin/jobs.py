"""`/admin/jobs`: what work there is, and a person's word about work that is parked."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.lags import lags
from federation.storage import jobs
from federation.storage.clashes import repeats_clashes
from portal_api.auth.requests import read_form, reader_of
from portal_api.errors import NotFound, StatePassed
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.marking import N_, Sentence
from portal_api.pages.admin.showing import moved, number_in, show
from portal_api.pages.public.asking import strict
from portal_api.views.jobs import JobsParameters, JobsView, jobs_view

ADDRESS = "/admin/jobs"
_ACTS = {"retry": jobs.retry, "cancel": jobs.cancel}
_NOT_WAITING = N_("This job waits no longer: somebody works on it, or it has ended.")


async def listed(request: web.Request) -> web.Response:
    """Lag, counts and jobs."""
    return await show(request, "admin/jobs.html", view=await found_jobs(request), here=ADDRESS)


async def found_jobs(request: web.Request) -> JobsView:
    """The jobs that the request's parameters name."""
    wanted = strict(request, JobsParameters)
    return await asyncio.to_thread(_read, request.app[EXCHANGE], wanted)


async def acted(request: web.Request) -> web.Response:
    """Has a waiting job run now, or ends it."""
    await read_form(request)
    act, number, reader = request.match_info["act"], number_in(request, "id"), await reader_of(request)
    if act not in _ACTS:
        raise NotFound
    await asyncio.to_thread(_act, request.app[EXCHANGE], reader.actor, act, number)
    return moved(ADDRESS)


def _read(exchange: Exchange, wanted: JobsParameters) -> JobsView:
    lag = lags(exchange.store)
    with exchange.store.reading() as connection:
        return jobs_view(connection, lag, wanted)


@repeats_clashes
def _act(exchange: Exchange, actor: str, act: str, number: int) -> None:
    try:
        with exchange.store.transaction(actor=actor) as tx:
            _ACTS[act](tx, number)
    except RequestRefused as refused:
        if refused.reason == "no_such_job":
            raise NotFound from refused
        raise StatePassed(str(refused), Sentence(text=_NOT_WAITING)) from refused
