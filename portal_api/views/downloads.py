"""A thing in the formats of other systems, each at the thing's address with an ending."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import chinese_archives, citations, dat22, iso2709, marc21, ric_o, schema_org, turtle
from mappings.serialisations.catalogue import SERIALISATIONS, Missing, Write, nothing
from mappings.serialisations.cover import EntryHidden, cover_of
from mappings.serialisations.cover import FormatUnavailable as Inexpressible
from portal_api.errors import FormatUnavailable

#: writes a record; its second argument is the address of its page
_Write = Callable[[UnifiedRecord, str], bytes]


class Download(msgspec.Struct, frozen=True):
    """One form of a thing."""

    suffix: str
    content_type: str
    write: _Write
    #: what a page calls it
    label: str
    #: fields of the common record that it cannot say
    losses: tuple[str, ...]
    #: what a record lacks to be said so
    missing: Missing = nothing


def _document(write: Write, unified: UnifiedRecord, page: str) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + write(unified, identifiers=(page,)).encode()


def _iso2709(unified: UnifiedRecord, page: str) -> bytes:
    return iso2709.write(unified, identifiers=(page,))


def _dat22(unified: UnifiedRecord, page: str) -> bytes:
    return dat22.encoded(dat22.write(unified, identifiers=(page,)))


def _dat22_gb(unified: UnifiedRecord, page: str) -> bytes:
    return dat22.write(unified, identifiers=(page,)).encode(dat22.GB_CHARSET)


def _schema_org(unified: UnifiedRecord, page: str) -> bytes:
    return schema_org.write(unified, page.partition("/r/")[0]).encode()


def _ric_o(unified: UnifiedRecord, page: str) -> bytes:
    return ric_o.write(unified, identifiers=(page,)).encode()


def _turtle(unified: UnifiedRecord, page: str) -> bytes:
    return turtle.write(unified, identifiers=(page,)).encode()


_XML = "application/xml"
_MARC, _DAT22 = "MARC 21 (ISO 2709)", "DA/T 22 (CSV)"
_DAT22_GB, _GB_CSV = "DA/T 22 (CSV, GB18030)", f"{dat22.CONTENT_TYPE}; charset={dat22.GB_CHARSET}"
_CSV, _TURTLE = f"{dat22.CONTENT_TYPE}; charset=utf-8", f"{turtle.CONTENT_TYPE}; charset=utf-8"
_ALL = (
    *(
        Download(each.suffix, _XML, partial(_document, each.write), each.label, each.losses, each.missing)
        for each in SERIALISATIONS
    ),
    Download("mrc", "application/marc", _iso2709, _MARC, marc21.LOSSES, marc21.missing),
    Download(dat22.SUFFIX, _CSV, _dat22, _DAT22, dat22.LOSSES, chinese_archives.missing),
    Download(dat22.GB_SUFFIX, _GB_CSV, _dat22_gb, _DAT22_GB, dat22.LOSSES, chinese_archives.missing),
    Download(schema_org.SUFFIX, schema_org.CONTENT_TYPE, _schema_org, "schema.org (JSON-LD)", schema_org.LOSSES),
    Download(ric_o.SUFFIX, ric_o.CONTENT_TYPE, _ric_o, "RiC-O (JSON-LD)", ric_o.LOSSES),
    Download(turtle.SUFFIX, _TURTLE, _turtle, "RiC-O (Turtle)", turtle.LOSSES),
    *(
        Download(suffix, f"{citations.CONTENT_TYPES[suffix]}; charset=utf-8", write, label, citations.LOSSES)
        for suffix, (label, write) in citations.WRITERS.items()
    ),
)
#: every form by the ending of its address
DOWNLOADS: dict[str, Download] = {each.suffix: each for each in _ALL}
#: media type that names one form alone -> ending of its address
BY_MEDIA_TYPE = {
    "text/turtle": turtle.SUFFIX,
    "application/ld+json": schema_org.SUFFIX,
    "application/rdf+xml": "edm.xml",
    "application/marc": "mrc",
    "application/marcxml+xml": "marc.xml",
    "application/mods+xml": "mods.xml",
    **{content_type: suffix for suffix, content_type in citations.CONTENT_TYPES.items()},
}


def offered(unified: UnifiedRecord) -> list[Download]:
    """The forms that can say this thing."""
    try:
        cover = cover_of(unified)
    except EntryHidden:
        return []
    return [each for each in DOWNLOADS.values() if not each.missing(unified, cover)]


def downloaded(unified: UnifiedRecord, suffix: str, page: str) -> tuple[Download, bytes]:
    """The form with this ending, and the thing in it; raises FormatUnavailable with what lacks and those there are.

    page   the thing's own address
    """
    chosen = DOWNLOADS.get(suffix)
    form, lacks = "", tuple[str, ...]()
    if chosen is not None:
        with suppress(EntryHidden):
            try:
                return chosen, chosen.write(unified, page)
            except Inexpressible as error:
                form, lacks = error.format, error.wanted
    raise FormatUnavailable([each.suffix for each in offered(unified)], form, lacks)
