"""What an SRU request asks: its version, operation and the parameters of searchRetrieve (SRU 1.2; 2.0, part 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from index.request import Sort
from mappings.serialisations.catalogue import SERIALISATIONS, Serialisation
from portal_api.sru.diagnostics import SruRefused
from portal_api.sru.sorting import order_of

Version = Literal["1.1", "1.2", "2.0"]

#: a record in each schema's short name; Dublin Core where none is asked for
SCHEMAS: dict[str, Serialisation] = {
    {"oai_dc": "dc", "oai_qdc": "qdc", "marc21": "marcxml"}.get(each.prefix, each.prefix): each
    for each in SERIALISATIONS
}
#: identifiers that registries and clients know, beside the namespaces
_IDENTIFIERS = {
    "info:srw/schema/1/dc-v1.1": "dc",
    "oai_dc": "dc",
    "info:srw/schema/1/marcxml-v1.1": "marcxml",
    "info:srw/schema/1/mods-v3.5": "mods",
}
USUAL, MOST = 10, 100
_COMMON = ("operation", "version", "stylesheet", "httpAccept", "query", "queryType", "startRecord", "maximumRecords",
           "recordSchema", "resultSetTTL")  # fmt: skip
_OF_SCAN = ("operation", "version", "stylesheet", "httpAccept", "scanClause", "responsePosition", "maximumTerms")
_OF_VERSION = {
    "1.1": ("recordPacking", "recordXPath", "sortKeys"),
    "1.2": ("recordPacking",),
    "2.0": ("recordPacking", "recordXMLEscaping", "renderedBy", "responseType", "sortKeys"),
}


class SruRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that can be answered."""

    version: Version
    operation: Literal["explain", "searchRetrieve", "scan"]
    #: of scan its clause
    query: str = ""
    #: of scan the place of its term among those given
    start: int = 1
    maximum: int = USUAL
    #: short name
    schema: str = "dc"
    #: of `sortKeys`; None where the query says it, or nothing
    sort: Sort | None = None
    #: records as escaped text, not as XML
    as_string: bool = False


def version_of(given: Sequence[tuple[str, str]]) -> Version:
    """The version that an answer is written in: the one asked for, else by the shape of the request."""
    named = dict(given)
    asked = named.get("version")
    if asked in ("1.1", "1.2", "2.0"):
        return asked  # type: ignore[return-value]
    return "1.2" if "operation" in named or asked else "2.0"


def read_request(given: Sequence[tuple[str, str]]) -> SruRequest:
    """The request; raises SruRefused with its diagnostic."""
    named = dict(given)
    version = version_of(given)
    if named.get("version", version) != version:
        raise SruRefused(5, "2.0")
    operation = named.get("operation") or _meant(named)
    if operation not in ("explain", "searchRetrieve", "scan"):
        raise SruRefused(4, operation)
    _check_names(named, _OF_SCAN if operation == "scan" else (*_COMMON, *_OF_VERSION[version]))
    if named.get("stylesheet"):
        raise SruRefused(110, named["stylesheet"])
    if operation == "scan":
        return _scan(named, version)
    if operation == "explain":
        return SruRequest(version=version, operation="explain")
    return _search(named, version)


def _meant(named: dict[str, str]) -> str:
    """The operation that the parameters belong to (SRU 2.0 names none)."""
    if "scanClause" in named:
        return "scan"
    return "searchRetrieve" if named.get("query") or len(named) > 1 else "explain"


def _check_names(named: dict[str, str], known: Sequence[str]) -> None:
    for name in named:
        if name not in known and not name.startswith("x-"):
            raise SruRefused(8, name)


def _scan(named: dict[str, str], version: Version) -> SruRequest:
    if not named.get("scanClause", "").strip():
        raise SruRefused(7, "scanClause")
    most = min(_number(named, "maximumTerms", USUAL, 1), MOST)
    position = _number(named, "responsePosition", 1, 0)
    if position > most + 1:
        raise SruRefused(120, str(position), f"responsePosition is a number from 0 to {most + 1}")
    return SruRequest(version=version, operation="scan", query=named["scanClause"], start=position, maximum=most)


def _search(named: dict[str, str], version: Version) -> SruRequest:
    if not named.get("query", "").strip():
        raise SruRefused(7, "query")
    if named.get("queryType", "cql") != "cql":
        raise SruRefused(6, "queryType")
    return SruRequest(
        version=version,
        operation="searchRetrieve",
        query=named["query"],
        start=_number(named, "startRecord", 1, 1),
        maximum=min(_number(named, "maximumRecords", USUAL, 0), MOST),
        schema=_schema(named.get("recordSchema") or "dc"),
        as_string=_as_string(named, version),
        sort=order_of(named["sortKeys"]) if named.get("sortKeys", "").strip() else None,
    )


def _number(named: dict[str, str], name: str, usual: int, least: int) -> int:
    written = named.get(name) or str(usual)
    if not (written.isascii() and written.isdecimal() and len(written) < 10 and int(written) >= least):
        raise SruRefused(6, name, f"{name} is a whole number from {least}")
    return int(written)


def _schema(asked: str) -> str:
    by_namespace = {each.namespace: name for name, each in SCHEMAS.items()}
    found = _IDENTIFIERS.get(asked) or by_namespace.get(asked) or asked
    if found not in SCHEMAS:
        raise SruRefused(66, asked)
    return found


def _as_string(named: dict[str, str], version: Version) -> bool:
    if version == "2.0":
        packing = named.get("recordXMLEscaping") or "xml"
        if named.get("recordPacking", "packed") not in ("packed", "unpacked", "xml", "string"):
            raise SruRefused(71, named["recordPacking"])
    else:
        packing = named.get("recordPacking") or "xml"
    if packing not in ("xml", "string"):
        raise SruRefused(71, packing)
    return packing == "string"
