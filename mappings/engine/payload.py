"""From a stored payload to the element that a crosswalk reads, whatever became of its namespaces on the way."""

from __future__ import annotations

from typing import Any

from mappings.engine.inputs import Format
from mappings.errors import DocumentRefused
from mappings.formats.namespaces import declared
from mappings.formats.repair import clean
from mappings.formats.xml import read_xml
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord


class PayloadUnreadable(Exception):
    """No element to map; carries the issue."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.code)
        self.issue = found


def read_payload(raw: RawRecord, format_: Format, issues: list[Issue]) -> Any:
    """The root of the record's metadata; of ISO 2709 its bytes.

    raises  PayloadUnreadable: `payload_empty`, `xml_broken`, `doctype_refused`, `too_large`, `not_the_format` …
    """
    if not raw.payload.strip():
        raise PayloadUnreadable(issue("payload_empty"))
    if format_.walk == "marc" and not raw.payload.lstrip().startswith("<"):
        return bytes_of(raw)
    record = _parsed(raw, format_, issues)
    root = _metadata(record)
    if root is None:
        raise PayloadUnreadable(issue("payload_empty"))
    name = root.tag.rpartition("}")[2]
    if name not in format_.roots:
        raise PayloadUnreadable(issue("not_the_format", excerpt=name))
    if name == "collection":
        root = next(iter(root), None)
        if root is None:
            raise PayloadUnreadable(issue("payload_empty"))
    return root


def bytes_of(raw: RawRecord) -> bytes:
    """The bytes of a payload that is no text: `charset` says how they were carried."""
    return raw.payload.encode("latin-1" if raw.charset == "latin-1" else "utf-8", "replace")


def carried(data: bytes) -> tuple[str, str]:
    """Bytes as the text that a raw record carries, and its `charset`: UTF-8 where they are, else byte by byte."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _parsed(raw: RawRecord, format_: Format, issues: list[Issue]) -> Any:
    """The record element; prefixes that nobody declares are those of the format, what is broken is repaired once."""
    text = declared(raw.payload, raw.namespaces)
    try:
        return read_xml(text, limits=format_.limits)
    except DocumentRefused as error:
        if error.code != "xml_broken":
            raise PayloadUnreadable(_refused(error)) from None
    try:
        record = read_xml(declared(raw.payload, {**format_.prefixes, **raw.namespaces}), limits=format_.limits)
        issues.append(issue("namespace_unexpected", excerpt="prefix not declared"))
        return record
    except DocumentRefused:
        pass
    cleaned = clean(text)
    try:
        record = read_xml(cleaned.text, limits=format_.limits)
    except DocumentRefused as error:
        raise PayloadUnreadable(_refused(error)) from None
    issues.append(issue("record_cleaned"))
    return record


def _refused(error: DocumentRefused) -> Issue:
    return issue(error.code, excerpt=str(error))


def _metadata(record: Any) -> Any | None:
    """The element inside `metadata`, which xoai names `metadata` too; a payload that is no OAI record is its own."""
    if not record.tag.endswith("record"):
        return record
    for child in record:
        if child.tag.rpartition("}")[2] == "metadata":
            return next(iter(child), None)
    held = {child.tag.rpartition("}")[2] for child in record}
    return None if held <= {"header", "about"} else record
