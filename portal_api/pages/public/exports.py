"""`/exports`: a search written to a file in any format, by a form, and a page that says how far it is."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.errors import RequestRefused
from federation.pipeline.list_forms import FORMS
from index.errors import BackendUnavailable, QueryInvalid, TooManyHits
from mappings.errors import ExchangeError
from portal_api.api.exports import asked
from portal_api.auth.requests import Form, read_form, reader_of
from portal_api.errors import OverBudget, ParametersInvalid
from portal_api.exchange import EXCHANGE
from portal_api.http.marking import N_, Sentence
from portal_api.http.problems import row_of
from portal_api.pages.admin.showing import moved, show
from portal_api.pages.public.asking import lenient
from portal_api.views import exports
from portal_api.views.exports import ExportView, WantedExport, export_view
from portal_api.views.listed import most_listed
from portal_api.views.saved import asked_of, parameters_of
from portal_api.views.search import SearchParameters
from portal_api.views.told import sentences

ADDRESS = "/exports"
#: a page of a list that is not written yet loads itself again
_AGAIN_SECONDS = 5
#: of a list that has no file yet, or none that is given at present
_UNDER_WAY = ("queued", "running", "checking")
#: of a list whose file is written
_WRITTEN = ("ready", "checking")
STATES = {
    "queued": N_("waiting for its turn"),
    "running": N_("being written"),
    "ready": N_("ready"),
    "checking": N_("being looked through: something was withheld since"),
    "failed": N_("failed"),
    "cancelled": N_("given up"),
    "expired": N_("no longer kept"),
}
REASONS = {
    "gone": N_("no longer there, or not for you to see"),
    "hidden": N_("not public"),
    "inexpressible": N_("cannot be said in this format"),
    "faulty": N_("could not be written; it is noted"),
}
#: why a list failed, or is kept no longer although its time is not over
FAILURES = {
    "too_many": N_("Meanwhile %(found)s things are found; a list of yours may have %(most)s. Narrow the search."),
    "query_unread": N_("Its search can no longer be read as it stands: ask it again."),
    "too_large": N_("It would make your files larger than the %(most)s bytes that they may take."),
    "fault": N_("Something went wrong here while it was written; it is noted. Ask for it again."),
    "closed": N_("Something that it names was withheld, hidden or deleted since: ask for it again."),
}
#: why no list is written, by the reason of the refusal
REFUSALS = {
    "lists_open": N_("As many lists as can be are being written: wait for one, or give one up."),
    "lists_kept": N_("As many lists as can be are kept: remove one first."),
    "lists_full": N_("The files of lists take as much room as they may: remove one, or come again tomorrow."),
}
OF = {
    "clusters": N_("one record a thing, of all its sources"),
    "members": N_("one record for each institution's description"),
}


async def new_page(request: web.Request) -> web.Response:
    """The form that has the search of the address written to a file."""
    parameters, _ = lenient(request, SearchParameters)
    return await _form(request, asked_of(parameters), {})


async def new(request: web.Request) -> web.Response:
    """Has the list written, and leads to its page."""
    form = await read_form(request)
    try:
        parameters = parameters_of(form.get("asked", ""))
        view = await asked(
            request,
            WantedExport(
                parameters=parameters,
                format=form.get("format", ""),
                of="members" if form.get("of") == "members" else "clusters",
            ),
        )
    except (TooManyHits, RequestRefused, ParametersInvalid, QueryInvalid, BackendUnavailable, OverBudget) as refused:
        return await _form(request, form.get("asked", "")[:2_000], form, refused)
    return moved(f"{ADDRESS}/{view.id}")


def _said(refused: ExchangeError) -> tuple[Sentence, ...]:
    """Why no list is written."""
    if isinstance(refused, RequestRefused) and refused.reason in REFUSALS:
        return (Sentence(text=REFUSALS[refused.reason]),)
    row = row_of(refused)
    return (*sentences(refused), *(Sentence(text=each) for each in (row.title, row.next) if each))


async def _form(request: web.Request, query: str, typed: Form, refused: ExchangeError | None = None) -> web.Response:
    """The form; after a refusal with why."""
    return await show(
        request,
        "public/export_new.html",
        status=200 if refused is None else 422,
        asked=query,
        typed=typed,
        refusal=() if refused is None else _said(refused),
        forms=[(each.suffix, each.label) for each in FORMS.values()],
        kinds=OF,
        most=most_listed(await reader_of(request), request.app[EXCHANGE].settings),
    )


async def one(request: web.Request) -> web.Response:
    """How far a list is, and where it is had."""
    view = await _found(request)
    label = FORMS[view.format].label if view.format in FORMS else view.format
    response = await show(
        request,
        "public/export.html",
        view=view,
        label=label,
        states=STATES,
        why=REASONS,
        kinds=OF,
        failures=FAILURES,
        under_way=_UNDER_WAY,
        written=_WRITTEN,
    )
    if view.state in _UNDER_WAY:
        response.headers["Refresh"] = str(_AGAIN_SECONDS)
    return response


async def _found(request: web.Request) -> ExportView:
    reader, store, name = await reader_of(request), request.app[EXCHANGE].store, request.match_info["id"]

    def found() -> ExportView:
        with store.reading() as connection:
            return export_view(exports.found_export(connection, reader, name))

    return await asyncio.to_thread(found)


async def removed(request: web.Request) -> web.Response:
    """Gives a list up."""
    await read_form(request)
    reader, exchange = await reader_of(request), request.app[EXCHANGE]
    await asyncio.to_thread(exports.give_up, exchange, reader, request.match_info["id"])
    return moved("/account/exports" if reader.known else "/")


async def listed(request: web.Request) -> web.Response:
    """The reader's lists."""
    reader, store = await reader_of(request), request.app[EXCHANGE].store

    def found() -> list[ExportView]:
        with store.reading() as connection:
            return exports.exports_view(connection, reader)

    return await show(request, "account/exports.html", views=await asyncio.to_thread(found), states=STATES)
