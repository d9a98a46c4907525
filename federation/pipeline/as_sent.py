"""Records in the format in which an institution sent them: which metadata format that is, and its text.

Tables and JSON are no metadata format; they are given as their crosswalk reads them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mappings.engine.inputs import Format, known_format
from mappings.engine.payload import PayloadUnreadable, bytes_of, sent_element, without_private
from mappings.errors import DocumentRefused
from mappings.formats.iso2709 import Iso2709Refused
from mappings.formats.marc_private import remove_private
from mappings.formats.xml import read_xml, written
from mappings.schema.raw import RawRecord
from mappings.serialisations import dat46, ead3, edm, marc21, marcxml, mods, oai_dc, oai_qdc

_ISO25577 = ("info:lc/xmlns/marcxchange-v1", "http://www.loc.gov/standards/iso25577/marcxchange-1-1.xsd")


class OwnFormat(msgspec.Struct, frozen=True, kw_only=True):
    """A metadata format as repositories offer it (OAI-PMH 2.0, 3.4)."""

    prefix: str
    namespace: str
    schema: str


def _of(prefix: str, namespace: str, schema: str) -> OwnFormat:
    return OwnFormat(prefix=prefix, namespace=namespace, schema=schema)


#: format -> how it is offered where records go out as they were sent. UNIMARC and CNMARC are ISO 25577: their leaders
#: are not those that the schema of MARCXML asks for.
OWN: dict[str, OwnFormat] = {
    "oai_dc": _of(oai_dc.PREFIX, oai_dc.NAMESPACE, oai_dc.SCHEMA),
    "qdc": _of(oai_qdc.PREFIX, oai_qdc.NAMESPACE, oai_qdc.SCHEMA),
    "marc21": _of(marc21.PREFIX, marc21.NAMESPACE, marc21.SCHEMA),
    "unimarc": _of("unimarc", *_ISO25577),
    "cnmarc": _of("cnmarc", *_ISO25577),
    "mods": _of(mods.PREFIX, mods.NAMESPACE, mods.SCHEMA),
    "ead2002": _of("ead", "urn:isbn:1-931666-22-9", "http://www.loc.gov/ead/ead.xsd"),
    "ead3": _of(ead3.PREFIX, ead3.NAMESPACE, ead3.SCHEMA),
    "lido": _of("lido", "http://www.lido-schema.org", "http://www.lido-schema.org/schema/v1.0/lido-v1.0.xsd"),
    "edm": _of(edm.PREFIX, edm.NAMESPACE, edm.SCHEMA),
    "mets": _of("mets", "http://www.loc.gov/METS/", "http://www.loc.gov/standards/mets/mets.xsd"),
    "xoai": _of("xoai", "http://www.lyncode.com/xoai", "http://www.lyncode.com/xsd/xoai.xsd"),
    "dat46": _of(dat46.PREFIX, dat46.NAMESPACE, dat46.SCHEMA),
}


def as_sent(raw: RawRecord, name: str, *, whole: bool) -> str:
    """A record's metadata in its own format; of ISO 2709, MARC in XML; empty where it cannot be read.

    name   of the format as which its crosswalk reads it
    whole  with what its source marks as not for the public
    """
    format_ = known_format(name)
    if format_ is None or name not in OWN:
        return ""
    try:
        root = _element(raw, format_)
    except (PayloadUnreadable, Iso2709Refused, DocumentRefused):
        return ""
    if not whole and format_.dialect == "marc21" and format_.walk == "marc":
        remove_private(root)
    if not whole and format_.private[0]:
        without_private(root, format_)
    return written(_in_own_namespace(root, format_))


def _element(raw: RawRecord, format_: Format) -> Any:
    if format_.walk == "marc" and not raw.payload.lstrip().startswith("<"):
        return read_xml(marcxml.write(bytes_of(raw), charset=format_.charset), limits=format_.limits)
    return sent_element(raw, format_, [])


def _in_own_namespace(root: Any, format_: Format) -> Any:
    """The element, where its format is read whatever its namespace, in the one under which it is offered."""
    if format_.walk != "marc" and not format_.any_namespace:
        return root
    namespace = OWN[format_.name].namespace
    for element in root.iter("{*}*"):
        element.tag = f"{{{namespace}}}{element.tag.rpartition('}')[2]}"
    if format_.walk == "marc":
        root.attrib.pop("format", None)
        if format_.dialect != "marc21":
            root.set("format", format_.dialect.upper())
    return root
