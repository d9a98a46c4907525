"""Where an XML record of each format carries its own number; a format that is added adds its line here."""

from __future__ import annotations

from typing import Protocol

from mappings.engine.files import control_number, is_number
from mappings.engine.inputs import Format
from mappings.formats.marcxml import read_marcxml

_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

#: format -> places in the order in which they are asked, each a path and the attribute behind it (empty = its text)
_PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "oai_dc": (("{*}identifier", ""),),
    "qdc": (("{*}identifier", ""),),
    "mods": (("{*}recordInfo/{*}recordIdentifier", ""), ("{*}identifier", "")),
    "lido": (("{*}lidoRecID", ""),),
    "edm": ((".//{*}ProvidedCHO", _RDF_ABOUT),),
    "ead2002": (("{*}eadheader/{*}eadid", ""),),
    "ead3": (("{*}control/{*}recordid", ""),),
    "mets": ((".", "OBJID"),),
    "dat46": ((".//{*}电子文件号", ""), (".//{*}档号", "")),
}


class Element(Protocol):
    """The part of an XML element that is read here."""

    text: str | None

    def find(self, path: str) -> Element | None:
        """The first element at a path."""

    def get(self, name: str) -> str | None:
        """An attribute."""


def native_identifier(element: Element, format_: Format) -> str:
    """What the record calls itself; empty where it says nothing."""
    if format_.walk == "marc":
        return control_number(read_marcxml(element, is_number))
    for path, attribute in _PLACES.get(format_.name, ()):
        place = element if path == "." else element.find(path)
        if place is None:
            continue
        if found := ((place.get(attribute) if attribute else place.text) or "").strip():
            return found
    return ""
