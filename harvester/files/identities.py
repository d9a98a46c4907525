"""Where an XML record of each format carries its own number; a format that is added adds its line here."""

from __future__ import annotations

from typing import Protocol

from mappings.engine.inputs import Format
from mappings.formats.marcxml import number_of
from mappings.schema.holding import ReferenceParts
from mappings.schema.reference_codes import reference_code

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
    "xoai": (("{*}element[@name='others']/{*}field[@name='identifier']", ""),),
    "dat46": ((".//{*}电子文件号", ""), (".//{*}档号", "")),
}
#: elements of a DA/T 46 档号, which composes the code where there is no number besides
_CODE_PARTS = {
    "fonds": ("全宗号",),
    "catalogue": ("目录号",),
    "category": ("类别号",),
    "year": ("年度",),
    "retention": ("保管期限",),
    "department": ("机构或问题", "机构（问题）"),
    "file": ("馆编案卷号", "室编案卷号", "案卷号"),
    "item": ("馆编件号", "室编件号", "件号"),
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
        return number_of(element)
    for path, attribute in _PLACES.get(format_.name, ()):
        place = element if path == "." else element.find(path)
        if place is None:
            continue
        if found := ((place.get(attribute) if attribute else place.text) or "").strip():
            return found
    return _composed(element) if format_.name == "dat46" else ""


def _composed(element: Element) -> str:
    """The reference code that the parts of a 档号 compose; empty where too few of them stand there."""
    found = {}
    for part, names in _CODE_PARTS.items():
        texts = ((element.find(f".//{{*}}档号/{{*}}{name}"), name) for name in names)
        found[part] = next(
            (text for place, _ in texts if place is not None and (text := (place.text or "").strip())), None
        )
    return reference_code(ReferenceParts(**found)) or ""
