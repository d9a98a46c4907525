"""Records in Contexts (RiC-O 1.0.2) as JSON-LD: the record resource, its instantiations, and what is around them.

A level that gathers is a RecordSet, an item or a work a Record; each holding and each open file is an Instantiation.
What RiC-O says of a Record alone is said of a set's members (`hasOrHadSomeMembersWith…`). `access` is heeded first, by
`cover`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.hierarchy import Ancestor
from mappings.schema.holding import Holding, Institution
from mappings.schema.identifiers import Identifier
from mappings.schema.languages import bcp47
from mappings.schema.record import Place, Subject
from mappings.schema.rights import NOT_EVALUATED
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import is_creator, is_publisher
from mappings.serialisations.cover import Cover, cover_of, one
from mappings.serialisations.markup import language_tag
from mappings.serialisations.one_line import access_words

SUFFIX, CONTENT_TYPE = "ric.jsonld", "application/ld+json"
#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "titles.kind",
    "agents.roles beyond creator, publisher and owner",
    "agents.dates",
    "variants",
    "dates.calendar",
    "places.point",
    "holding.department",
    "holding.parts",
    "holding.containers",
    "access.secrecy",
    "edition",
    "part",
    "digital beyond open files",
    "relations",
)
RICO = "https://www.ica.org/standards/RiC/ontology#"
_RECORD_SET_TYPES = "https://www.ica.org/standards/RiC/vocabularies/recordSetTypes#"
_CONTEXT = {"rico": RICO, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
_GATHERING = frozenset({"collection", "fonds", "subfonds", "series", "subseries", "file"})
_NAMED_TYPES = frozenset({"collection", "fonds", "series", "file"})
_AGENTS = {"person": "rico:Person", "corporate": "rico:CorporateBody", "family": "rico:Family"}
_SUBJECTS = {**_AGENTS, "place": "rico:Place"}
_OWNERS = frozenset({"own", "fmo"})
_DATES = {"created": "rico:hasCreationDate", "issued": "rico:hasPublicationDate", "covered": "rico:hasOrHadSubject"}
_DESCRIPTIONS = {
    "abstract": "rico:scopeAndContent",
    "scope_and_content": "rico:scopeAndContent",
    "contents": "rico:scopeAndContent",
    "custodial_history": "rico:history",
    "acquisition": "rico:history",
}
#: an address that stands in an RDF document without being escaped (RFC 3987; Turtle 1.1, IRIREF)
_IRI = re.compile(r"https?://[^\x00-\x20<>\"{}|\\^`]+")

Node = dict[str, Any]


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The JSON-LD text.

    identifiers   addresses of the record here; the first names the record resource
    raises        EntryHidden where the audience may see no line of it
    """
    return msgspec.json.encode(graph(unified, identifiers=identifiers)).decode()


def graph(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> Node:
    """The JSON-LD document; raises as `write`."""
    cover = cover_of(unified)
    about = identifiers[0] if identifiers else f"#{unified.id}"
    level = next(iter(cover.located((unified.level,))), "item")
    is_set = level in _GATHERING
    said: Node = {"@context": _CONTEXT, "@id": about, "@type": "rico:RecordSet" if is_set else "rico:Record"}
    if is_set:
        _add(said, "rico:hasRecordSetType", _record_set_type(level))
    for name, value in (*_described(unified, cover, is_set=is_set), *_located(unified, cover, about)):
        _add(said, name, value)
    return said


def _add(node: Node, name: str, value: Any) -> None:
    node.setdefault(name, []).append(value)


def _record_set_type(level: str) -> Node:
    if level in _NAMED_TYPES:
        return {"@id": _RECORD_SET_TYPES + level.title(), "@type": "rico:RecordSetType"}
    return _named("rico:RecordSetType", level)


def _words(text: str, lang: str | None = None) -> Any:
    """A literal, with its language where it is known."""
    tag = language_tag(lang)
    return {"@value": text, "@language": tag} if tag else text


def _named(kind: str, name: Any, uri: str | None = None) -> Node:
    """A thing by its name, and by its address where it has one."""
    found: Node = {"@type": kind, "rico:name": name}
    return {"@id": uri, **found} if uri and _IRI.fullmatch(uri) else found


def _described(unified: UnifiedRecord, cover: Cover, *, is_set: bool) -> Iterable[tuple[str, Any]]:
    """What only a full line shows."""
    for title in cover.described((unified.title,)):
        yield "rico:title", _words(title.value, title.lang)
    for other in cover.described(unified.titles):
        title_node = {"@type": "rico:Title", "rico:textualValue": _words(other.value, other.lang)}
        yield "rico:hasOrHadTitle", title_node
    yield from ((_relation(agent), _agent(agent)) for agent in cover.described(unified.agents))
    yield from map(_subject, cover.described(unified.subjects))
    yield from map(_place, cover.described(unified.places))
    yield from _of_members(unified, cover, "rico:hasOrHadSomeMembersWith" if is_set else "")
    for extent in cover.described(unified.extent):
        yield "rico:recordResourceExtent", extent.text
    for said in cover.described(unified.descriptions):
        yield _DESCRIPTIONS.get(said.kind, "rico:generalDescription"), _words(said.value, said.lang)
    yield from (("rico:hasOrHadIdentifier", _identifier(each)) for each in cover.described(unified.identifiers))
    for rights in cover.described(unified.rights):
        said_of_use = (rights.uri, *(text.value for text in rights.text))
        yield from (("rico:conditionsOfUse", words) for words in said_of_use if words != NOT_EVALUATED)
    for link in cover.linked(unified.digital):
        if link.role == "file" and _IRI.fullmatch(link.url):
            yield "rico:hasOrHadInstantiation", {"@id": link.url, "@type": "rico:Instantiation"}


def _of_members(unified: UnifiedRecord, cover: Cover, prefix: str) -> Iterable[tuple[str, Any]]:
    """What the ontology says of single records: of a set it is said of some of its members."""
    names = ("Language", "DocumentaryFormType", "ContentType")
    alone = ("rico:hasOrHadLanguage", "rico:hasDocumentaryFormType", "rico:hasContentOfType")
    language, form, content = [f"{prefix}{name}" for name in names] if prefix else alone
    for each in cover.described(unified.languages):
        yield language, _named("rico:Language", bcp47(each.lang, each.script))
    for genre in cover.described(unified.genre):
        yield form, _named("rico:DocumentaryFormType", _words(genre.label.value, genre.label.lang), genre.uri)
    for kind in cover.described(one(unified.type)):
        yield content, _named("rico:ContentType", kind)


def _relation(agent: Agent) -> str:
    if is_publisher(agent):
        return "rico:hasPublisher"
    if is_creator(agent):
        return "rico:hasCreator"
    return "rico:isRelatedTo" if _OWNERS.isdisjoint(agent.roles) else "rico:hasOrHadOwner"


def _agent(agent: Agent) -> Node:
    uri = next((each.value for each in agent.ids if _IRI.fullmatch(each.value)), None)
    return _named(_AGENTS.get(agent.kind or "", "rico:Agent"), _words(agent.name.value, agent.name.lang), uri)


def _subject(subject: Subject) -> tuple[str, Any]:
    name = _words(subject.label.value, subject.label.lang)
    return "rico:hasOrHadSubject", _named(_SUBJECTS.get(subject.kind, "rico:Concept"), name, subject.uri)


def _place(place: Place) -> tuple[str, Any]:
    is_subject = place.role in ("covered", "depicted")
    name = "rico:hasOrHadSubject" if is_subject else "rico:isAssociatedWithPlace"
    return name, _named("rico:Place", _words(place.label.value, place.label.lang), place.uri)


def _identifier(identifier: Identifier) -> Node:
    return {
        "@type": "rico:Identifier",
        "rico:textualValue": identifier.normalised or identifier.value,
        "rico:hasIdentifierType": _named("rico:IdentifierType", identifier.scheme),
    }


def _located(unified: UnifiedRecord, cover: Cover, about: str) -> Iterable[tuple[str, Any]]:
    """What a reduced line shows too."""
    yield from ((_DATES.get(each.kind, "rico:isAssociatedWithDate"), _date(each)) for each in _dates(unified, cover))
    carriers = [_named("rico:CarrierType", each.label.value) for each in cover.described(unified.medium)]
    for holding in cover.located(unified.holding):
        yield "rico:hasOrHadInstantiation", _instantiation(holding, carriers)
    for words in dict.fromkeys(access_words(access) for access in cover.located(unified.access)):
        yield "rico:conditionsOfAccess", words
    for path in _paths(unified, cover):
        yield "rico:isOrWasIncludedIn", _included(path, about.partition("/r/")[0])


def _dates(unified: UnifiedRecord, cover: Cover) -> list[HistoricalDate]:
    return [each for each in cover.located(unified.dates) if each.text or each.edtf]


def _date(date: HistoricalDate) -> Node:
    normal = {"rico:normalizedDateValue": date.edtf} if date.edtf else {}
    return {"@type": "rico:Date", "rico:expressedDate": date.text or date.edtf, **normal}


def _instantiation(holding: Holding, carriers: Sequence[Node]) -> Node:
    """The material as one institution keeps it."""
    found: Node = {"@type": "rico:Instantiation", "rico:hasOrHadHolder": _holder(holding.institution)}
    if holding.reference_code:
        found["rico:identifier"] = holding.reference_code
    if holding.url and _IRI.fullmatch(holding.url):
        found["rdfs:seeAlso"] = {"@id": holding.url}
    return {**found, "rico:hasCarrierType": list(carriers)} if carriers else found


def _holder(institution: Institution) -> Node:
    code = institution.isil or institution.archive_code
    return _named("rico:CorporateBody", institution.name) | ({"rico:identifier": code} if code else {})


def _paths(unified: UnifiedRecord, cover: Cover) -> list[tuple[Ancestor, ...]]:
    """The line of units above each member that stands in a hierarchy."""
    seen = [member for member in unified.members if member.record in cover.seen and member.hierarchy]
    return list(dict.fromkeys(member.hierarchy.path for member in seen if member.hierarchy and member.hierarchy.path))


def _included(path: Sequence[Ancestor], base: str) -> Node:
    """The nearest unit above, which is in the one above it in turn."""
    *above, nearest = path
    uri = f"{base}/m/{nearest.id}" if base.startswith("http") else f"#{nearest.id}"
    found: Node = {"@id": uri, "@type": "rico:RecordSet"}
    if nearest.title:
        found["rico:title"] = nearest.title
    if above:
        found["rico:isOrWasIncludedIn"] = _included(above, base)
    return found
