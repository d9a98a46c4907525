"""A file as the raw records that it holds: OAI-PMH pages, collections of XML records, ISO 2709.

What a file cannot say of its records is made up here and nowhere else: an identifier from the record's own number, else
from its place. Storing them is left to the feeds.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from mappings.engine.apply import apply
from mappings.engine.compile import Compiled
from mappings.engine.inputs import Format
from mappings.engine.outcome import Context, Outcome, Skipped
from mappings.engine.payload import carried
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.formats.iso2709 import Iso2709Refused, pieces, read_iso2709
from mappings.formats.marcxml import MarcRecord, read_marcxml
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, parse, parse_recovering, written
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import RawRecord

_GZIP = b"\x1f\x8b"
#: a packed file may unpack to this many bytes
UNPACKED_BYTES = 256 << 20
#: of records whose file gives no date of change
_NO_DATE = "1970-01-01"


def map_file(compiled: Compiled, data: bytes, context: Context, *, name: str) -> Iterator[tuple[RawRecord, Outcome]]:
    """Each record of a file with what becomes of it; of records with one identifier the last counts.

    raises  DocumentRefused where the file as a whole cannot be read
    """
    records = raw_records(data, compiled.format, feed=context.feed, name=name)
    last = {record.identifier: place for place, record in enumerate(records)}
    for place, record in enumerate(records):
        again = last[record.identifier] != place
        yield record, Skipped(reason="duplicate_in_file") if again else apply(compiled, record, context)


def raw_records(data: bytes, format_: Format, *, feed: str, name: str) -> Sequence[RawRecord]:
    """The records of a file in its order.

    name    of the file; records without a number of their own are `name:place`
    raises  DocumentRefused
    """
    data = unpacked(data)
    if format_.walk == "marc" and data.lstrip()[:1] != b"<":
        found = [_of_bytes(piece.data, piece.notes, format_) for piece in pieces(data)]
    else:
        found = [_of_element(element, format_) for element in _elements(data, format_)]
    return [_record(feed, f"{name}:{place}", format_, each) for place, each in enumerate(found)]


class _Found(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the file gives it."""

    payload: str
    sha256: str
    identifier: str = ""
    datestamp: str = ""
    set_specs: tuple[str, ...] = ()
    deleted: bool = False
    charset: str = "utf-8"
    notes: tuple[Issue, ...] = ()


def _record(feed: str, place: str, format_: Format, found: _Found) -> RawRecord:
    notes = found.notes if found.identifier else (*found.notes, issue("id_by_position", excerpt=place))
    return RawRecord(
        feed=feed,
        identifier=found.identifier or place,
        datestamp=found.datestamp or _NO_DATE,
        set_specs=found.set_specs,
        deleted=found.deleted,
        payload_sha256=found.sha256,
        payload=found.payload,
        charset=found.charset,
        format=format_.name,
        quality="cleaned" if found.notes else "strict",
        repairs=notes,
    )


def unpacked(data: bytes) -> bytes:
    """The bytes inside of a gzip file; other bytes as they are.

    raises  DocumentRefused: `too_large`, `gzip_broken`
    """
    if not data.startswith(_GZIP):
        return data
    reader = zlib.decompressobj(wbits=31)
    try:
        found = reader.decompress(data, UNPACKED_BYTES)
    except zlib.error as error:
        raise DocumentRefused("gzip_broken", str(error)) from None
    if reader.unconsumed_tail:
        raise DocumentRefused("too_large", f"more than {UNPACKED_BYTES} bytes when unpacked")
    return found


# --- XML --------------------------------------------------------------------------------------------------------------


def _elements(data: bytes, format_: Format) -> list[Any]:
    """The records of an XML file: those with an OAI header, else the outermost elements of the format."""
    root = read_root(data)
    harvested = [element for element in root.iter("{*}record") if element.find("{*}header") is not None]
    if harvested:
        return harvested
    if root.tag.rpartition("}")[2] in format_.roots:
        return [root]
    return list(_outermost(root, format_.roots))


def read_root(data: bytes) -> Any:
    """The root of an XML file, mended where it has to be.

    raises  DocumentRefused
    """
    try:
        return parse(data, limits=PAGE).root
    except DocumentRefused as error:
        if error.code != "xml_broken":
            raise
    return parse_recovering(clean(decode(data).text).text, limits=PAGE).root


def _outermost(element: Any, names: frozenset[str]) -> Iterator[Any]:
    for child in element:
        if child.tag.rpartition("}")[2] in names:
            yield child
        else:
            yield from _outermost(child, names)


def _of_element(element: Any, format_: Format) -> _Found:
    payload = written(element)
    digest = hashlib.sha256(payload.encode()).hexdigest()
    header = element.find("{*}header")
    if header is None:
        number = control_number(read_marcxml(element, is_number)) if format_.walk == "marc" else ""
        return _Found(payload=payload, sha256=digest, identifier=number)
    return _Found(
        payload=payload,
        sha256=digest,
        identifier=(header.findtext("{*}identifier") or "").strip(),
        datestamp=(header.findtext("{*}datestamp") or "").strip(),
        set_specs=tuple(spec.text.strip() for spec in header.iter("{*}setSpec") if spec.text),
        deleted=header.get("status") == "deleted",
    )


# --- MARC -------------------------------------------------------------------------------------------------------------


def _of_bytes(data: bytes, notes: tuple[Issue, ...], format_: Format) -> _Found:
    payload, charset = carried(data)
    try:
        number = control_number(read_iso2709(data, is_number, charset=format_.charset)[0])
    except Iso2709Refused:
        number = ""
    digest = hashlib.sha256(data).hexdigest()
    return _Found(payload=payload, sha256=digest, identifier=number, charset=charset, notes=notes)


def is_number(tag: str) -> bool:
    """Whether a MARC field may number its record."""
    return tag in ("001", "003", "035")


def control_number(record: MarcRecord) -> str:
    """The number of a record: 003 and 001, else the first 035; empty where there is neither."""
    number = next(iter(record.control.get("001", ())), "").strip()
    agency = next(iter(record.control.get("003", ())), "").strip()
    if number:
        return f"({agency}){number}" if agency else number
    return next((value.strip() for field in record.fields for value in field.values("a")), "")
