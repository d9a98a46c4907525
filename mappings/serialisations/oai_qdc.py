"""Qualified Dublin Core (DCMI terms in the `qualifieddc` container). `access` is heeded first, by `cover`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding
from mappings.schema.languages import bcp47
from mappings.schema.record import Description, Relation
from mappings.schema.rights import Rights
from mappings.schema.text import Text
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import dublin_core_element
from mappings.serialisations.cover import Cover, cover_of, one
from mappings.serialisations.markup import Attributes, element, enclosed, language_tag
from mappings.serialisations.one_line import access_words, holding_words

PREFIX = "oai_qdc"
NAMESPACE = "http://worldcat.org/xmlschemas/qdc-1.0/"
SCHEMA = "http://worldcat.org/xmlschemas/qdc/1.0/qdc-1.0.xsd"
VERSION = 1

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "agents.roles",
    "agents.dates",
    "agents.ids",
    "variants",
    "dates.start",
    "dates.end",
    "subjects.kind",
    "places.role",
    "places.point",
    "holding.parts",
    "holding.containers",
    "access.conditions",
    "part",
)

_ROOT: Attributes = {
    "xmlns:oai_qdc": NAMESPACE,
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:dcterms": "http://purl.org/dc/terms/",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
_DATES = {"created": "created", "accumulated": "created", "issued": "issued", "copyright": "dateCopyrighted"}
_DESCRIPTIONS = {"abstract": "abstract", "scope_and_content": "abstract", "contents": "tableOfContents"}
_RELATIONS = {
    "part_of": "isPartOf",
    "version_of": "isVersionOf",
    "copy_of": "isFormatOf",
    "microfilm_of": "isFormatOf",
    "digital_copy_of": "isFormatOf",
    "transcript_of": "isFormatOf",
    "references": "references",
    "replaces": "replaces",
}


class Statement(NamedTuple):
    """An element, its words, and their language or the encoding scheme they follow."""

    element: str
    value: str
    lang: str | None = None
    scheme: str | None = None


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<oai_qdc:qualifieddc>` element of a record.

    identifiers   addresses of the record here
    raises        EntryHidden where the audience may see no line of it
    """
    cover = cover_of(unified)
    here = [_address("dc:identifier", url) for url in identifiers]
    said = dict.fromkeys((*here, *_description(unified, cover), *_location(unified, cover)))
    return enclosed("oai_qdc:qualifieddc", "".join(map(_written, said)), _ROOT)


def _written(said: Statement) -> str:
    return element(said.element, said.value, {"xml:lang": language_tag(said.lang), "xsi:type": said.scheme})


def _address(name: str, url: str) -> Statement:
    return Statement(name, url, scheme="dcterms:URI")


def _text(name: str, text: Text) -> Statement:
    return Statement(name, text.value, text.lang)


def _description(unified: UnifiedRecord, cover: Cover) -> Iterable[Statement]:
    """What only a full line shows."""
    yield from (Statement("dc:title", each.value, each.lang) for each in cover.described((unified.title,)))
    yield from (Statement("dcterms:alternative", each.value, each.lang) for each in cover.described(unified.titles))
    yield from map(_agent, cover.described(unified.agents))
    yield from (_text("dc:subject", subject.label) for subject in cover.described(unified.subjects))
    yield from (_text("dcterms:spatial", place.label) for place in cover.described(unified.places))
    yield from map(_described, cover.described(unified.descriptions))
    yield from (Statement("dc:type", each, scheme="dcterms:DCMIType") for each in cover.described(one(unified.type)))
    yield from (_text("dc:type", genre.label) for genre in cover.described(unified.genre))
    yield from (Statement("dcterms:extent", extent.text) for extent in cover.described(unified.extent))
    yield from (_text("dcterms:medium", medium.label) for medium in cover.described(unified.medium))
    yield from (Statement("dc:language", bcp47(each.lang, each.script)) for each in cover.described(unified.languages))
    yield from (_text("dc:description", edition) for edition in cover.described(one(unified.edition)))
    yield from (Statement("dc:identifier", each.value) for each in cover.described(unified.identifiers))
    yield from (_address("dc:identifier", link.url) for link in cover.linked(unified.digital))
    yield from map(_related, cover.described(unified.relations))
    yield from (said for rights in cover.described(unified.rights) for said in _rights(rights))


def _location(unified: UnifiedRecord, cover: Cover) -> Iterable[Statement]:
    """What a reduced line shows too: level, dates, holder, code and reason."""
    yield from (Statement("dc:type", level) for level in cover.located((unified.level,)))
    yield from map(_date, cover.located(unified.dates))
    yield from map(_holding, cover.located(unified.holding))
    yield from map(_access, cover.located(unified.access))


def _agent(agent: Agent) -> Statement:
    return _text(f"dc:{dublin_core_element(agent)}", agent.name)


def _described(said: Description) -> Statement:
    name = _DESCRIPTIONS.get(said.kind)
    return Statement(f"dcterms:{name}" if name else "dc:description", said.value, said.lang)


def _related(relation: Relation) -> Statement:
    name = _RELATIONS.get(relation.type)
    return Statement(f"dcterms:{name}" if name else "dc:relation", relation.label or relation.target)


def _rights(rights: Rights) -> Iterable[Statement]:
    yield _address("dc:rights", rights.uri)
    yield from (_text("dc:rights", text) for text in rights.text)


def _date(date: HistoricalDate) -> Statement:
    if date.kind == "covered":
        return Statement("dcterms:temporal", date.edtf or date.text)
    name = _DATES.get(date.kind)
    return Statement(f"dcterms:{name}" if name else "dc:date", date.edtf or date.text)


def _holding(holding: Holding) -> Statement:
    return Statement("dc:source", holding_words(holding))


def _access(access: Access) -> Statement:
    return Statement("dcterms:accessRights", access_words(access), "eng")
