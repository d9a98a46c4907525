"""One record of a page as it is kept: header, payload, and the digests by which it is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from harvester.oaipmh.header import Header, header_end
from mappings.formats.charset import Decoded
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import Quality, RawRecord

_CLEANED = issue("record_cleaned")


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What every record of a page has in common."""

    feed: str
    format: str
    charset: str
    #: what had to be done to the whole page
    notes: tuple[Issue, ...]
    #: prefix -> URI in scope where the records stand
    namespaces: dict[str, str]


class Span(msgspec.Struct, frozen=True, gc=False):
    """A record in the page."""

    ordinal: int
    #: `<record>…</record>` as sent
    sent: bytes
    #: the same decoded, and repaired where `quality` is not strict
    text: str
    quality: Quality


class ReadRecord(msgspec.Struct, frozen=True, gc=False):
    """A record, read."""

    record: RawRecord
    #: a digest of status, sets, metadata and about
    content_sha256: str


def source_of(
    decoded: Decoded, feed: str, metadata_prefix: str, scope: dict[str | None, str], *, doctype_cut: bool
) -> Source:
    """What the page says of all its records; `scope` is the namespaces where they stand."""
    notes = (issue("bytes_undecodable", excerpt=str(decoded.replaced)),) if decoded.replaced else ()
    if decoded.double_encoded:
        notes = (*notes, issue("double_encoded"))
    if doctype_cut:
        notes = (*notes, issue("doctype_cut"))
    namespaces = {prefix or "": uri for prefix, uri in scope.items()}
    return Source(feed=feed, format=metadata_prefix, charset=decoded.charset, notes=notes, namespaces=namespaces)


def read_record(header: Header | None, span: Span, source: Source) -> ReadRecord | str:
    """The record, or why it is none: `header_missing`, `identifier_empty`."""
    if header is None:
        return "header_missing"
    if not header.identifier:
        return "identifier_empty"
    record = RawRecord(
        feed=source.feed,
        identifier=header.identifier,
        datestamp=header.datestamp,
        set_specs=header.set_specs,
        deleted=header.deleted,
        payload_sha256=hashlib.sha256(span.sent).hexdigest(),
        payload=span.text,
        charset=source.charset,
        namespaces=source.namespaces,
        format=source.format,
        quality=span.quality,
        repairs=(*source.notes, _CLEANED) if span.quality == "cleaned" else source.notes,
        ordinal=span.ordinal,
    )
    return ReadRecord(record, content_sha256(_said(header, span, source), header.set_specs, deleted=header.deleted))


def content_sha256(said: bytes, set_specs: Sequence[str], *, deleted: bool) -> str:
    """A digest of status, sets, and what is said behind the header: what makes a record another than it was."""
    status = "deleted" if deleted else "held"
    return hashlib.sha256(" ".join((status, *sorted(set_specs), "")).encode() + said).hexdigest()


def _said(header: Header, span: Span, source: Source) -> bytes:
    """Metadata and about in UTF-8; the bytes that came, where they can be had without encoding anew."""
    end = header.end or header_end(span.text)
    if span.quality == "strict" and source.charset == "utf-8" and not source.notes:
        return span.sent[len(span.text[:end].encode()) :]
    return span.text[end:].encode("utf-8", "surrogatepass")
