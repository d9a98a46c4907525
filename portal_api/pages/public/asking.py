"""What every public page reads of a request: parameters, and the reader's visibility."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeVar

import msgspec
from aiohttp import web

from index.centuries import number_of
from index.errors import BackendUnavailable
from index.query.values import days_of
from index.request import SearchRequest
from index.results import SearchAnswer
from mappings.schema.access import Visibility
from portal_api.auth.requests import reader_of
from portal_api.errors import OverBudget, ParameterFault, ParametersInvalid, PlacesTaken
from portal_api.exchange import EXCHANGE, Exchange
from portal_api.http.languages import PARAMETER
from portal_api.http.parameters import read
from portal_api.http.spending import place_beside
from portal_api.views.filters import by_value, chosen_facets
from portal_api.views.search import SearchParameters, Walk
from portal_api.views.search_faults import too_many_ids, unknown_holder

P = TypeVar("P", bound=msgspec.Struct)
S = TypeVar("S", bound=SearchParameters)


async def visibility_of(request: web.Request) -> Visibility:
    """The audiences whose entries the reader may know of."""
    return (await reader_of(request)).visibility


def lenient(request: web.Request, kind: type[P]) -> tuple[P, Sequence[ParameterFault]]:
    """The parameters of a page; what cannot be used is told beside what can."""
    return read(list(request.query.items()), kind)


def strict(request: web.Request, kind: type[P]) -> P:
    """The parameters of the API; raises ParametersInvalid for any fault. The language of words may always be said."""
    given = [(name, value) for name, value in request.query.items() if name != PARAMETER]
    parameters, faults = read(given, kind)
    if faults:
        raise ParametersInvalid(faults)
    return parameters


class Notations(Protocol):
    """A query, in one of three notations."""

    @property
    def q(self) -> str:
        """As typed into the search box."""

    @property
    def cql(self) -> str:
        """In CQL."""

    @property
    def tree(self) -> str:
        """As a tree in JSON."""


def check_notation(given: Notations) -> None:
    """Raises ParametersInvalid where a query is given in more than one notation: none is passed over unsaid."""
    said = {"q": given.q, "cql": given.cql, "tree": given.tree}
    first, *others = [name for name, text in said.items() if text] or [""]
    faults = [
        ParameterFault(
            parameter=name,
            code="parameter-invalid",
            detail=f"{name}: a query is given in one notation, and {first} is one",
        )
        for name in others
    ]
    if faults:
        raise ParametersInvalid(faults)


def check_bounds(given: SearchParameters) -> None:
    """Raises ParametersInvalid for each bound that is no date, each century that is none, and for too many identifiers.

    A program must not take the wider answer for its own.
    """
    bounds = {"from": given.from_, "to": given.to}
    faults = [_unread(name, text) for name, text in bounds.items() if text.strip() and days_of(text) is None]
    stated = [("century", each) for each in given.century] + [("not.century", each) for each in given.not_century]
    faults += [_no_century(name, text) for name, text in stated if number_of(text) is None]
    faults += [fault for fault in (too_many_ids(given),) if fault]
    if faults:
        raise ParametersInvalid(faults)


def unknown_preference(exchange: Exchange, given: SearchParameters) -> ParameterFault | None:
    """The fault of a holder to be preferred that there is none of."""
    slugs = exchange.catalogue.slugs() if given.prefer else ()
    return unknown_holder(given, slugs)


def with_values(exchange: Exchange, visibility: Visibility, parameters: S) -> S:
    """The parameters with what they choose as the index has it; as they are while it is away."""
    try:
        return by_value(parameters, exchange.search.holders(visibility)) if chosen_facets(parameters) else parameters
    except BackendUnavailable:
        return parameters


def _no_century(name: str, text: str) -> ParameterFault:
    detail = f"{name}: expected the first year of a century such as 1800 or -100, undated or wide, found {text[:80]!r}"
    return ParameterFault(parameter=name, code="parameter-invalid", detail=detail)


def _unread(name: str, text: str) -> ParameterFault:
    detail = f"{name}: expected a year, EDTF date or period, found {text[:80]!r}"
    return ParameterFault(parameter=name, code="parameter-invalid", detail=detail)


def searched(exchange: Exchange, asked: SearchRequest, parameters: SearchParameters) -> tuple[SearchAnswer, Walk]:
    """The answer from where a cursor goes on, and the cursors behind its last hit and before its first.

    raises   CursorInvalid
    """
    if parameters.cursor:
        after = exchange.cursors.read(parameters.cursor, asked)
        asked = msgspec.structs.replace(asked, after=after, relax="off")
    answer = exchange.search.search(asked)
    written = exchange.cursors.written
    return answer, Walk(on=written(answer.reached, asked), back=written(answer.begun, asked))


async def counted(request: web.Request, asked: SearchRequest) -> SearchAnswer | None:
    """What a page counts beside its own matter; None without an index or a free place, for the page goes on without."""
    try:
        async with place_beside(request):
            return await asyncio.to_thread(request.app[EXCHANGE].search.search, asked)
    except (BackendUnavailable, PlacesTaken, OverBudget):
        return None
