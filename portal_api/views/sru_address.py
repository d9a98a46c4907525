"""A search of the results page as a request of SRU: its query as it is understood, and its filters, in CQL."""

from __future__ import annotations

from urllib.parse import urlencode

from index.meanings.claims import NO_SOUNDS, Holders, Sounds
from index.query.canonical import canonical
from index.query.cql_printed import printed_cql
from index.query.model import And, Dates, Equals, Or, QueryNode
from index.query.recognising import recognised
from index.query.syntax import parse
from index.query.values import days_of
from portal_api.views.search import SHOWN_FACETS, SearchParameters

#: filters by what is written in a field, for which CQL has words and no values
_UNSAID = ("creator", "subject", "place")


def sru_address(parameters: SearchParameters, holders: Holders, sounds: Sounds = NO_SOUNDS) -> str | None:
    """The address that asks the same of SRU by relevance; None where CQL cannot say it.

    holders   the institutions that words may name
    sounds    words that are looked for as what they spell
    """
    if parameters.view != "merged" or any(getattr(parameters, facet) for facet in _UNSAID):
        return None
    asked = recognised(parse(parameters.q).tree, holders, sounds)
    query = printed_cql(canonical(And(of=(asked, *_filters(parameters)))))
    return f"/sru?{urlencode({'version': '1.2', 'operation': 'searchRetrieve', 'query': query})}"


def _filters(parameters: SearchParameters) -> list[QueryNode]:
    found: list[QueryNode] = []
    for facet in SHOWN_FACETS:
        values = tuple(Equals(field=facet, value=value) for value in dict.fromkeys(getattr(parameters, facet)))
        if values:
            found.append(Or(of=values) if len(values) > 1 else values[0])
    bounds = [each.strip() if days_of(each) else None for each in (parameters.from_, parameters.to)]
    if any(bounds):
        found.append(Dates(start=bounds[0], end=bounds[1], mode=parameters.dates))
    return found
