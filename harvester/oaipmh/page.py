"""A page of a list, read as far as it can be: strict, cleaned, recovered, quarantined (OAI-PMH 2.0, 2.4, 3.5, 4.5).

Any bytes give a `Page`, `MalformedPage` where there is no OAI-PMH document, or `DocumentRefused` where there is one
that nobody should read. Repairs never touch `payload_sha256`, which is of the bytes as they were sent.
"""

from __future__ import annotations

import hashlib
import re
from typing import Protocol

import msgspec

from harvester.errors import MalformedPage
from harvester.oaipmh.spans import Span, after_header, record_spans
from mappings.errors import DocumentRefused
from mappings.formats.charset import Decoded, decode
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, RECORD, parse, parse_recovering
from mappings.schema.issue import Issue, issue
from mappings.schema.raw import Quality, RawRecord

_OPEN = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?OAI-PMH[\s>]")
_CLOSE = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?OAI-PMH\s*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_TOKEN = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?resumptionToken)([^>]*?)(?:/>|>(.*?)</\1\s*>)", re.DOTALL)

#: errors of the repository's XML that a list can go on from
_REFUSED_UNREAD = "doctype_refused"
#: digits of a completeListSize that means something
_LONGEST_CLAIM = 16


class _Element(Protocol):
    """The part of an element that is read here."""

    tag: str
    text: str | None
    nsmap: dict[str | None, str]

    def get(self, key: str) -> str | None: ...
    def __iter__(self) -> _Elements: ...


class _Elements(Protocol):
    def __next__(self) -> _Element: ...
    def __iter__(self) -> _Elements: ...


class OaiError(msgspec.Struct, frozen=True, kw_only=True):
    """An `<error>` of the protocol (3.6)."""

    code: str
    message: str


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read, kept as it came."""

    identifier: str | None
    reason: str
    #: of the record in the page, characters
    offset: int
    body: bytes


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says."""

    response_date: str | None = None
    errors: tuple[OaiError, ...] = ()
    records: tuple[RawRecord, ...] = ()
    #: of each record, a digest of status, sets, metadata and about
    content_sha256: tuple[str, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    #: None = no resumptionToken element; empty = the end was said (3.5)
    token: str | None = None
    #: completeListSize, where it is a number
    claim: int | None = None
    charset: str = "utf-8"

    @property
    def size(self) -> int:
        """How many records it lists, readable or not."""
        return len(self.records) + len(self.quarantined)


class _Source(msgspec.Struct, frozen=True, kw_only=True):
    """What every record of a page has in common."""

    feed: str
    format: str
    charset: str
    notes: tuple[Issue, ...]
    namespaces: dict[str, str]


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """One record, read."""

    record: RawRecord
    content_sha256: str


def parse_page(body: bytes, *, feed: str, metadata_prefix: str, http_charset: str | None = None) -> Page:
    """The page in `body`, decompressed; `http_charset` is the charset of its Content-Type."""
    decoded = decode(body, declared=http_charset)
    text = _envelope(decoded.text)
    repaired = text
    try:
        root, quality = parse(text, limits=PAGE).root, "strict"
    except DocumentRefused as refusal:
        if refusal.code == _REFUSED_UNREAD:
            raise
        repaired = clean(text).text
        try:
            root, quality = parse(repaired, limits=PAGE).root, "cleaned"
        except DocumentRefused:
            return _span_by_span(text, decoded, feed, metadata_prefix)
    return _read_whole(root, text, repaired, decoded, feed, metadata_prefix, quality)


def _envelope(text: str) -> str:
    start = _OPEN.search(text)
    ends = [found.end() for found in _CLOSE.finditer(text)]
    if start is None:
        raise MalformedPage(f"expected an OAI-PMH document, found {text[:80].strip()!r}")
    if not ends or ends[-1] < start.start():
        raise MalformedPage("expected the end of the OAI-PMH document, found the end of the page", len(text))
    if _DOCTYPE.search(text, 0, start.start()):
        raise DocumentRefused(_REFUSED_UNREAD, "a DOCTYPE with an internal subset is not read", 1)
    return text[start.start() : ends[-1]]


def _read_whole(
    root: _Element, text: str, repaired: str, decoded: Decoded, feed: str, metadata_prefix: str, quality: str
) -> Page:
    container = _container(root)
    elements = [] if container is None else [child for child in container if _name(child) == "record"]
    as_sent, as_read = record_spans(text), record_spans(repaired)
    if not len(elements) == len(as_sent) == len(as_read):
        return _span_by_span(text, decoded, feed, metadata_prefix)
    source = _source(container if container is not None else root, decoded, feed, metadata_prefix)
    found = [
        _read(element, text[a:b], repaired[c:d], source, quality, ordinal)
        for ordinal, (element, (a, b), (c, d)) in enumerate(zip(elements, as_sent, as_read, strict=True))
    ]
    read, lost = _sorted(found, text, as_sent)
    return _page(root, text, as_sent, read, lost, decoded.charset)


def _sorted(found: list[_Read | str], text: str, spans: list[Span]) -> tuple[list[_Read], list[Quarantined]]:
    read, lost = [], []
    for item, (start, end) in zip(found, spans, strict=True):
        if isinstance(item, str):
            lost.append(Quarantined(identifier=None, reason=item, offset=start, body=text[start:end].encode()))
        else:
            read.append(item)
    return read, lost


def _page(
    root: _Element | None, text: str, spans: list[Span], read: list[_Read], lost: list[Quarantined], charset: str
) -> Page:
    token, claim = _token(text, spans)
    children = [] if root is None else list(root)
    dates = [child.text for child in children if _name(child) == "responseDate"]
    errors = [child for child in children if _name(child) == "error"]
    return Page(
        response_date=(dates[0] or "").strip() or None if dates else None,
        errors=tuple(OaiError(code=e.get("code") or "", message=(e.text or "").strip()) for e in errors),
        records=tuple(item.record for item in read),
        content_sha256=tuple(item.content_sha256 for item in read),
        quarantined=tuple(lost),
        token=token,
        claim=claim,
        charset=charset,
    )


def _container(root: _Element) -> _Element | None:
    return next((child for child in root if _name(child) in ("ListRecords", "GetRecord")), None)


def _name(element: _Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _source(scope: _Element, decoded: Decoded, feed: str, metadata_prefix: str) -> _Source:
    notes = (issue("bytes_undecodable", excerpt=str(decoded.replaced)),) if decoded.replaced else ()
    if decoded.double_encoded:
        notes = (*notes, issue("double_encoded"))
    namespaces = {prefix or "": uri for prefix, uri in scope.nsmap.items()}
    return _Source(feed=feed, format=metadata_prefix, charset=decoded.charset, notes=notes, namespaces=namespaces)


def _read(element: _Element, as_sent: str, as_read: str, source: _Source, quality: str, ordinal: int) -> _Read | str:
    header = next((child for child in element if _name(child) == "header"), None)
    if header is None:
        return "header_missing"
    identifier, datestamp, set_specs = "", "", []
    for child in header:
        name, text = _name(child), (child.text or "").strip()
        if name == "identifier":
            identifier = text
        elif name == "datestamp":
            datestamp = text
        elif name == "setSpec":
            set_specs.append(text)
    if not identifier:
        return "identifier_empty"
    touched = as_sent != as_read
    sets, deleted = tuple(set_specs), header.get("status") == "deleted"
    repairs = (*source.notes, issue("record_cleaned")) if touched and quality == "cleaned" else source.notes
    record = RawRecord(
        feed=source.feed,
        identifier=identifier,
        datestamp=datestamp,
        set_specs=sets,
        deleted=deleted,
        payload_sha256=hashlib.sha256(as_sent.encode(source.charset, "replace")).hexdigest(),
        payload=as_read,
        charset=source.charset,
        namespaces=source.namespaces,
        format=source.format,
        quality=_quality(quality, touched=touched),
        repairs=repairs,
        ordinal=ordinal,
    )
    return _Read(record=record, content_sha256=_content_sha256(record))


def _quality(page: str, *, touched: bool) -> Quality:
    if page == "recovered":
        return "recovered"
    return "cleaned" if touched else "strict"


def _content_sha256(record: RawRecord) -> str:
    said = f"{record.deleted} {sorted(record.set_specs)} {after_header(record.payload)}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _token(text: str, spans: list[Span]) -> tuple[str | None, int | None]:
    """The token, read outside of records, so that no repair can lose it."""
    outside = text[spans[-1][1] :] if spans else text
    found = _TOKEN.search(outside)
    if found is None:
        return None, None
    element = _token_element(f"<t{found.group(2)}>{found.group(3) or ''}</t>")
    claim = (element.get("completeListSize") or "").strip()
    return (element.text or "").strip(), int(claim) if claim.isdecimal() and len(claim) < _LONGEST_CLAIM else None


def _token_element(text: str) -> _Element:
    try:
        return parse(text, limits=RECORD).root  # type: ignore[no-any-return]
    except DocumentRefused:
        return parse_recovering(clean(text).text, limits=RECORD).root  # type: ignore[no-any-return]


def _span_by_span(text: str, decoded: Decoded, feed: str, metadata_prefix: str) -> Page:
    """Each record parsed alone, inside the page's own first tags; only the failing one meets recovery."""
    spans = record_spans(text)
    if not spans:
        root = parse_recovering(clean(text).text, limits=PAGE).root
        return _page(root, text, spans, [], [], decoded.charset)
    frame = _frame(text[: spans[0][0]])
    source = _source(parse(frame % "", limits=RECORD).root, decoded, feed, metadata_prefix)
    read: list[_Read] = []
    lost: list[Quarantined] = []
    for ordinal, (start, end) in enumerate(spans):
        found = _read_alone(text[start:end], frame, source, ordinal)
        if isinstance(found, str):
            lost.append(Quarantined(identifier=None, reason=found, offset=start, body=text[start:end].encode()))
        else:
            read.append(found)
    head = parse_recovering(clean(text[: spans[0][0]]).text, limits=PAGE).root
    return _page(head, text, spans, read, lost, decoded.charset)


def _frame(head: str) -> str:
    """A document with the namespaces of the page's first tags, and a place for one record."""
    declared = dict(re.findall(r"\s(xmlns(?::[\w.-]+)?)\s*=\s*[\"']([^\"'<&%]*)[\"']", head))
    return "<page " + " ".join(f'{name}="{uri}"' for name, uri in declared.items()) + ">%s</page>"


def _read_alone(span: str, frame: str, source: _Source, ordinal: int) -> _Read | str:
    repaired = clean(span).text
    for reader, quality in ((parse, "cleaned"), (parse_recovering, "recovered")):
        try:
            root = reader(frame % repaired, limits=RECORD).root
        except DocumentRefused as refusal:
            reason = refusal.code
            continue
        element = next((child for child in root if _name(child) == "record"), None)
        if element is None or _lost_text(repaired, root, quality):
            return "text_lost"
        return _read(element, span, repaired, source, quality, ordinal)
    return reason


def _lost_text(repaired: str, root: _Element, quality: str) -> bool:
    """Whether recovery dropped over a twentieth of the record's text."""
    if quality != "recovered":
        return False
    before = len(re.sub(r"<[^>]*>|\s", "", repaired))
    after = len(re.sub(r"\s", "", "".join(root.itertext())))  # type: ignore[attr-defined]
    return after < 0.95 * before
