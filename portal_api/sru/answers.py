"""SRU's answers as XML text: records, diagnostics and the explain record (ZeeRex 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urljoin

import msgspec

from index.query.cql import MEANING, SORTED
from index.query.cql_indexes import CONTEXT_SETS, INDEXES, is_scanned
from portal_api.oai_provider.envelope import text
from portal_api.sru.arguments import MOST, SCHEMAS, USUAL, Version
from portal_api.sru.diagnostics import URI, Diagnostic

_SRW, _SRU = "http://www.loc.gov/zing/srw/", "http://docs.oasis-open.org/ns/search-ws/sruResponse"
_DIAGNOSTIC = {
    "1.1": "http://www.loc.gov/zing/srw/diagnostic/",
    "1.2": "http://www.loc.gov/zing/srw/diagnostic/",
    "2.0": "http://docs.oasis-open.org/ns/search-ws/diagnostic",
}
_ZEEREX = "http://explain.z3950.org/dtd/2.0/"
_RELATIONS = ("=", "==", "all", "any", "adj", "<>", "<", "<=", ">", ">=", "within", "ax.overlaps")
_MODIFIERS = ("ax.slop", "fuzzy", "ax.edits")
_BOOLEAN_MODIFIERS = (MEANING,)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record of an answer."""

    position: int
    identifier: str
    schema: str
    #: the element, or a diagnostic in its place
    data: str | Diagnostic


class Retrieved(msgspec.Struct, frozen=True, kw_only=True):
    """What a searchRetrieve found."""

    total: int = 0
    records: Sequence[Record] = ()
    #: of the record after the last
    following: int | None = None
    query: str = ""
    diagnostics: Sequence[Diagnostic] = ()
    as_string: bool = False


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What explain says of the place."""

    #: the exchange's own
    address: str
    host: str
    port: int
    title: str
    records: int


def retrieved(version: Version, found: Retrieved) -> str:
    """A searchRetrieveResponse."""
    records = "".join(_record(version, each, found.as_string) for each in found.records)
    parts = [
        f"<sru:version>{version}</sru:version>",
        f"<sru:numberOfRecords>{found.total}</sru:numberOfRecords>",
        f"<sru:records>{records}</sru:records>" if records else "",
        f"<sru:nextRecordPosition>{found.following}</sru:nextRecordPosition>" if found.following else "",
        _echoed(version, found.query) if found.query else "",
        diagnostics_of(version, found.diagnostics),
    ]
    return document("searchRetrieveResponse", version, "".join(parts))


def explained(version: Version, described: Described, diagnostics: Sequence[Diagnostic] = ()) -> str:
    """An explainResponse."""
    packing = "<sru:recordXMLEscaping>xml</sru:recordXMLEscaping>" if version == "2.0" else _PACKED
    record = (
        f"<sru:record><sru:recordSchema>{_ZEEREX}</sru:recordSchema>{packing}"
        f"<sru:recordData>{_zeerex(version, described)}</sru:recordData></sru:record>"
    )
    body = f"<sru:version>{version}</sru:version>{record}{diagnostics_of(version, diagnostics)}"
    return document("explainResponse", version, body)


_PACKED = "<sru:recordPacking>xml</sru:recordPacking>"


def document(name: str, version: Version, body: str) -> str:
    """A whole answer of a version."""
    namespace = _SRU if version == "2.0" else _SRW
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sru:{name} xmlns:sru="{namespace}">{body}</sru:{name}>\n'


def _echoed(version: Version, query: str) -> str:
    asked = f"<sru:version>{version}</sru:version><sru:query>{text(query)}</sru:query>"
    return f"<sru:echoedSearchRetrieveRequest>{asked}</sru:echoedSearchRetrieveRequest>"


def _record(version: Version, record: Record, as_string: bool) -> str:
    if isinstance(record.data, Diagnostic):
        schema, data = _DIAGNOSTIC["1.1"] if version != "2.0" else _DIAGNOSTIC["2.0"], _diagnostic(version, record.data)
    else:
        schema, data = SCHEMAS[record.schema].namespace, record.data
    kind = "string" if as_string else "xml"
    packing = "recordXMLEscaping" if version == "2.0" else "recordPacking"
    return (
        f"<sru:record><sru:recordSchema>{schema}</sru:recordSchema><sru:{packing}>{kind}</sru:{packing}>"
        f"<sru:recordData>{text(data) if as_string else data}</sru:recordData>"
        + (f"<sru:recordIdentifier>{text(record.identifier)}</sru:recordIdentifier>" if version != "1.1" else "")
        + f"<sru:recordPosition>{record.position}</sru:recordPosition></sru:record>"
    )


def diagnostics_of(version: Version, diagnostics: Iterable[Diagnostic]) -> str:
    """Diagnostics as an element; nothing where there are none."""
    written = "".join(_diagnostic(version, each) for each in diagnostics)
    return f"<sru:diagnostics>{written}</sru:diagnostics>" if written else ""


def _diagnostic(version: Version, diagnostic: Diagnostic) -> str:
    details = f"<diag:details>{text(diagnostic.details)}</diag:details>" if diagnostic.details else ""
    return (
        f'<diag:diagnostic xmlns:diag="{_DIAGNOSTIC[version]}"><diag:uri>{URI}{diagnostic.number}</diag:uri>'
        f"{details}<diag:message>{text(diagnostic.said)}</diag:message></diag:diagnostic>"
    )


def _zeerex(version: Version, described: Described) -> str:
    sets = "".join(f'<zr:set name="{name}" identifier="{uri}"/>' for name, uri in CONTEXT_SETS.items())
    indexes = "".join(map(_index, ("cql.allRecords", *INDEXES)))
    schemas = "".join(
        f'<zr:schema name="{name}" identifier="{each.namespace}" '
        f'location="{text(urljoin(described.address, each.schema))}" sort="false" retrieve="true">'
        f"<zr:title>{name}</zr:title></zr:schema>"
        for name, each in SCHEMAS.items()
    )
    relations = "".join(f'<zr:supports type="relation">{text(each)}</zr:supports>' for each in _RELATIONS)
    modifiers = "".join(f'<zr:supports type="relationModifier">{each}</zr:supports>' for each in _MODIFIERS)
    modifiers += "".join(f'<zr:supports type="booleanModifier">{each}</zr:supports>' for each in _BOOLEAN_MODIFIERS)
    return (
        f'<zr:explain xmlns:zr="{_ZEEREX}"><zr:serverInfo protocol="SRU" version="{version}" transport="http">'
        f"<zr:host>{text(described.host)}</zr:host><zr:port>{described.port}</zr:port><zr:database>sru</zr:database>"
        f'</zr:serverInfo><zr:databaseInfo><zr:title lang="en" primary="true">{text(described.title)}</zr:title>'
        f'<zr:extent numberOfRecords="{described.records}"/></zr:databaseInfo>'
        f"<zr:indexInfo>{sets}{indexes}</zr:indexInfo><zr:schemaInfo>{schemas}</zr:schemaInfo>"
        f'<zr:configInfo><zr:default type="numberOfRecords">{USUAL}</zr:default>'
        f'<zr:setting type="maximumRecords">{MOST}</zr:setting>'
        f'<zr:default type="retrieveSchema">dc</zr:default>{relations}{modifiers}</zr:configInfo></zr:explain>'
    )


def _index(name: str) -> str:
    prefix, _, own = name.partition(".")
    scan, sort = str(is_scanned(name)).lower(), str(name in SORTED).lower()
    return (
        f'<zr:index search="true" scan="{scan}" sort="{sort}">'
        f'<zr:title lang="en">{own}</zr:title><zr:map><zr:name set="{prefix}">{own}</zr:name></zr:map></zr:index>'
    )
