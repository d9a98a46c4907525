"""The formats that crosswalks can read: their prefixes, the roots that they expect, and how they are walked."""

from __future__ import annotations

from typing import Literal

import msgspec

from mappings.formats.xml import RECORD, XmlLimits

_DC = "http://purl.org/dc/elements/1.1/"
_DCTERMS = "http://purl.org/dc/terms/"
_MARC = "http://www.loc.gov/MARC21/slim"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A metadata format."""

    name: str
    walk: Literal["xml", "marc"]
    prefixes: dict[str, str]
    #: local names of the payload's root; anything else is not the format (a saved HTML page, an error)
    roots: frozenset[str]
    #: character set of ISO 2709 records whose leader does not say it
    charset: str = ""
    #: how much one payload may hold
    limits: XmlLimits = RECORD


FORMATS: dict[str, Format] = {
    "oai_dc": Format(
        name="oai_dc",
        walk="xml",
        prefixes={"dc": _DC, "dcterms": _DCTERMS, "oai_dc": _OAI_DC},
        roots=frozenset({"dc"}),
    ),
    "qdc": Format(
        name="qdc",
        walk="xml",
        prefixes={
            "dc": _DC,
            "dcterms": _DCTERMS,
            "oai_qdc": "http://worldcat.org/xmlschemas/qdc-1.0/",
            "oai_dc": _OAI_DC,
        },
        roots=frozenset({"qualifieddc", "qdc", "dc", "dcterms"}),
    ),
    "marc21": Format(
        name="marc21", walk="marc", prefixes={"marcxml": _MARC}, roots=frozenset({"record", "collection"})
    ),
    "cnmarc": Format(
        name="cnmarc",
        walk="marc",
        prefixes={"marcxml": _MARC},
        roots=frozenset({"record", "collection"}),
        charset="gb18030",
    ),
}
#: metadata prefixes that repositories give the same formats
ALIASES = {
    "oai_qdc": "qdc",
    "dcterms": "qdc",
    "qualifieddc": "qdc",
    "marcxml": "marc21",
    "marc": "marc21",
    "oai_marc": "marc21",
    "iso2709": "marc21",
    "unimarc": "cnmarc",
}


def known_format(name: str) -> Format | None:
    """The format of this name or metadata prefix."""
    return FORMATS.get(ALIASES.get(name, name))
