"""The document around the records of a page: where it begins and ends, and its resumptionToken (OAI-PMH 2.0, 3.2, 3.5).

All of it is read from the text, so that no repair of a record can move or lose it.
"""

from __future__ import annotations

import re

from harvester.errors import MalformedPage
from harvester.oaipmh.header import Element
from harvester.oaipmh.markup import tag_pattern, tags
from mappings.errors import DocumentRefused
from mappings.formats.repair import clean
from mappings.formats.xml import RECORD, parse, parse_recovering

_OPEN = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?OAI-PMH[\s>]")
#: the first tag of a web page, which may tell of OAI-PMH in any way
_WEB_PAGE = re.compile(r"<html[\s>]", re.IGNORECASE)
_CLOSE = re.compile(r"</(?:[A-Za-z_][\w.-]*:)?OAI-PMH\s*>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
#: one that is cut, behind what may stand before it
_PROLOG = re.compile(r"\ufeff?(?:\s|<!--(?:[^-]|-(?!->))*+-->|<\?[^<>]*>)*+<!DOCTYPE(?=[\s>])", re.IGNORECASE)
#: name (2), attributes (3), whether it is empty (4)
_TOKEN = tag_pattern(r"<((?:[A-Za-z_][\w.-]*+:)?resumptionToken)(?=[\s/>])([^>]*?)(/?)>")

#: the one fault for which a page is not read on
REFUSED_UNREAD = "doctype_refused"
#: the document is there, and nothing in it
ANSWER_MISSING = "answer_missing"
#: digits of a completeListSize that means something
_LONGEST_CLAIM = 16


def envelope(text: str) -> tuple[int, int]:
    """Where the `<OAI-PMH>` element stands in `text`, from its first tag to its last.

    raises  MalformedPage where it does not begin or does not end (`begun`); DocumentRefused `doctype_refused`
    """
    start = _OPEN.search(text)
    if start is None:
        raise MalformedPage(f"expected an OAI-PMH document, found {text[:80].strip()!r}")
    end = _last_end(text)
    if end <= start.start():
        begun = _WEB_PAGE.search(text, 0, start.start()) is None
        raise MalformedPage("expected the end of the OAI-PMH document, found the end of the page", begun=begun)
    if _DOCTYPE.search(text, 0, start.start()):
        raise DocumentRefused(REFUSED_UNREAD, "a DOCTYPE with an internal subset is not read", 1)
    return start.start(), end


def has_doctype(text: str, start: int) -> bool:
    """Whether a document type declaration is left out with what stands before the `<OAI-PMH>` element at `start`."""
    return _PROLOG.match(text, 0, start) is not None


def resumption_token(outside: str) -> tuple[str | None, int | None]:
    """The token in the text outside of the records, and completeListSize where it is a number.

    Of several elements it is the last that is not empty: to ask once too often loses nothing.
    """
    found = _tokens(outside)
    if not found:
        return None, None
    attributes, content = next((each for each in reversed(found) if each[1].strip()), found[-1])
    element = _token_element(f"<t{attributes}>{content}</t>")
    claim = (element.get("completeListSize") or "").strip()
    return (element.text or "").strip(), int(claim) if claim.isdecimal() and len(claim) < _LONGEST_CLAIM else None


def _tokens(outside: str) -> list[tuple[str, str]]:
    """Attributes and content of each element of a token, up to one that is never closed."""
    found: list[tuple[str, str]] = []
    end = 0
    for tag in tags(outside, _TOKEN):
        if tag.start() < end:
            continue
        start = end = tag.end()
        if not tag[4]:
            closing = re.compile(rf"</{re.escape(tag[2])}\s*>").search(outside, start)
            if closing is None:
                break
            end = closing.start()
        found.append((tag[3], outside[start:end]))
    return found


def _last_end(text: str) -> int:
    """Offset behind the last end tag of the document; 0 where there is none."""
    position = text.rfind("</")
    while position >= 0:
        found = _CLOSE.match(text, position)
        if found:
            return found.end()
        position = text.rfind("</", 0, position)
    return 0


def _token_element(text: str) -> Element:
    try:
        element: Element = parse(text, limits=RECORD).root
    except DocumentRefused:
        element = parse_recovering(clean(text).text, limits=RECORD).root
    return element
