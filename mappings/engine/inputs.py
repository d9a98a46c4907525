"""The formats that crosswalks can read: their prefixes, the roots that they expect, and how they are walked."""

from __future__ import annotations

from typing import Literal

import msgspec

from mappings.formats.iso2709 import ISO5426
from mappings.formats.xml import RECORD, TREE, XmlLimits

_DC = "http://purl.org/dc/elements/1.1/"
_DCTERMS = "http://purl.org/dc/terms/"
_MARC = "http://www.loc.gov/MARC21/slim"
#: MARCXML, and ISO 25577, which many give UNIMARC in
_MARCS = {
    "marcxml": _MARC,
    "marcxchange": "info:lc/xmlns/marcxchange-v1",
    "marcxchange2": "info:lc/xmlns/marcxchange-v2",
}
_EAD2002 = "urn:isbn:1-931666-22-9"
_EAD3 = "http://ead3.archivists.org/schema/"
_MODS = "http://www.loc.gov/mods/v3"
_EDM = "http://www.europeana.eu/schemas/edm/"
_LIDO = "http://www.lido-schema.org"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_METS = "http://www.loc.gov/METS/"
_XOAI = "http://www.lyncode.com/xoai"
_XLINK = "http://www.w3.org/1999/xlink"
#: units decide for themselves what `audience` means; on the header it is a template's habit
_EAD_UNITS = frozenset({"ead", "eadheader", "control", "archdesc", "c", *(f"c{number:02}" for number in range(1, 13))})
_EAD_FRAME = '<ead xmlns="{}"><archdesc level="collection">{}</archdesc></ead>'
_EAD_FILLER = "<did><unittitle>Test</unittitle></did>"
_OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_OAI_QDC = "http://worldcat.org/xmlschemas/qdc-1.0/"

#: roots of EAC-CPF, which describes people and bodies: no format of records, whatever descriptions its relations quote
AUTHORITY_ROOTS = frozenset({"eac-cpf", "eac"})


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A metadata format."""

    name: str
    walk: Literal["xml", "marc", "row", "json"]
    prefixes: dict[str, str]
    #: local names of the payload's root; anything else is not the format (a saved HTML page, an error)
    roots: frozenset[str]
    #: local names of elements around one or many such roots
    wrappers: frozenset[str] = frozenset()
    #: character set of ISO 2709 records whose leader does not say it
    charset: str = ""
    #: of MARC: what its tags mean
    dialect: Literal["marc21", "unimarc", "cnmarc"] = "marc21"
    #: how much one payload may hold
    limits: XmlLimits = RECORD
    #: other namespaces of the same elements, which are read as the first of `prefixes`; empty = none at all
    namespaces: frozenset[str] = frozenset()
    #: its elements stand in no namespace as often as in theirs, as those of a DTD do
    nameless: bool = False
    #: elements are known by their local names alone
    any_namespace: bool = False
    #: attribute and value of elements that are not for the public; they are not read
    private: tuple[str, str] = ("", "")
    #: local names of elements that are read all the same
    never_private: frozenset[str] = frozenset()
    #: local names of the nodes that stay at the top of a record in RDF/XML; empty where it is no RDF
    graph: frozenset[str] = frozenset()
    #: local name of an element that stands in every record, where the root is that of other formats too
    mark: str = ""
    #: a minimal record for a crosswalk's own tests, `{}` in the place of what it is given
    frame: str = ""
    #: the title of that record; left out where what is given begins with the same element
    filler: str = ""
    #: of the element around a record's statements, where it is not the first of `prefixes`
    root_namespace: str = ""
    #: namespace of the names that selectors write without a prefix; empty for none
    bare: str = ""
    #: local name of the element that is the unit at the top, of a format of many units
    unit: str = ""

    @property
    def keeps_private(self) -> tuple[str, ...]:
        """What marks the parts that are not for the public; empty where the format marks none."""
        if self.walk == "marc":
            return ("marc21",) if self.dialect == "marc21" else ()
        return (*self.private, *sorted(self.never_private)) if self.private[0] else ()

    @property
    def namespace(self) -> str:
        """The `metadataNamespace` under which repositories offer the format (OAI-PMH 2.0, 4.4); empty for no XML."""
        return self.root_namespace or next(iter(self.prefixes.values()), "")


FORMATS: dict[str, Format] = {
    "oai_dc": Format(
        name="oai_dc",
        walk="xml",
        prefixes={"dc": _DC, "dcterms": _DCTERMS, "oai_dc": _OAI_DC},
        roots=frozenset({"dc"}),
        root_namespace=_OAI_DC,
    ),
    "qdc": Format(
        name="qdc",
        walk="xml",
        prefixes={
            "dc": _DC,
            "dcterms": _DCTERMS,
            "oai_qdc": _OAI_QDC,
            "oai_dc": _OAI_DC,
        },
        roots=frozenset({"qualifieddc", "qdc", "dc", "dcterms"}),
        root_namespace=_OAI_QDC,
    ),
    "ead2002": Format(
        name="ead2002",
        walk="xml",
        bare=_EAD2002,
        unit="archdesc",
        prefixes={"ead": _EAD2002, "xlink": _XLINK},
        roots=frozenset({"ead"}),
        limits=TREE,
        namespaces=frozenset({"", "http://www.loc.gov/ead", "http://www.loc.gov/ead/"}),
        nameless=True,
        private=("audience", "internal"),
        never_private=_EAD_UNITS,
        frame=_EAD_FRAME.format(_EAD2002, "{}"),
        filler=_EAD_FILLER,
    ),
    "ead3": Format(
        name="ead3",
        walk="xml",
        bare=_EAD3,
        unit="archdesc",
        prefixes={"ead": _EAD3, "xlink": _XLINK},
        roots=frozenset({"ead"}),
        limits=TREE,
        namespaces=frozenset({"", "http://ead3.archivists.org/schema/undeprecated/"}),
        private=("audience", "internal"),
        never_private=_EAD_UNITS,
        frame=_EAD_FRAME.format(_EAD3, "{}"),
        filler=_EAD_FILLER,
    ),
    "mods": Format(
        name="mods",
        walk="xml",
        bare=_MODS,
        prefixes={"mods": _MODS, "xlink": _XLINK},
        roots=frozenset({"mods"}),
        wrappers=frozenset({"modsCollection"}),
        namespaces=frozenset({"", "http://www.loc.gov/mods", "http://www.loc.gov/mods/"}),
        private=("shareable", "no"),
        frame=f'<mods xmlns="{_MODS}">{{}}</mods>',
    ),
    "lido": Format(
        name="lido",
        walk="xml",
        bare=_LIDO,
        prefixes={"lido": _LIDO, "skos": _SKOS, "rdf": _RDF, "gml": "http://www.opengis.net/gml"},
        roots=frozenset({"lido"}),
        wrappers=frozenset({"lidoWrap"}),
        namespaces=frozenset({"", f"{_LIDO}/"}),
        frame=f'<lido xmlns="{_LIDO}" xmlns:lido="{_LIDO}" xmlns:rdf="{_RDF}" xmlns:skos="{_SKOS}">{{}}</lido>',
        filler="<descriptiveMetadata><objectIdentificationWrap><titleWrap><titleSet><appellationValue>Test"
        "</appellationValue></titleSet></titleWrap></objectIdentificationWrap></descriptiveMetadata>",
    ),
    "edm": Format(
        name="edm",
        walk="xml",
        prefixes={
            "edm": _EDM,
            "rdf": _RDF,
            "dc": _DC,
            "dcterms": _DCTERMS,
            "ore": "http://www.openarchives.org/ore/terms/",
            "skos": _SKOS,
            "foaf": "http://xmlns.com/foaf/0.1/",
            "owl": "http://www.w3.org/2002/07/owl#",
            "rdaGr2": "http://rdvocab.info/ElementsGr2/",
            "wgs84": "http://www.w3.org/2003/01/geo/wgs84_pos#",
            "ebucore": "http://www.ebu.ch/metadata/ontologies/ebucore/ebucore#",
        },
        roots=frozenset({"RDF"}),
        graph=frozenset({"ProvidedCHO", "Aggregation", "Proxy", "EuropeanaAggregation"}),
        mark="ProvidedCHO",
        frame=f'<rdf:RDF xmlns:rdf="{_RDF}" xmlns:edm="{_EDM}" xmlns:dc="{_DC}" xmlns:dcterms="{_DCTERMS}"'
        f' xmlns:skos="{_SKOS}" xmlns:ore="http://www.openarchives.org/ore/terms/"'
        ' xmlns:wgs84="http://www.w3.org/2003/01/geo/wgs84_pos#">{}</rdf:RDF>',
        filler='<edm:ProvidedCHO rdf:about="#object"><dc:title>Test</dc:title></edm:ProvidedCHO>',
    ),
    "mets": Format(
        name="mets",
        walk="xml",
        bare=_METS,
        prefixes={"mets": _METS, "xlink": _XLINK},
        roots=frozenset({"mets"}),
        limits=TREE,
        frame=f'<mets xmlns="{_METS}" xmlns:xlink="{_XLINK}" xmlns:dc="{_DC}" xmlns:mods="{_MODS}">{{}}</mets>',
        filler='<dmdSec ID="d"><mdWrap MDTYPE="DC"><xmlData><dc:title>Test</dc:title></xmlData></mdWrap></dmdSec>',
    ),
    "xoai": Format(
        name="xoai",
        walk="xml",
        bare=_XOAI,
        prefixes={"xoai": _XOAI},
        roots=frozenset({"metadata"}),
        frame=f'<metadata xmlns="{_XOAI}">{{}}</metadata>',
    ),
    "marc21": Format(
        name="marc21",
        walk="marc",
        prefixes=_MARCS,
        roots=frozenset({"record"}),
        wrappers=frozenset({"collection"}),
        filler="=245  00$aTest",
    ),
    "unimarc": Format(
        name="unimarc",
        walk="marc",
        dialect="unimarc",
        prefixes=_MARCS,
        roots=frozenset({"record"}),
        wrappers=frozenset({"collection"}),
        charset=ISO5426,
        filler="=200  1\\$aTest",
    ),
    "cnmarc": Format(
        name="cnmarc",
        walk="marc",
        dialect="cnmarc",
        prefixes=_MARCS,
        roots=frozenset({"record"}),
        wrappers=frozenset({"collection"}),
        charset="gb18030",
        filler="=200  1\\$aTest",
    ),
    "dat46": Format(
        name="dat46",
        walk="xml",
        prefixes={"": ""},
        roots=frozenset({"文件实体"}),
        wrappers=frozenset({"文件元数据集"}),
        any_namespace=True,
        frame="<文件实体>{}</文件实体>",
        filler="<题名>Test</题名>",
    ),
    "table": Format(name="table", walk="row", prefixes={}, roots=frozenset()),
    "json": Format(name="json", walk="json", prefixes={}, roots=frozenset()),
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
    "unimarcxml": "unimarc",
    "oai_unimarc": "unimarc",
    "oai_cnmarc": "cnmarc",
    "oai_mods": "mods",
    "oai_lido": "lido",
    "oai_edm": "edm",
    "ead": "ead2002",
    "oai_ead": "ead2002",
    "ead_2002": "ead2002",
    "oai_ead3": "ead3",
}


def known_format(name: str) -> Format | None:
    """The format of this name or metadata prefix."""
    return FORMATS.get(ALIASES.get(name, name))
