"""Many records in one file of a format: what stands before them, between them and behind them, written one by one.

Formats that have a collection of their own use it; the roots of other XML formats stand side by side in `<records>`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
from msgspec import UNSET

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import citations, dat22, edm, iso2709, marc21, ric_o, schema_org, turtle
from mappings.serialisations.catalogue import SERIALISATIONS, Serialisation, Write
from mappings.serialisations.with_origins import encoded

#: writes a record; its second argument is the address of its page; raises EntryHidden, FormatUnavailable
WriteOne = Callable[[UnifiedRecord, str], bytes]


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """One format for many records."""

    #: by which it is asked for, and the ending of the file
    suffix: str
    content_type: str
    #: what pages call it
    label: str
    write: WriteOne
    begin: bytes = b""
    between: bytes = b""
    end: bytes = b""
    #: fields of the common record that it cannot say
    losses: tuple[str, ...] = ()


def _text(write: Write, unified: UnifiedRecord, page: str) -> bytes:
    return write(unified, identifiers=(page,)).encode() + b"\n"


def _schema_org(unified: UnifiedRecord, page: str) -> bytes:
    return schema_org.write(unified, page.rpartition("/")[0].rpartition("/")[0], page=page).encode()


def _ric_o(unified: UnifiedRecord, page: str) -> bytes:
    return ric_o.write(unified, identifiers=(page,)).encode()


def _iso2709(unified: UnifiedRecord, page: str) -> bytes:
    return iso2709.write(unified, identifiers=(page,))


def _dat22(unified: UnifiedRecord, _page: str) -> bytes:
    cells = dat22.row(unified)
    return dat22.line([cells.get(column, "") for column in dat22.COLUMNS]).encode()


def _dat22_gb(unified: UnifiedRecord, page: str) -> bytes:
    return _dat22(unified, page).decode().encode(dat22.GB_CHARSET)


def _with_origins(unified: UnifiedRecord, page: str) -> bytes:
    told = {name: value for name, value in msgspec.structs.asdict(encoded(unified)).items() if value is not UNSET}
    return msgspec.json.encode({"address": page} | told) + b"\n"


_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
#: ending -> the tags around many; without any `<records>`
_AROUND = {
    "mods.xml": ('<modsCollection xmlns="http://www.loc.gov/mods/v3">', "</modsCollection>"),
    "marc.xml": ('<collection xmlns="http://www.loc.gov/MARC21/slim">', "</collection>"),
    "edm.xml": (edm.BEGIN, edm.END),
}
#: of what in it is written for each, where that is not its root
_PARTS: dict[str, Write] = {"edm.xml": edm.resources}


def _xml(form: Serialisation) -> Bundle:
    begin, end = _AROUND.get(form.suffix, ("<records>", "</records>"))
    return Bundle(
        suffix=form.suffix,
        content_type="application/xml",
        label=form.label,
        write=partial(_text, _PARTS.get(form.suffix, form.write)),
        begin=_DECLARATION + begin.encode() + b"\n",
        end=end.encode() + b"\n",
        losses=form.losses,
    )


def _array(
    suffix: str, label: str, write: WriteOne, losses: tuple[str, ...], content_type: str = "application/ld+json"
) -> Bundle:
    return Bundle(
        suffix=suffix,
        content_type=content_type,
        label=label,
        write=write,
        begin=b"[\n",
        between=b",\n",
        end=b"\n]\n",
        losses=losses,
    )


_ALL = (
    Bundle(
        suffix="records.jsonl",
        content_type="application/jsonl",
        label="JSON Lines, every field with its sources",
        write=_with_origins,
    ),
    *map(_xml, SERIALISATIONS),
    Bundle(
        suffix="mrc",
        content_type="application/marc",
        label="MARC 21 (ISO 2709)",
        write=_iso2709,
        losses=marc21.LOSSES,
    ),
    Bundle(
        suffix=dat22.SUFFIX,
        content_type=f"{dat22.CONTENT_TYPE}; charset=utf-8",
        label="DA/T 22 (CSV)",
        write=_dat22,
        begin=dat22.encoded(dat22.line(dat22.COLUMNS)),
        losses=dat22.LOSSES,
    ),
    Bundle(
        suffix=dat22.GB_SUFFIX,
        content_type=f"{dat22.CONTENT_TYPE}; charset={dat22.GB_CHARSET}",
        label="DA/T 22 (CSV, GB18030)",
        write=_dat22_gb,
        begin=dat22.line(dat22.COLUMNS).encode(dat22.GB_CHARSET),
        losses=dat22.LOSSES,
    ),
    _array(schema_org.SUFFIX, "schema.org (JSON-LD)", _schema_org, schema_org.LOSSES),
    _array(ric_o.SUFFIX, "RiC-O (JSON-LD)", _ric_o, ric_o.LOSSES),
    # prefixes may be said again before each record's triples (Turtle 1.1, 2.4)
    Bundle(
        suffix=turtle.SUFFIX,
        content_type=f"{turtle.CONTENT_TYPE}; charset=utf-8",
        label="RiC-O (Turtle)",
        write=partial(_text, turtle.write),
        losses=turtle.LOSSES,
    ),
    *(
        Bundle(
            suffix=suffix,
            content_type=f"{citations.CONTENT_TYPES[suffix]}; charset=utf-8",
            label=citations.WRITERS[suffix][0],
            write=citations.WRITERS[suffix][1],
            between=b"\n",
            losses=citations.LOSSES,
        )
        for suffix in (citations.RIS, citations.BIBTEX)
    ),
    _array(citations.CSL, "CSL JSON", citations.csl, citations.LOSSES, citations.CONTENT_TYPES[citations.CSL]),
)
#: every format by its ending
BUNDLES: dict[str, Bundle] = {each.suffix: each for each in _ALL}
