"""The results page."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from index.errors import BackendUnavailable
from index.query.syntax import parse
from index.request import LAST_HIT, SearchRequest
from mappings.schema.access import Visibility
from portal_api.auth.requests import reader_of
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.pages.public.asking import lenient, searched, unknown_preference, visibility_of, with_values
from portal_api.pages.render import page
from portal_api.views import vocabulary
from portal_api.views.filters import SHOWN_FACETS, chosen_facets
from portal_api.views.listed import lists_of, most_listed
from portal_api.views.page_size import SIZES, PageParameters
from portal_api.views.search import ChosenView, SearchParameters, SearchView, in_facets, request_of, search_view
from portal_api.views.search_faults import cursor_beside_page, too_deep, too_many_ids
from portal_api.views.sru_address import sru_address
from portal_api.views.told import page_faults


async def results(request: web.Request) -> web.Response:
    """What was found, why, and how to narrow it."""
    parameters, faults = lenient(request, PageParameters)
    if parameters.page * parameters.page_size > LAST_HIT:
        parameters = msgspec.structs.replace(parameters, page=1)
        faults = (*faults, too_deep())
    if parameters.cursor and parameters.page != 1:
        parameters = msgspec.structs.replace(parameters, page=1)
        faults = (*faults, cursor_beside_page())
    if too_many := too_many_ids(parameters):
        parameters, faults = msgspec.structs.replace(parameters, ids=()), (*faults, too_many)
    exchange, visibility = request.app[EXCHANGE], await visibility_of(request)
    if unknown := await asyncio.to_thread(unknown_preference, exchange, parameters):
        parameters, faults = msgspec.structs.replace(parameters, prefer=""), (*faults, unknown)
    parameters = await asyncio.to_thread(with_values, exchange, visibility, in_facets(parameters))
    facets = tuple(dict.fromkeys((*SHOWN_FACETS, *chosen_facets(parameters))))
    asked = request_of(parameters, visibility, facets=facets, page_size=parameters.page_size)
    answer, walk = await asyncio.to_thread(searched, exchange, asked, parameters)
    sru = await asyncio.to_thread(_sru, exchange, asked, parameters)
    view = await asyncio.to_thread(_titled, exchange, visibility, search_view(parameters, answer, walk))
    return await page(
        request,
        "public/search.html",
        view=view,
        lists=lists_of(parameters, most_listed(await reader_of(request), exchange.settings)),
        sru=sru,
        faults=page_faults(faults),
        sizes=SIZES,
        words=vocabulary,
    )


def _titled(exchange: Exchange, visibility: Visibility, view: SearchView) -> SearchView:
    """The view that calls the records whose parts are sought by their titles, as far as the reader may see these."""
    chosen = tuple(_by_title(exchange, visibility, each) if each.key == "in" else each for each in view.chosen)
    return msgspec.structs.replace(view, chosen=chosen)


def _by_title(exchange: Exchange, visibility: Visibility, choice: ChosenView) -> ChosenView:
    found = exchange.catalogue.description(choice.value, visibility.audience)
    return choice if found is None else msgspec.structs.replace(choice, label=found.title.value.value)


def _sru(exchange: Exchange, asked: SearchRequest, parameters: SearchParameters) -> str | None:
    try:
        sounds = exchange.search.sounds(parse(parameters.q).tree, asked.visibility)
        return sru_address(parameters, exchange.search.holders(asked.visibility), sounds)
    except BackendUnavailable:
        return None
