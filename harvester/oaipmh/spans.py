"""Where each record stands in the text of a page, so that its bytes can be kept as they were sent."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(/?)(?:[A-Za-z_][\w.-]*:)?record(?=[\s/>])[^>]*?(/?)>",
    re.DOTALL,
)
_HEADER_END = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?header\s*>|<(?:[A-Za-z_][\w.-]*:)?header(?=[\s/])[^>]*/>")

Span = tuple[int, int]


def record_spans(text: str) -> list[Span]:
    """Start and end of each outermost `<record>`; one inside another (MARCXML) belongs to it."""
    spans: list[Span] = []
    depth, start = 0, 0
    for tag in _TAG.finditer(text):
        closing, empty = tag.group(1), tag.group(2)
        if closing is None or (depth == 0 and closing):
            continue
        if closing:
            depth -= 1
        elif not empty:
            start = tag.start() if depth == 0 else start
            depth += 1
        if depth == 0:
            spans.append((tag.start() if empty else start, tag.end()))
    return spans


def after_header(record: str) -> str:
    """A record's text behind its header: metadata and about."""
    end = _HEADER_END.search(record)
    return record[end.end() :] if end else record
