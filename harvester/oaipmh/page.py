"""A page of a list, read as far as it can be: strict, cleaned, recovered, quarantined (OAI-PMH 2.0, 2.4, 3.5, 4.5).

Any bytes give a `Page`, `MalformedPage` where there is no OAI-PMH document, or `DocumentRefused` where there is one
that nobody should read, or that answers nothing. Repairs never touch `payload_sha256`, which is of the bytes as they
were sent.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from itertools import islice

import msgspec

from harvester.oaipmh.bounds import is_long, limits_of, may_pass
from harvester.oaipmh.envelope import ANSWER_MISSING, REFUSED_UNREAD, envelope, has_doctype, resumption_token
from harvester.oaipmh.header import Element, Header, header_of, local_name, plain_header, stated_identifier
from harvester.oaipmh.record import ReadRecord, Source, Span, read_record, source_of
from harvester.oaipmh.spans import record_spans, sent_records
from mappings.errors import DocumentRefused
from mappings.formats.charset import Decoded, decode
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, RECORD, count_children, parse, parse_recovering, written
from mappings.schema.raw import Quality, RawRecord

#: what an answer that is no error holds (3.2)
_ANSWERS = frozenset({"Identify", "ListMetadataFormats", "ListSets", "ListIdentifiers", "ListRecords", "GetRecord"})


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
    #: the bytes that were sent
    body: bytes


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says."""

    response_date: str | None = None
    #: the verb that it answers, as the name of its element says; empty where there is none
    verb: str = ""
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
    #: time of a processor that reading it took, where somebody counted
    cpu_seconds: float = 0.0

    @property
    def size(self) -> int:
        """How many records it lists, readable or not."""
        return len(self.records) + len(self.quarantined)


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it came."""

    feed: str
    metadata_prefix: str
    decoded: Decoded
    #: from the first tag of the OAI-PMH document to its last
    text: str
    #: where each record stands in `text`
    spans: list[tuple[int, int]]
    #: the bytes of each
    records: list[bytes]
    #: a document with a place for one record
    frame: str
    #: a document type declaration before it is left out
    doctype_cut: bool

    def source(self, scope: Element) -> Source:
        """What its records have in common."""
        cut = self.doctype_cut
        return source_of(self.decoded, self.feed, self.metadata_prefix, scope.nsmap, doctype_cut=cut)


def parse_page(
    body: bytes,
    *,
    feed: str,
    metadata_prefix: str,
    http_charset: str | None = None,
    learned_charset: str | None = None,
) -> Page:
    """The page in `body`, decompressed; `http_charset` is that of its Content-Type, the learned one of pages before."""
    decoded = decode(body, declared=http_charset, learned=learned_charset)
    start, end = envelope(decoded.text)
    text = decoded.text[start:end]
    spans = record_spans(text)
    sent = _Sent(
        feed=feed,
        metadata_prefix=metadata_prefix,
        decoded=decoded,
        text=text,
        spans=spans,
        records=sent_records(body, decoded, text, spans),
        frame=_frame(text[: spans[0][0]] if spans else ""),
        doctype_cut=has_doctype(decoded.text, start),
    )
    if spans and is_long(body, text):
        return _span_by_span(sent)
    try:
        return _read_whole(parse(_document(body, decoded, start, end), limits=PAGE).root, text, sent)
    except DocumentRefused as refusal:
        if refusal.code == REFUSED_UNREAD:
            raise
    return _read_cleaned(sent)


def _document(body: bytes, decoded: Decoded, start: int, end: int) -> bytes | str:
    """The text from `start` to `end`, as the bytes that came where these are UTF-8: nothing is encoded anew."""
    text = decoded.text
    if decoded.charset != "utf-8" or decoded.replaced:
        return text[start:end]
    mark = len(BOM_UTF8) if body.startswith(BOM_UTF8) else 0
    return body[mark + len(text[:start].encode()) : len(body) - len(text[end:].encode())]


def _read_cleaned(sent: _Sent) -> Page:
    repaired = clean(sent.text).text
    try:
        root = parse(repaired, limits=PAGE).root
    except DocumentRefused:
        return _span_by_span(sent)
    return _read_whole(root, repaired, sent)


def _read_whole(root: Element, text: str, sent: _Sent) -> Page:
    """All records of a page that parses; `text` is what was sent, or what repairs made of it."""
    container = next((child for child in root if local_name(child) in ("ListRecords", "GetRecord")), None)
    payloads = _payloads(text, sent)
    listed = 0 if container is None else count_children(container, "record")
    if not listed == len(payloads) == len(sent.spans):
        return _span_by_span(sent)
    source = sent.source(root if container is None else container)
    found: list[ReadRecord | str] = []
    for ordinal, (payload, quality) in enumerate(payloads):
        if may_pass(payload, sent.records[ordinal]):
            found.append(_read_alone(ordinal, sent, source))
            continue
        header = plain_header(payload) or _header(ordinal, container)
        found.append(read_record(header, Span(ordinal, sent.records[ordinal], payload, quality), source))
    return _page(root, sent, found)


def _payloads(text: str, sent: _Sent) -> list[tuple[str, Quality]]:
    if text is sent.text:
        return [(text[start:end], "strict") for start, end in sent.spans]
    repaired = [text[start:end] for start, end in record_spans(text)]
    return [(payload, _quality(payload, span, sent)) for payload, span in zip(repaired, sent.spans, strict=False)]


def _header(ordinal: int, container: Element | None) -> Header | None:
    """The header of the container's record of this number, as its element says it."""
    children = () if container is None else container
    records = (child for child in children if local_name(child) == "record")
    return header_of(next(islice(records, ordinal, None)))


def _quality(payload: str, span: tuple[int, int], sent: _Sent) -> Quality:
    return "strict" if payload == sent.text[slice(*span)] else "cleaned"


def _page(head: Element | None, sent: _Sent, found: Sequence[ReadRecord | str]) -> Page:
    token, claim = resumption_token(_outside(sent.text, sent.spans))
    children = [] if head is None else list(head)
    dates = [child.text for child in children if local_name(child) == "responseDate"]
    errors = [child for child in children if local_name(child) == "error"]
    verb = next((local_name(child) for child in children if local_name(child) in _ANSWERS), "")
    if not (found or errors or verb):
        raise DocumentRefused(ANSWER_MISSING, "expected a list, a record or an error, found none in the document")
    read = [item for item in found if not isinstance(item, str)]
    return Page(
        response_date=(dates[0] or "").strip() or None if dates else None,
        verb=verb,
        errors=tuple(OaiError(code=e.get("code") or "", message=(e.text or "").strip()) for e in errors),
        records=tuple(item.record for item in read),
        content_sha256=tuple(item.content_sha256 for item in read),
        quarantined=tuple(
            _quarantined(reason, start, sent.text[start:end], body)
            for reason, (start, end), body in zip(found, sent.spans, sent.records, strict=False)
            if isinstance(reason, str)
        ),
        token=token,
        claim=claim,
        charset=sent.decoded.charset,
    )


def _outside(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """What a page says before, between and behind its records."""
    starts = (0, *(end for _, end in spans))
    ends = (*(start for start, _ in spans), len(text))
    return "".join([text[start:end] for start, end in zip(starts, ends, strict=True)])


def _quarantined(reason: str, offset: int, text: str, body: bytes) -> Quarantined:
    return Quarantined(identifier=stated_identifier(text), reason=reason, offset=offset, body=body)


def _span_by_span(sent: _Sent) -> Page:
    """Each record parsed alone, inside the page's own first tags; only the failing one meets recovery."""
    text, spans = sent.text, sent.spans
    if not spans:
        return _page(parse_recovering(clean(text).text, limits=PAGE).root, sent, [])
    source = sent.source(parse(sent.frame % "", limits=RECORD).root)
    found = [_read_alone(ordinal, sent, source) for ordinal in range(len(spans))]
    return _page(parse_recovering(clean(text[: spans[0][0]]).text, limits=PAGE).root, sent, found)


def _frame(head: str) -> str:
    """A document with the namespaces of the page's first tags, and a place for one record."""
    declared = dict(re.findall(r"\s(xmlns(?::[\w.-]+)?)\s*=\s*[\"']((?:[^\"'<&]|&amp;)*)[\"']", head))
    tag = " ".join(("<page", *(f'{name}="{uri}"' for name, uri in declared.items())))
    return tag.replace("%", "%%") + ">%s</page>"


def _read_alone(ordinal: int, sent: _Sent, source: Source) -> ReadRecord | str:
    text = sent.text[slice(*sent.spans[ordinal])]
    limits = limits_of(sent.metadata_prefix, text)
    if len(sent.records[ordinal]) > limits.size_bytes:
        return "too_large"
    document = sent.frame % (repaired := clean(text).text)
    # it was measured as it was sent, and stands in one element more
    limits = msgspec.structs.replace(limits, size_bytes=len(document), elements=limits.elements + 1)
    for reader, quality in ((parse, _quality(repaired, sent.spans[ordinal], sent)), (parse_recovering, "recovered")):
        try:
            root = reader(document, limits=limits).root
        except DocumentRefused as refusal:
            reason = refusal.code
            if reason != "xml_broken":
                return reason
            continue
        if not count_children(root, "record") or (quality == "recovered" and _lost_text(repaired, root)):
            return "text_lost"
        record = next(child for child in root if local_name(child) == "record")
        kept = repaired if quality != "recovered" else written(record)
        return read_record(header_of(record), Span(ordinal, sent.records[ordinal], kept, quality), source)
    return reason


def _lost_text(repaired: str, root: Element) -> bool:
    """Whether recovery dropped over a twentieth of the record's text."""
    before = len(re.sub(r"<[^>]*>|\s", "", repaired))
    after = len(re.sub(r"\s", "", "".join(root.itertext())))
    return after < 0.95 * before
