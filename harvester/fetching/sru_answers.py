"""Answers of an SRU server: 1.1 and 1.2 (Library of Congress), 2.0 (OASIS searchRetrieve, part 3); pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import msgspec

from harvester.files.identities import native_identifier
from mappings.engine.inputs import Format
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, read_xml, written

_NUMBER = re.compile(r"\d{1,12}")
_DIAGNOSTIC = re.compile(r"diagnostic/\d/(\d+)$")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class SruPage(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to a search."""

    #: numberOfRecords; None where it was not said
    total: int | None
    #: records as OAI records, each with the name that the server gives it where it has none of its own
    records: tuple[str, ...] = ()
    #: records for which the server sent a diagnostic in their place
    withheld: int = 0
    #: number of the diagnostic that stands for the answer, and its words; 0 = none
    diagnostic: int = 0
    message: str = ""

    @property
    def size(self) -> int:
        """Places of the result that the page took."""
        return len(self.records) + self.withheld


def read_page(body: bytes, format_: Format) -> SruPage | None:
    """An answer; None where the body is none.

    raises  DocumentRefused
    """
    root = _root(body)
    if _local(root) not in ("searchRetrieveResponse", "explainResponse"):
        return None
    fatal = root.find("{*}diagnostics/{*}diagnostic")
    total = _number(root.findtext("{*}numberOfRecords"))
    if fatal is not None and not total:
        number, message = _told(fatal)
        return SruPage(total=total, diagnostic=number, message=message)
    read = [_record(record, format_) for record in root.iterfind("{*}records/{*}record")]
    records = tuple(record for record in read if record)
    number, message = _told(fatal) if fatal is not None else (0, "")
    return SruPage(total=total, records=records, withheld=len(read) - len(records), diagnostic=number, message=message)


def _root(body: bytes) -> Any:
    """The answer's root; one that is not well-formed is cleaned once."""
    try:
        return read_xml(body, limits=PAGE)
    except DocumentRefused as refused:
        if refused.code != "xml_broken":
            raise
    return read_xml(clean(decode(body).text).text, limits=PAGE)


def _record(record: Any, format_: Format) -> str:
    """A record wrapped as one of OAI-PMH is; empty where the server sent a diagnostic instead."""
    data = record.find("{*}recordData")
    if data is None or "diagnostic" in (record.findtext("{*}recordSchema") or ""):
        return ""
    inner = next(iter(data), None)
    if inner is None:
        text = _XML_DECLARATION.sub("", data.text or "")
        element = _readable(text)
    else:
        text, element = written(inner), inner
    if not text.strip():
        return ""
    own = native_identifier(element, format_) if element is not None else ""
    named = escape(own or (record.findtext("{*}recordIdentifier") or "").strip())
    header = f"<header><identifier>{named}</identifier></header>" if named else "<header/>"
    return f"<record>{header}<metadata>{text}</metadata></record>\n"


def _readable(text: str) -> Any | None:
    try:
        return read_xml(text)
    except DocumentRefused:
        # its unit is told of as a fault by whoever reads the file
        return None


def _told(diagnostic: Any) -> tuple[int, str]:
    uri = (diagnostic.findtext("{*}uri") or "").strip()
    found = _DIAGNOSTIC.search(uri)
    said = (diagnostic.findtext("{*}message"), diagnostic.findtext("{*}details"))
    return int(found[1]) if found else 1, " ".join(_said(said))


def _said(parts: tuple[str | None, ...]) -> Iterator[str]:
    return (part.strip() for part in parts if part and part.strip())


def _number(text: str | None) -> int | None:
    found = _NUMBER.fullmatch((text or "").strip())
    return int(found[0]) if found else None


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
