"""A page of ListIdentifiers: headers alone (OAI-PMH 2.0, 4.3)."""

from __future__ import annotations

from harvester.oaipmh.header import Header, local_name, read_header
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, parse_recovering


def read_headers(body: bytes, learned_charset: str | None = None) -> tuple[Header, ...] | None:
    """The headers in `body`, those without an identifier left out; None where it holds no such answer."""
    try:
        root = parse_recovering(clean(decode(body, learned=learned_charset).text).text, limits=PAGE).root
    except DocumentRefused:
        return None
    answer = next((child for child in root if local_name(child) == "ListIdentifiers"), None)
    if answer is None:
        return None
    found = (read_header(child) for child in answer if local_name(child) == "header")
    return tuple(header for header in found if header.identifier)
