"""XML records in any wrapper: each outermost element that the format knows, or that is an OAI record.

The file is never parsed whole. Spans are found in its bytes (every character set but UTF-16 keeps `<` and `>` apart,
and ASCII names as they are), and each is read alone, up the same ladder as a page's records: strict, cleaned,
recovered, faulty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from harvester.files import rdf_records
from harvester.files.decoding import DECODED_BYTES
from harvester.files.identities import native_identifier
from harvester.files.mapped import Mapped
from harvester.files.static_repositories import Section, section_of
from harvester.files.units import MOST_KEPT, FaultyUnit, FileRefused, Found, Reading, Unit, digest, faulty
from harvester.files.xml_spans import Scan, end_of, spans, tags_of_any
from harvester.oaipmh.header import says_deleted
from mappings.engine.inputs import AUTHORITY_ROOTS
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.formats.doctype import cut_doctype
from mappings.formats.namespaces import declared
from mappings.formats.repair import clean
from mappings.formats.xml import parse, parse_recovering, written
from mappings.schema.issue import Issue, issue

#: bytes before the first record in which namespaces, encoding and DOCTYPE are looked for
_HEAD_BYTES = 1 << 20
#: more of a record's text than this share may not be lost by recovery
_MOST_LOST = 0.05
_NAMESPACES = re.compile(rb"\sxmlns(?::([\w.\-]+))?\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:\-]{1,40})[\"']")
_DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")

#: attribute of a record that its source lists and does not give as it should: the reason
UNREAD = "unread"

#: in whose relations stand whole descriptions of what others hold
_QUOTING = frozenset(name.encode() for name in AUTHORITY_ROOTS)

#: a list that holds nothing, as answers without a record are kept
_EMPTY = re.compile(rb"<records>\s*</records>\s*")


class _Source(msgspec.Struct, frozen=True, kw_only=True):
    """What every record of a file has in common."""

    reading: Reading
    encoding: str | None
    namespaces: dict[str, str]


def units(file: Mapped, reading: Reading) -> Iterator[Found]:
    """The records of a file in its order.

    raises  FileRefused: `not_the_format` where it holds none, `not_a_record_format` where it describes people alone,
            `doctype_refused`, `charset_refused`, `too_large`
    """
    data = _in_bytes_of_names(file, reading)
    bounds = section_of(data, reading.section) if reading.section else Section(start=0, end=len(data))
    source: _Source | None = None
    begins = _behind_people(data, bounds.start, bounds.end)
    for start, end, is_closed in spans(Scan(data, bounds.end), reading.format.roots, begins):
        source = source or _source(data, start, reading)
        if rdf_records.holds_several(data, start, end, reading.format):
            parts = rdf_records.parts(data, start, end, reading.format)
            yield from (
                each if isinstance(each, FaultyUnit) else _unit_of(each.body, each.position, source) for each in parts
            )
        elif is_closed:
            yield _unit(data, start, end, source)
        if not is_closed:
            yield faulty("truncated", start, bytes(data[start : min(end, start + MOST_KEPT)]))
    if source is None and not (reading.may_be_empty and _EMPTY.fullmatch(bytes(data[:_HEAD_BYTES]))):
        _refuse_declarations(bytes(data[:_HEAD_BYTES]))
        if begins > bounds.start:
            found = "descriptions of people and bodies (EAC-CPF)"
            expected = f"expected {reading.format.name} records, found {found}"
            raise FileRefused("not_a_record_format", expected, "byte 0")
        head = bytes(data[:80]).decode("utf-8", "replace").strip()
        raise FileRefused("not_the_format", f"expected {reading.format.name} records, found {head!r}", "byte 0")


def _behind_people(data: Mapped, start: int, end: int) -> int:
    """Where records begin: behind the descriptions of people at the start of the file or of what it wraps."""
    scan, place = Scan(data, end), start
    for first in islice(scan.tags(tags_of_any(), start), 2):
        tag: re.Match[bytes] | None = first
        while tag is not None and tag[3].rpartition(b":")[2] in _QUOTING:
            place = end_of(scan, tag) or end
            tag = next(scan.tags(tags_of_any(), place), None)
    return place


def _in_bytes_of_names(file: Mapped, reading: Reading) -> Mapped:
    """The file, made UTF-8 where its tags are not found as they stand: UTF-16, and names that are not ASCII."""
    head = bytes(file[:400]).removeprefix(b"\xef\xbb\xbf")
    declared = _ENCODING.match(head)
    is_other = declared is not None and declared[1].lower() not in (b"utf-8", b"utf8")
    if not (head.startswith(_UTF16) or (is_other and not all(name.isascii() for name in reading.format.roots))):
        return file
    if len(file) > DECODED_BYTES:
        raise FileRefused("too_large", f"a file in another character set than UTF-8 of more than {DECODED_BYTES} bytes")
    try:
        text = decode(bytes(file)).text
    except DocumentRefused as refused:
        raise FileRefused(refused.code, str(refused)) from refused
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")


def _refuse_declarations(head: bytes) -> None:
    try:
        cut_doctype(head.removeprefix(b"\xef\xbb\xbf"))
    except DocumentRefused as refused:
        raise FileRefused(refused.code, str(refused), f"line {refused.line}") from refused


def _source(data: Mapped, first: int, reading: Reading) -> _Source:
    head = bytes(data[: min(first, _HEAD_BYTES)])
    _refuse_declarations(head)
    encoding = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    return _Source(
        reading=reading,
        encoding=encoding[1].decode("ascii") if encoding else None,
        namespaces={_text(m[1]): _text(m[2] or m[3]) for m in _NAMESPACES.finditer(head)},
    )


def _text(name: bytes | None) -> str:
    return (name or b"").decode("utf-8", "replace")


# --- one record -------------------------------------------------------------------------------------------------------


def _unit(data: Mapped, start: int, end: int, source: _Source) -> Found:
    most = source.reading.format.limits.size_bytes
    if end - start > most:
        return faulty("too_large", start, bytes(data[start : start + 1000]))
    return _unit_of(bytes(data[start:end]), start, source)


def _unit_of(body: bytes, start: int, source: _Source) -> Found:
    try:
        decoded = decode(body, declared=source.encoding)
        element, text, notes = _read(decoded.text, source)
    except DocumentRefused as refused:
        return faulty(refused.code, start, body)
    if decoded.replaced:
        notes = (*notes, issue("bytes_undecodable", excerpt=str(decoded.replaced)))
    shared = Unit(
        payload=text,
        sha256=digest(body),
        charset=decoded.charset,
        namespaces=source.namespaces,
        notes=notes,
        position=start,
    )
    header = element.find("{*}header")
    if header is not None and _local(element) == "record":
        return _harvested(element, header, shared, source, body)
    escaped = _escaped(element)
    if not escaped:
        return _native(element, shared, source, body)
    try:
        element, text, notes = _read(_DECLARATION.sub("", escaped).strip(), source)
    except DocumentRefused as refused:
        return faulty(refused.code, start, body)
    return _native(element, msgspec.structs.replace(shared, payload=text, notes=(*shared.notes, *notes)), source, body)


def _escaped(element: Any) -> str:
    """The record that an answer of SRU holds as text, its packing or escaping being `string`; or nothing."""
    data = element.find("{*}recordData") if _local(element) == "record" else None
    return (data.text or "").strip() if data is not None and not len(data) else ""


def _read(text: str, source: _Source) -> tuple[Any, str, tuple[Issue, ...]]:
    """The element, the text that it was read from, and what had to be done for it."""
    limits = source.reading.format.limits
    try:
        return parse(declared(text, source.namespaces), limits=limits).root, text, ()
    except DocumentRefused as refused:
        if refused.code != "xml_broken":
            raise
    repaired = clean(text).text
    try:
        return parse(declared(repaired, source.namespaces), limits=limits).root, repaired, (issue("record_cleaned"),)
    except DocumentRefused as refused:
        if refused.code != "xml_broken":
            raise
    found = parse_recovering(declared(repaired, source.namespaces), limits=limits)
    if _lost(repaired, found.root) > _MOST_LOST:
        raise DocumentRefused("text_lost", "recovery would lose more than a twentieth of the record")
    return found.root, written(found.root), found.notes[:1]


def _lost(text: str, root: Any) -> float:
    """The share of a record's text that recovery did not keep."""
    before = len(re.sub(r"<[^>]*>|\s", "", text))
    after = len(re.sub(r"\s", "", "".join(root.itertext())))
    return 1 - after / before if before else 0.0


def _harvested(element: Any, header: Any, shared: Unit, source: _Source, body: bytes) -> Found:
    """An OAI record: its header names it, and says whether it was deleted (OAI-PMH 2.0, 2.5)."""
    identifier = (header.findtext("{*}identifier") or "").strip()
    if not identifier:
        # a header may be empty, and stand in the record of the format itself
        inner = element.find("{*}metadata/*")
        identifier = native_identifier(element if inner is None else inner, source.reading.format)
    if not identifier:
        return faulty("identifier_empty", shared.position, body)
    if reason := element.get(UNREAD):
        return faulty(reason, shared.position, body, identifier)
    return msgspec.structs.replace(
        shared,
        identifier=identifier,
        datestamp=(header.findtext("{*}datestamp") or "").strip(),
        set_specs=tuple(spec.text.strip() for spec in header.iter("{*}setSpec") if spec.text),
        deleted=says_deleted(header.get("status") or ""),
    )


def _native(element: Any, shared: Unit, source: _Source, body: bytes) -> Found:
    """A record of the format itself, or the first one inside of a `record` that says no more, as answers of SRU do."""
    format_ = source.reading.format
    within = element.iterdescendants(*[f"{{*}}{name}" for name in format_.roots])
    inner = next(within, None) if _local(element) == "record" else None
    if inner is None and _local(element) not in format_.roots:
        return faulty("not_the_format", shared.position, body)
    if inner is not None:
        element, shared = inner, msgspec.structs.replace(shared, payload=written(inner))
    return msgspec.structs.replace(shared, identifier=native_identifier(element, format_))


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
