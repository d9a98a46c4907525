"""The home page: what is here, how fresh it is, what came last, and ways in.

Everybody, with an account or without, is shown what is public. What is counted is counted once for all who come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from federation.storage import runs
from federation.storage.arrivals import Arrival, arrivals
from index.errors import BackendUnavailable
from index.request import FacetFilter, SearchRequest
from index.results import SearchAnswer
from mappings.schema.access import EVERYONE
from portal_api.exchange import EXCHANGE, Exchange, Health, InstitutionLine
from portal_api.http.origins import origin_of
from portal_api.pages.render import page
from portal_api.remembered import Remembered
from portal_api.views.home_places import PlaceView, places_of
from portal_api.views.structured_data import site_data
from portal_api.views.vocabulary import LEVELS, TYPES

#: searches that show what can be asked; each finds something in the demonstration
EXAMPLES = ("scarlet letter", "红楼梦", 'creator:"Dickens"')
#: first years of the periods that lead into the catalogue
PERIODS = ((1, 1499), (1500, 1599), (1600, 1699), (1700, 1799), (1800, 1849), (1850, 1899), (1900, 1949), (1950, 2099))
#: how long ago something still came lately
_LATELY = timedelta(days=30)
_ARRIVALS = 8
_PLACES = 12
#: of the facet, gathered into those
_PLACE_NAMES = 60


class HomeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the page counts, of what is public."""

    health: Health
    #: those of which something is here
    institutions: Sequence[InstitutionLine]
    arrivals: Sequence[Arrival]
    #: when a feed came whole last
    fresh: datetime | None
    #: None without an index
    answer: SearchAnswer | None
    places: Sequence[PlaceView] = ()

    @property
    def names(self) -> Mapping[str, str]:
        """Institutions by slug."""
        return {line.slug: line.name for line in self.institutions}


HOME: web.AppKey[Remembered[HomeFigures]] = web.AppKey("home", Remembered)


async def home(request: web.Request) -> web.Response:
    """What the exchange holds, and how to begin."""
    exchange = request.app[EXCHANGE]
    return await page(
        request,
        "public/home.html",
        figures=await request.app[HOME].get(lambda: asyncio.to_thread(_read, exchange)),
        examples=EXAMPLES,
        periods=PERIODS,
        levels=LEVELS,
        types=TYPES,
        structured=site_data(exchange.settings.title, origin_of(request, exchange.settings)),
    )


def _read(exchange: Exchange) -> HomeFigures:
    store = exchange.store
    lines = [line for line in exchange.catalogue.institutions() if line.records]
    with store.reading() as connection:
        known = {line.slug for line in lines}
        came = [each for each in arrivals(connection, store.now() - _LATELY) if each.institution in known]
        fresh = runs.last_complete(connection)
    answer = _answer(exchange)
    return HomeFigures(
        health=exchange.health(),
        institutions=lines,
        arrivals=came[:_ARRIVALS],
        fresh=fresh,
        answer=answer,
        places=_places(exchange, answer) if answer else (),
    )


def _answer(exchange: Exchange) -> SearchAnswer | None:
    facets = ("type", "level", "place")
    asked = SearchRequest(
        visibility=EVERYONE, page_size=0, facets=facets, facet_size=_PLACES, facet_sizes=(("place", _PLACE_NAMES),)
    )
    try:
        return exchange.search.search(asked)
    except BackendUnavailable:
        return None


def _places(exchange: Exchange, answer: SearchAnswer) -> Sequence[PlaceView]:
    def count_of(values: tuple[str, ...]) -> int:
        chosen = (FacetFilter(facet="place", values=values),)
        return exchange.search.search(SearchRequest(visibility=EVERYONE, page_size=0, filters=chosen)).total

    try:
        return places_of(answer.facets.get("place", ()), count_of, _PLACES)
    except BackendUnavailable:
        return ()
