"""Where each record stands in the text of a page, so that its bytes can be kept as they were sent.

A page is read in a time that grows with its length, whatever is opened in it and never closed.
"""

from __future__ import annotations

import re

from harvester.oaipmh.envelope import envelope
from harvester.oaipmh.markup import tag_pattern, tags
from mappings.formats.charset import Decoded

#: a tag of a record: end (2), empty (3)
_TAG = tag_pattern(r"<(/?)(?:[A-Za-z_][\w.-]*+:)?record(?=[\s/>])[^>]*?(/?)>")
#: what stands behind the last record of a list
_BEHIND = tag_pattern(r"(?:<|</)(?:[A-Za-z_][\w.-]*+:)?(?:resumptionToken|ListRecords|GetRecord|OAI-PMH)(?=[\s/>])")
#: what begins a record of the protocol, as few of those inside of one do
_OWN_HEADER = re.compile(r"\s*<(?:[A-Za-z_][\w.-]*:)?header(?=[\s/>])")
_METADATA = re.compile(r"<(/?)(?:[A-Za-z_][\w.-]*:)?metadata(?=[\s>])")
_NAME = re.compile(r"record(?=[\s/>])")

Span = tuple[int, int]


def record_spans(text: str) -> list[Span]:
    """Start and end of each outermost `<record>`; one inside another (MARCXML) belongs to it.

    One that is never closed ends where the next record of the protocol begins, the last one where the list ends.
    """
    spans = _plain_spans(text)
    return _nested_spans(text) if spans is None else spans


def _plain_spans(text: str) -> list[Span] | None:
    """The spans where `<record>` and `</record>` stand in turn and nothing else can be one; None otherwise."""
    if "!" in text and ("<!--" in text or "<![CDATA[" in text):
        return None
    spans: list[Span] = []
    start = -1
    for position in [found.start() for found in _NAME.finditer(text)]:
        before, after = text[position - 1], position + len("record")
        if before == "<":
            if start >= 0 or text[after] != ">":
                return None
            start = position - 1
        elif before == "/" and text[position - 2] == "<":
            if start < 0 or text[after] != ">":
                return None
            spans.append((start, after + 1))
            start = -1
        elif before == ":":
            return None
    return spans if start < 0 else None


def _nested_spans(text: str) -> list[Span]:
    spans, unclosed = _closed_spans(text, 0)
    if unclosed is None:
        return spans
    end, is_whole = _end_of_list(text, unclosed)
    if is_whole:
        return [*spans, (unclosed, end)]
    # its metadata never ends: whatever begins like a record of the protocol is one
    return [*spans, *_spans_by_header(text, unclosed)]


def _closed_spans(text: str, place: int) -> tuple[list[Span], int | None]:
    """The spans that end, and where the one begins that is open at the end of the text."""
    spans: list[Span] = []
    depth, start = 0, 0
    within = _Metadata(text, 0)
    for tag in tags(text, _TAG, place):
        closing, empty = tag[2], tag[3]
        if depth == 0 and closing:
            continue
        if closing:
            depth -= 1
        elif not empty:
            if depth and _OWN_HEADER.match(text, tag.end()) and within.is_over(tag.start()):
                spans.append((start, tag.start()))
                depth = 0
            if depth == 0:
                start, within = tag.start(), _Metadata(text, tag.start())
            depth += 1
        if depth == 0:
            spans.append((tag.start() if empty else start, tag.end()))
    return spans, start if depth else None


def _spans_by_header(text: str, start: int) -> list[Span]:
    """From each record that begins with a header to the next, wherever it stands."""
    begins = [tag.start() for tag in tags(text, _TAG, start) if not tag[2] and _OWN_HEADER.match(text, tag.end())]
    begins = [start, *(begin for begin in begins if begin > start)]
    return list(zip(begins, [*begins[1:], _end_of_list(text, begins[-1])[0]], strict=True))


def _end_of_list(text: str, start: int) -> tuple[int, bool]:
    """Where the list ends behind the record at `start`, and whether that record's metadata is over there."""
    within = _Metadata(text, start)
    behind = next(tags(text, _BEHIND, start), None)
    end = len(text) if behind is None else behind.start()
    return end, within.is_over(end)


class _Metadata:
    """How many `<metadata>` of a record are open, counted on from place to place."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self._place, self._open = text, start, 0

    def is_over(self, place: int) -> bool:
        """Whether the record's metadata, if it has any, is over before `place`, which only ever grows."""
        tags = _METADATA.finditer(self._text, self._place, place)
        self._open += sum(-1 if tag[1] else 1 for tag in tags)
        self._place = place
        return self._open == 0


def sent_records(body: bytes, decoded: Decoded, text: str, spans: list[Span]) -> list[bytes]:
    """The bytes of each record as they were sent; `text` is the document in `decoded`, `spans` its records."""
    if not decoded.replaced:
        return [text[start:end].encode(decoded.charset) for start, end in spans]
    # What could not be decoded can be found by its tags, which are ASCII in every character set that is guessed.
    raw = body.decode("latin-1")
    raw = raw[slice(*envelope(raw))]
    found = record_spans(raw)
    if len(found) != len(spans):
        return [text[start:end].encode(decoded.charset, "replace") for start, end in spans]
    return [raw[start:end].encode("latin-1") for start, end in found]
