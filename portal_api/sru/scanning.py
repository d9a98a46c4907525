"""SRU's scan: values of an index in the order of their names, each with how many things the reader finds by it."""

from __future__ import annotations

from index.browsing import Browsed, BrowsedValue
from index.errors import BackendUnavailable, QueryInvalid
from index.fields import FACETS
from index.query.cql import parse_cql
from index.query.cql_indexes import names_index
from index.query.model import Equals, Phrase, QueryNode, Whole, Words
from mappings.schema.access import Visibility
from portal_api.exchange import Exchange
from portal_api.oai_provider.envelope import text
from portal_api.sru.answers import diagnostics_of, document
from portal_api.sru.arguments import SruRequest, Version
from portal_api.sru.diagnostics import Diagnostic, SruRefused

#: "Result set created with valid partial results available"
_PARTIAL = Diagnostic(number=59)


def terms_of(exchange: Exchange, asked: SruRequest, visibility: Visibility) -> Browsed:
    """The values around the clause's term; raises SruRefused, diagnostic 16 for an index that has no list."""
    facet, start = _clause(asked.query)
    try:
        return exchange.search.browse(facet, start, visibility, before=asked.start - 1, limit=asked.maximum)
    except BackendUnavailable as away:
        raise SruRefused(2, str(away.retry_after_seconds), str(away)) from away


def _clause(clause: str) -> tuple[str, str]:
    """The facet and the term of a scan clause."""
    try:
        node = parse_cql(clause).tree
    except QueryInvalid as fault:
        raise SruRefused.for_query(fault) from fault
    if names_index(clause.strip(' "')):
        said = "A relation and a term behind the index were expected, as in: index = a"
        raise SruRefused(10, f"0: {clause}", said)
    facet, start = _named(node)
    if facet not in FACETS:
        raise SruRefused(16, facet or clause, "An index whose values explain calls scanned was expected")
    return facet, start


def _named(node: QueryNode) -> tuple[str, str]:
    match node:
        case Words(field=str(field), text=start) | Phrase(field=str(field), text=start):
            return field, start
        case Whole(field=str(field), text=start) | Equals(field=field, value=start):
            return field, start
    return "", ""


def scanned(version: Version, asked: SruRequest, found: Browsed) -> str:
    """A scanResponse."""
    last = len(found.values) - 1
    terms = "".join(_term(each, number, last, found) for number, each in enumerate(found.values))
    echoed = f"<sru:version>{version}</sru:version><sru:scanClause>{text(asked.query)}</sru:scanClause>"
    return document(
        "scanResponse",
        version,
        f"<sru:version>{version}</sru:version><sru:terms>{terms}</sru:terms>"
        f"<sru:echoedScanRequest>{echoed}</sru:echoedScanRequest>"
        f"{'' if found.is_whole else diagnostics_of(version, [_PARTIAL])}",
    )


def unscanned(version: Version, diagnostic: Diagnostic) -> str:
    """A scanResponse that says why there is none."""
    body = f"<sru:version>{version}</sru:version>{diagnostics_of(version, [diagnostic])}"
    return document("scanResponse", version, body)


def _term(value: BrowsedValue, number: int, last: int, found: Browsed) -> str:
    begins, ends = number == 0 and found.is_first, number == last and found.is_last
    place = "only" if begins and ends else "first" if begins else "last" if ends else "inner"
    return (
        f"<sru:term><sru:value>{text(value.value)}</sru:value><sru:numberOfRecords>{value.count}</sru:numberOfRecords>"
        f"<sru:displayTerm>{text(value.label)}</sru:displayTerm><sru:whereInList>{place}</sru:whereInList></sru:term>"
    )
