"""A search of the results page as a request of SRU: its query as it is understood, and its filters, in CQL."""

from __future__ import annotations

from urllib.parse import urlencode

from index.meanings.claims import NO_SOUNDS, Holders, Sounds
from index.query.canonical import canonical
from index.query.cql_printed import printed_cql
from index.query.model import And, Dates, Not, Or, QueryNode, Under
from index.query.recognising import recognised
from index.query.syntax import parse
from index.query.values import days_of
from index.query.whole_values import equal
from index.request import FacetFilter
from portal_api.views.filters import filters_of
from portal_api.views.search import SearchParameters

#: filters by what is written in a field, for which CQL has words and no values, and by what has no index
_UNSAID = frozenset({"creator", "subject", "place", "work", "century"})


def sru_address(parameters: SearchParameters, holders: Holders, sounds: Sounds = NO_SOUNDS) -> str | None:
    """The address that asks the same of SRU by relevance; None where CQL cannot say it.

    holders   the institutions that words may name
    sounds    words that are looked for as what they spell
    """
    if parameters.view != "merged" or any(choice.facet in _UNSAID for choice in filters_of(parameters)):
        return None
    asked = recognised(parse(parameters.q).tree, holders, sounds)
    query = printed_cql(canonical(And(of=(asked, *_filters(parameters)))))
    return f"/sru?{urlencode({'version': '1.2', 'operation': 'searchRetrieve', 'query': query})}"


def _filters(parameters: SearchParameters) -> list[QueryNode]:
    found = list(map(_filter, filters_of(parameters)))
    bounds = [each.strip() if days_of(each) else None for each in (parameters.from_, parameters.to)]
    if any(bounds):
        found.append(Dates(start=bounds[0], end=bounds[1], mode=parameters.dates))
    return found


def _filter(choice: FacetFilter) -> QueryNode:
    values = tuple(_value(choice.facet, value) for value in choice.values)
    alternatives = Or(of=values) if len(values) > 1 else values[0]
    return Not(of=alternatives) if choice.mode == "none" else alternatives


def _value(facet: str, value: str) -> QueryNode:
    if facet == "ancestors":
        return Under(field=facet, value=value)
    return equal(facet, value)
