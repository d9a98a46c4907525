"""Where harvested metadata come from, as records that are given on say it in an `about` container.

The schema is http://www.openarchives.org/OAI/2.0/provenance.xsd; a record that had been harvested before carries the
description of that harvest inside ours, as it came (guidelines on provenance, 2 and 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from mappings.errors import DocumentRefused
from mappings.formats.namespaces import declared
from mappings.formats.xml import TREE, read_xml
from mappings.serialisations.markup import element, enclosed

NAMESPACE = "http://www.openarchives.org/OAI/2.0/provenance"
SCHEMA = f"{NAMESPACE}.xsd"
#: harvests that one chain may have gone through
MOST_LEVELS = 16
#: what stands in every payload that has a chain, however its prefixes are written
MARK = "riginDescription"

_ATTRIBUTES = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d))?")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_BOOLEANS = ("true", "false", "1", "0")


class OriginDescription(msgspec.Struct, frozen=True, kw_only=True):
    """One harvest: of what, from where and when."""

    base_url: str
    identifier: str
    #: of the record's header there
    datestamp: str
    #: of the metadata as they were harvested
    namespace: str
    harvest_date: str
    #: whether the metadata were changed before they were given on; `true`, `false`, `1` or `0`
    altered: str = "true"


#: the last harvest first
Chain = tuple[OriginDescription, ...]


def write(chain: Sequence[OriginDescription]) -> str:
    """The `<provenance>` element of a chain."""
    nested = ""
    for each in reversed(chain):
        said = element("baseURL", each.base_url) + element("identifier", each.identifier)
        said += element("datestamp", each.datestamp) + element("metadataNamespace", each.namespace)
        attributes = {"harvestDate": each.harvest_date, "altered": each.altered}
        nested = enclosed("originDescription", said + nested, attributes)
    return enclosed("provenance", nested, _ATTRIBUTES)


def chains_of(payload: str, namespaces: dict[str, str]) -> list[Chain]:
    """The chains that a record came with, one each `about`; none where it came with none, or cannot be read.

    payload      `<record>…</record>`
    namespaces   in scope around it
    """
    if MARK not in payload:
        return []
    try:
        record = read_xml(declared(payload, namespaces), limits=TREE)
    except DocumentRefused:
        return []
    tops = [found for about in _children(record, "about") for found in about.iter(f"{{{NAMESPACE}}}provenance")]
    return [chain for top in tops if (chain := tuple(_levels(top)))]


def _levels(top: Any) -> Iterator[OriginDescription]:
    """The levels from the outermost in, up to the first that is not as the schema asks."""
    at = next(_children(top, "originDescription"), None)
    while at is not None:
        level = _level(at)
        if not is_valid(level):
            return
        yield level
        at = next(_children(at, "originDescription"), None)


def _level(at: Any) -> OriginDescription:
    return OriginDescription(
        base_url=_text(at, "baseURL"),
        identifier=_text(at, "identifier"),
        datestamp=_text(at, "datestamp"),
        namespace=_text(at, "metadataNamespace"),
        harvest_date=(at.get("harvestDate") or "").strip(),
        altered=(at.get("altered") or "").strip(),
    )


def is_valid(level: OriginDescription) -> bool:
    """Whether a level can be said by the schema."""
    moments, uris = (level.datestamp, level.harvest_date), (level.base_url, level.identifier, level.namespace)
    return all(map(is_moment, moments)) and all(map(is_uri, uris)) and level.altered in _BOOLEANS


def is_moment(text: str) -> bool:
    """Whether `text` is a day of the calendar, or a moment with its zone."""
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_uri(text: str) -> bool:
    """Whether `text` is written as a URI (RFC 3986)."""
    return _URI.fullmatch(text) is not None


def _children(element_: Any, name: str) -> Iterator[Any]:
    return (child for child in element_ if child.tag.rpartition("}")[2] == name)


def _text(element_: Any, name: str) -> str:
    return next((child.text or "" for child in _children(element_, name)), "").strip()
