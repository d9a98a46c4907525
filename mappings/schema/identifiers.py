"""Identifiers of material: scheme, value as written, one normal form, and whether it passes its check."""

from __future__ import annotations

import msgspec


class Identifier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An identifier that a record states."""

    #: oai, ark, doi, handle, urn, isbn, issn, lccn, oclc, document_number, unified_book_number, url, local …
    scheme: str
    value: str
    #: one spelling per thing (an ISBN as 13 digits); None where the value fails its check
    normalised: str | None = None
    valid: bool = True
