"""The document type declaration, which the house never reads.

One with an internal subset is refused, because that is where entities are declared; any other names an outside file
that is not fetched, and is cut so that the parser never sees it (EAD 2002 files carry a public identifier).
"""

from __future__ import annotations

from mappings.errors import DocumentRefused

_DOCTYPE = b"<!DOCTYPE"
_QUOTES = (b'"', b"'")


def cut_doctype(document: bytes) -> tuple[bytes, bool]:
    """`document` (UTF-8) without its DOCTYPE, and whether there was one; lines keep their numbers.

    raises  DocumentRefused `doctype_refused` for an internal subset, with its line
    """
    begins_with_its_root = document[:1] == b"<" and document[1:2].isalpha()
    if begins_with_its_root or _DOCTYPE not in document:
        return document, False
    start = _prolog_end(document)
    if not document.startswith(_DOCTYPE, start):
        return document, False
    end = _declaration_end(document, start)
    return document[:start] + b"\n" * document.count(b"\n", start, end) + document[end:], True


def _prolog_end(document: bytes) -> int:
    """Offset of what follows the XML declaration, comments, processing instructions and white space."""
    position = 0
    while True:
        while document[position : position + 1].isspace():
            position += 1
        if document.startswith(b"<?", position):
            end = document.find(b"?>", position)
            length = 2
        elif document.startswith(b"<!--", position):
            end = document.find(b"-->", position + 4)
            length = 3
        else:
            return position
        if end < 0:
            return position
        position = end + length


def _declaration_end(document: bytes, start: int) -> int:
    """Offset behind the declaration that begins at `start`; quoted identifiers may hold any character."""
    position = start + len(_DOCTYPE)
    while position < len(document):
        here = document[position : position + 1]
        if here == b">":
            return position + 1
        if here == b"[":
            raise DocumentRefused(
                "doctype_refused", "a DOCTYPE with an internal subset is not read", line_at(document, start)
            )
        if here in _QUOTES:
            position = document.find(here, position + 1)
            if position < 0:
                break
        position += 1
    raise DocumentRefused("doctype_refused", "a DOCTYPE that does not end is not read", line_at(document, start))


def line_at(document: bytes, offset: int) -> int:
    """1-based line of `offset`."""
    return document.count(b"\n", 0, offset) + 1
