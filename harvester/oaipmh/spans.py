"""Where each record stands in the text of a page, so that its bytes can be kept as they were sent."""

from __future__ import annotations

import re

from harvester.oaipmh.envelope import envelope
from mappings.formats.charset import Decoded

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(/?)(?:[A-Za-z_][\w.-]*:)?record(?=[\s/>])[^>]*?(/?)>",
    re.DOTALL,
)
#: what begins a record of the protocol, as few of those inside of one do
_OWN_HEADER = re.compile(r"\s*<(?:[A-Za-z_][\w.-]*:)?header(?=[\s/>])")
_METADATA = re.compile(r"<(/?)(?:[A-Za-z_][\w.-]*:)?metadata(?=[\s>])")
_NAME = re.compile(r"record(?=[\s/>])")

Span = tuple[int, int]


def record_spans(text: str) -> list[Span]:
    """Start and end of each outermost `<record>`; one inside another (MARCXML) belongs to it.

    One that is never closed ends where the next record of the protocol begins.
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
    spans: list[Span] = []
    depth, start = 0, 0
    for tag in _TAG.finditer(text):
        closing, empty = tag.group(1), tag.group(2)
        if closing is None or (depth == 0 and closing):
            continue
        if closing:
            depth -= 1
        elif not empty:
            if depth and _OWN_HEADER.match(text, tag.end()) and _is_outside(text, start, tag.start()):
                spans.append((start, tag.start()))
                depth = 0
            start = tag.start() if depth == 0 else start
            depth += 1
        if depth == 0:
            spans.append((tag.start() if empty else start, tag.end()))
    return spans


def _is_outside(text: str, start: int, end: int) -> bool:
    """Whether a record's metadata, if it has any, is over."""
    return sum(-1 if tag.group(1) else 1 for tag in _METADATA.finditer(text, start, end)) == 0


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
