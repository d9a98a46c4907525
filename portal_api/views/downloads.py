"""A thing in the formats of other systems, each at the thing's address with an ending."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import dat22, iso2709
from mappings.serialisations.catalogue import SERIALISATIONS, Write
from mappings.serialisations.cover import EntryHidden
from mappings.serialisations.cover import FormatUnavailable as Inexpressible
from portal_api.errors import FormatUnavailable
from portal_api.views.structured_data import structured_data

#: writes a record; its second argument is the address of its page
_Write = Callable[[UnifiedRecord, str], bytes]


class Download(msgspec.Struct, frozen=True):
    """One form of a thing."""

    suffix: str
    content_type: str
    write: _Write
    #: what a page calls it
    label: str


def _document(write: Write, unified: UnifiedRecord, page: str) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + write(unified, identifiers=(page,)).encode()


def _iso2709(unified: UnifiedRecord, page: str) -> bytes:
    return iso2709.write(unified, identifiers=(page,))


def _dat22(unified: UnifiedRecord, page: str) -> bytes:
    return dat22.encoded(dat22.write(unified, identifiers=(page,)))


def _json_ld(unified: UnifiedRecord, page: str) -> bytes:
    return str(structured_data(unified, page.partition("/r/")[0])).encode()


_XML = "application/xml"
_LABELS = {
    "dc.xml": "Dublin Core",
    "qdc.xml": "DCMI terms",
    "mods.xml": "MODS",
    "edm.xml": "EDM",
    "marc.xml": "MARCXML",
    "ead3.xml": "EAD3",
}

DOWNLOADS: dict[str, Download] = {
    each.suffix: each
    for each in (
        *(
            Download(known.suffix, _XML, partial(_document, known.write), _LABELS[known.suffix])
            for known in SERIALISATIONS
        ),
        Download("mrc", "application/marc", _iso2709, "MARC 21 (ISO 2709)"),
        Download(dat22.SUFFIX, f"{dat22.CONTENT_TYPE}; charset=utf-8", _dat22, "DA/T 22 (CSV)"),
        Download("jsonld", "application/ld+json", _json_ld, "JSON-LD"),
    )
}


def offered(unified: UnifiedRecord) -> list[Download]:
    """The forms that can say this thing."""
    return [each for each in DOWNLOADS.values() if _is_sayable(each, unified)]


def _is_sayable(download: Download, unified: UnifiedRecord) -> bool:
    try:
        download.write(unified, "")
    except (EntryHidden, Inexpressible):
        return False
    return True


def downloaded(unified: UnifiedRecord, suffix: str, page: str) -> tuple[Download, bytes]:
    """The form with this ending, and the thing in it; raises FormatUnavailable, which names those there are.

    page   the thing's own address
    """
    chosen = DOWNLOADS.get(suffix)
    if chosen is not None:
        with suppress(EntryHidden, Inexpressible):
            return chosen, chosen.write(unified, page)
    raise FormatUnavailable([each.suffix for each in offered(unified)])
