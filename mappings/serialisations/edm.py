"""Europeana Data Model 5.2.8 (RDF/XML): the object, its aggregation, its web resources.

An aggregation needs a link at the holder's and a rights URI; a record without them cannot be said in EDM, nor can one
whose material is of no type that EDM knows. `access` is heeded first, by `cover`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappings.schema.dates import HistoricalDate
from mappings.schema.languages import bcp47
from mappings.schema.record import Digital, Relation
from mappings.schema.rights import NOT_EVALUATED
from mappings.schema.text import Text
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import dublin_core_element
from mappings.serialisations.cover import Cover, FormatUnavailable, cover_of, one
from mappings.serialisations.markup import Attributes, element, empty, enclosed, language_tag, opening
from mappings.serialisations.one_line import holding_words

PREFIX = "edm"
NAMESPACE = "http://www.europeana.eu/schemas/edm/"
SCHEMA = "http://www.europeana.eu/schemas/edm/EDM.xsd"
VERSION = 1

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "agents.roles",
    "agents.dates",
    "variants",
    "dates.start",
    "dates.end",
    "holding.parts",
    "holding.containers",
    "access",
    "part",
    "edition",
)

_ROOT: Attributes = {
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:edm": NAMESPACE,
    "xmlns:ore": "http://www.openarchives.org/ore/terms/",
}
#: DCMI type -> edm:type; what is not here has none
_TYPES = {
    "Text": "TEXT",
    "Image": "IMAGE",
    "StillImage": "IMAGE",
    "MovingImage": "VIDEO",
    "Sound": "SOUND",
    "PhysicalObject": "3D",
}
#: what EDM cannot do without
LACKS = ("a type of material that EDM knows", "a rights URI", "a link to the object at its holder")
_DATES = {"created": "dcterms:created", "accumulated": "dcterms:created", "issued": "dcterms:issued"}


#: what stands around the resources of one record, or of many
BEGIN, END = opening("rdf:RDF", _ROOT), "</rdf:RDF>"


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<rdf:RDF>` element of a record; arguments and errors as `resources`."""
    return BEGIN + resources(unified, identifiers=identifiers) + END


def resources(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The object, its aggregation and its web resources.

    identifiers   addresses of the record here; the first names the object
    raises        EntryHidden where the audience may see no line of it, FormatUnavailable where it lacks what EDM needs
    """
    cover = cover_of(unified)
    if lacks := _lacks(unified, cover):
        raise FormatUnavailable("EDM", *lacks)
    links = cover.linked(unified.digital)
    about = identifiers[0] if identifiers else f"#{unified.id}"
    content = _object(unified, cover, about) + _aggregation(unified, cover, about, links)
    return content + "".join(_web_resource(link) for link in links if link.role == "file")


def _object(unified: UnifiedRecord, cover: Cover, about: str) -> str:
    """edm:ProvidedCHO."""
    said = (*_described(unified, cover), *_located(unified, cover))
    kind = element("edm:type", _type_of(unified, cover))
    return enclosed("edm:ProvidedCHO", "".join(said) + kind, {"rdf:about": about})


def missing(unified: UnifiedRecord, cover: Cover) -> str:
    """What the record lacks to be said in EDM; empty where it lacks nothing."""
    return " and ".join(_lacks(unified, cover))


def _lacks(unified: UnifiedRecord, cover: Cover) -> list[str]:
    has_file = any(link.role == "file" for link in cover.linked(unified.digital))
    has = (_type_of(unified, cover), _rights_of(unified, cover), has_file or _pages(unified, cover))
    return [lack for lack, found in zip(LACKS, has, strict=True) if not found]


def _type_of(unified: UnifiedRecord, cover: Cover) -> str:
    return next((_TYPES[kind] for kind in cover.described(one(unified.type)) if kind in _TYPES), "")


def _rights_of(unified: UnifiedRecord, cover: Cover) -> str:
    stated = (rights.uri for rights in cover.described(unified.rights))
    return next((uri for uri in stated if uri != NOT_EVALUATED), "")


def _pages(unified: UnifiedRecord, cover: Cover) -> list[str]:
    """Where holders show the object."""
    links = [link.url for link in cover.linked(unified.digital) if link.role == "landing"]
    return links + [holding.url for holding in cover.located(unified.holding) if holding.url]


def _text(name: str, text: Text) -> str:
    return element(name, text.value, {"xml:lang": language_tag(text.lang)})


def _described(unified: UnifiedRecord, cover: Cover) -> Iterable[str]:
    """What only a full line shows."""
    yield from (_text(f"dc:{dublin_core_element(agent)}", agent.name) for agent in cover.described(unified.agents))
    for said in cover.described(unified.descriptions):
        name = "dcterms:tableOfContents" if said.kind == "contents" else "dc:description"
        yield element(name, said.value, {"xml:lang": language_tag(said.lang)})
    yield from (element("dc:identifier", each.value) for each in cover.described(unified.identifiers))
    yield from (element("dc:language", bcp47(each.lang)) for each in cover.described(unified.languages))
    yield from map(_related, cover.described(unified.relations))
    yield from (_text("dc:rights", text) for rights in cover.described(unified.rights) for text in rights.text)
    yield from (_text("dc:subject", subject.label) for subject in cover.described(unified.subjects))
    for title in cover.described((unified.title,)):
        yield element("dc:title", title.value, {"xml:lang": language_tag(title.lang)})
    for other in cover.described(unified.titles):
        yield element("dcterms:alternative", other.value, {"xml:lang": language_tag(other.lang)})
    yield from (_text("dc:type", genre.label) for genre in cover.described(unified.genre))
    yield from (element("dcterms:extent", extent.text) for extent in cover.described(unified.extent))
    yield from (_text("dcterms:medium", medium.label) for medium in cover.described(unified.medium))
    yield from (_text("dcterms:spatial", place.label) for place in cover.described(unified.places))


def _related(relation: Relation) -> str:
    name = "dcterms:isPartOf" if relation.type == "part_of" else "dc:relation"
    return element(name, relation.label or relation.target)


def _located(unified: UnifiedRecord, cover: Cover) -> Iterable[str]:
    yield from map(_date, cover.located(unified.dates))
    yield from (element("dc:source", holding_words(holding)) for holding in cover.located(unified.holding))


def _date(date: HistoricalDate) -> str:
    if date.kind == "covered":
        return element("dcterms:temporal", date.edtf or date.text)
    return element(_DATES.get(date.kind, "dc:date"), date.edtf or date.text)


def _aggregation(unified: UnifiedRecord, cover: Cover, about: str, links: Sequence[Digital]) -> str:
    """ore:Aggregation: who gives the object, where it is shown, under which rights."""
    files = [link.url for link in links if link.role == "file"]
    thumbnails = [link.url for link in links if link.role == "thumbnail"]
    holders = cover.located(unified.holding)
    pages = _pages(unified, cover)
    said = [
        empty("edm:aggregatedCHO", {"rdf:resource": about}),
        element("edm:dataProvider", holders[0].institution.name if holders else unified.members[0].institution_name),
        *(empty("edm:hasView", {"rdf:resource": url}) for url in files[1:]),
        *(empty("edm:isShownAt", {"rdf:resource": url}) for url in pages[:1]),
        *(empty("edm:isShownBy", {"rdf:resource": url}) for url in files[:1]),
        *(empty("edm:object", {"rdf:resource": url}) for url in thumbnails[:1]),
        element("edm:provider", unified.members[0].institution_name),
        empty("edm:rights", {"rdf:resource": _rights_of(unified, cover)}),
    ]
    return enclosed("ore:Aggregation", "".join(said), {"rdf:about": f"{about}#aggregation"})


def _web_resource(link: Digital) -> str:
    said = element("dc:format", link.mime)
    attributes: Attributes = {"rdf:about": link.url}
    return enclosed("edm:WebResource", said, attributes) or empty("edm:WebResource", attributes)
