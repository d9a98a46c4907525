"""From a stored payload to the element that a crosswalk reads, whatever became of its namespaces on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from mappings.engine.inputs import AUTHORITY_ROOTS, FORMATS, Format
from mappings.errors import DocumentRefused
from mappings.formats.ead import with_chronologies_parted
from mappings.formats.iso2709 import Iso2709Refused, Tags, read_iso2709
from mappings.formats.marc_fields import MarcField
from mappings.formats.marc_private import TAGS, public_part
from mappings.formats.marcxml import read_marcxml
from mappings.formats.namespaces import alike, declared
from mappings.formats.rdf import gather
from mappings.formats.repair import clean
from mappings.formats.table import read_row
from mappings.formats.xml import TREE, read_xml
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord

#: how a record of ISO 2709 begins
_LENGTH_DIGITS = 5
_MARKS = sorted({known.private for known in FORMATS.values() if known.private[0]})
_PRIVATE = re.compile("|".join(rf"\b{attribute}\s*=\s*[\"']{value}[\"']" for attribute, value in _MARKS))

#: how a page for readers begins; what a server says in the place of a record is seldom well-formed
_PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)


class PayloadUnreadable(Exception):
    """No element to map; carries the issue."""

    def __init__(self, found: Issue) -> None:
        super().__init__(found.code)
        self.issue = found


def read_payload(raw: RawRecord, format_: Format, issues: list[Issue]) -> Any:
    """The root of the record's metadata; of ISO 2709 its bytes, of a table its row, of JSON its value.

    raises  PayloadUnreadable: `payload_empty`, `xml_broken`, `json_broken`, `doctype_refused`, `not_the_format`,
            `not_a_record_format` …
    """
    if not raw.payload.strip():
        raise PayloadUnreadable(issue("payload_empty"))
    if format_.walk in _READERS:
        return _decoded(raw, _READERS[format_.walk])
    if format_.walk == "marc" and not raw.payload.lstrip().startswith("<"):
        return bytes_of(raw)
    root = sent_element(raw, format_, issues)
    if format_.any_namespace:
        _without_namespaces(root)
    if format_.private[0]:
        without_private(root, format_)
    if format_.unit:
        with_chronologies_parted(root)
    if format_.graph:
        _one_thing(root, format_, issues)
    if format_.graph and (left := gather(root, format_.graph)):
        issues.append(issue("references_left", excerpt=f"{left} references to what the record describes elsewhere"))
    return root


def sent_element(raw: RawRecord, format_: Format, issues: list[Issue]) -> Any:
    """The root of the metadata of a record in XML as its source wrote it, its elements in the format's own namespace.

    raises  PayloadUnreadable
    """
    root = _metadata(_parsed(raw, format_, issues))
    if root is None:
        raise PayloadUnreadable(issue("payload_empty"))
    root = _unwrapped(root, format_, issues)
    if (name := _local(root)) not in format_.roots:
        code = "not_a_record_format" if name in AUTHORITY_ROOTS else "not_the_format"
        raise PayloadUnreadable(issue(code, excerpt=name))
    if format_.walk == "marc" and _namespace(root) not in format_.prefixes.values():
        # MARC is read by local names alone
        issues.append(issue("namespace_unexpected", excerpt=str(root.tag)))
    if format_.namespaces:
        _in_one_namespace(root, format_, issues)
    return root


def _unwrapped(root: Any, format_: Format, issues: list[Issue]) -> Any:
    """The record in an element around records; those behind it are not part of this one.

    raises  PayloadUnreadable: `payload_empty`
    """
    if _local(root) not in format_.wrappers:
        return root
    first = next(iter(root), None)
    if first is None:
        raise PayloadUnreadable(issue("payload_empty"))
    if len(root) > 1:
        issues.append(issue("records_passed_over", excerpt=f"{len(root) - 1} more in {_local(root)}"))
    return first


def _one_thing(root: Any, format_: Format, issues: list[Issue]) -> None:
    """Leaves the first of the things that a graph describes side by side, and takes out what is said of the others."""
    nodes = [each for each in root if isinstance(each.tag, str)]
    others = [each for each in nodes if _local(each) == format_.mark][1:]
    if not others:
        return
    names = {value for each in others for value in each.attrib.values()}
    said = [each for each in nodes if _local(each) in format_.graph - {format_.mark}]
    for node in [*others, *(each for each in said if any(names & set(part.attrib.values()) for part in each))]:
        root.remove(node)
    issues.append(issue("records_passed_over", excerpt=f"{len(others)} more in {_local(root)}"))


def _local(element: Any) -> str:
    return str(element.tag.rpartition("}")[2])


#: numbers that are no whole ones stay as written
_json = msgspec.json.Decoder(float_hook=str)
_READERS: dict[str, Callable[[str], Any]] = {"row": read_row, "json": _json.decode}


def _decoded(raw: RawRecord, read: Callable[[str], Any]) -> Any:
    try:
        return read(raw.payload)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PayloadUnreadable(issue("json_broken", excerpt=str(error))) from None


def _namespace(element: Any) -> str:
    return str(element.tag.rpartition("}")[0][1:])


def _in_one_namespace(root: Any, format_: Format, issues: list[Issue]) -> None:
    """Elements of the format's other namespaces, and of its own misspelt one, become those of its first."""
    known, namespace = next(iter(format_.prefixes.values())), _namespace(root)
    if namespace == known:
        return
    misspelt = namespace not in format_.namespaces and alike(namespace, known)
    if misspelt or not (namespace or format_.nameless):
        issues.append(issue("namespace_unexpected", excerpt=str(root.tag)))
    others = {*format_.namespaces, namespace} if misspelt else format_.namespaces
    for element in root.iter("*"):
        if _namespace(element) in others:
            element.tag = f"{{{known}}}{_local(element)}"


def _without_namespaces(root: Any) -> None:
    for element in root.iter("{*}*"):
        element.tag = _local(element)


def without_private(root: Any, format_: Format) -> None:
    """Takes out what its source marks as not for the public; the text behind it stays."""
    attribute, value = format_.private
    private = [element for element in root.iter("*") if element.get(attribute) == value]
    for element in private:
        parent = element.getparent()
        if parent is None or element.tag.rpartition("}")[2] in format_.never_private:
            continue
        before = element.getprevious()
        if element.tail and before is not None:
            before.tail = (before.tail or "") + element.tail
        elif element.tail:
            parent.text = (parent.text or "") + element.tail
        parent.remove(element)


def has_private_parts(raw: RawRecord, format_: Format | None = None) -> bool:
    """Whether a payload holds what its source marks as not for the public; MARC that cannot be read counts as such.

    format_  as which its crosswalk reads it: tags that are private in MARC 21 say something else in UNIMARC and CNMARC;
             None = not known, and MARC is MARC 21
    """
    is_other_marc = format_ is not None and format_.walk == "marc" and format_.dialect != "marc21"
    return _PRIVATE.search(raw.payload) is not None or (not is_other_marc and _has_private_fields(raw))


def reads_private(raw: RawRecord, own: Format, other: Format) -> bool:
    """Whether a payload, read as `other`, would tell what stays unread of it as `own`."""
    if not own.keeps_private or own.keeps_private == other.keeps_private:
        return False
    return has_private_parts(raw, own)


def _has_private_fields(raw: RawRecord) -> bool:
    try:
        return any(public_part(field) != field for field in _marc_fields(raw))
    except (DocumentRefused, Iso2709Refused):
        return True


def _marc_fields(raw: RawRecord) -> Sequence[MarcField]:
    """The fields of MARC in XML or ISO 2709 that may be private; none of any other payload."""
    payload = raw.payload.lstrip()
    if payload.startswith("<"):
        if "datafield" not in payload:
            return ()
        root = read_xml(declared(raw.payload, raw.namespaces), limits=TREE)
        records = {field.getparent() for field in root.iter("{*}datafield")}
        return [field for record in records for field in read_marcxml(record, TAGS.__contains__).fields]
    if not payload[:_LENGTH_DIGITS].isdecimal():
        return ()
    return read_iso2709(bytes_of(raw), Tags(TAGS.__contains__))[0].fields


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
        is_page = _PAGE.match(text) is not None
        raise PayloadUnreadable(issue("not_the_format", excerpt="html") if is_page else _refused(error)) from None
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
