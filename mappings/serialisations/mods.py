"""MODS 3.8: the description with its roles, dates, subjects and holders. `access` is heeded first, by `cover`."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding
from mappings.schema.languages import marc_code
from mappings.schema.record import Description, Digital, Place, Relation, Subject, Title
from mappings.schema.rights import Rights
from mappings.schema.text import Label, Text, Variant
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import life_years
from mappings.serialisations.cover import Cover, cover_of, one
from mappings.serialisations.markup import Attributes, element, empty, enclosed, language_tag
from mappings.serialisations.one_line import access_words, title_and_address

PREFIX = "mods"
NAMESPACE = "http://www.loc.gov/mods/v3"
SCHEMA = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
VERSION = 1

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "dates.start",
    "dates.end",
    "holding.parts",
    "holding.containers",
    "access.conditions",
    "form",
)

_ROOT: Attributes = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
    "version": "3.8",
}
_XLINK: Attributes = {"xmlns:xlink": "http://www.w3.org/1999/xlink"}
#: DCMI type -> typeOfResource
_TYPES = {
    "Text": "text",
    "Image": "still image",
    "StillImage": "still image",
    "MovingImage": "moving image",
    "Sound": "sound recording",
    "PhysicalObject": "three dimensional object",
    "Dataset": "software, multimedia",
    "Software": "software, multimedia",
    "InteractiveResource": "software, multimedia",
    "Collection": "mixed material",
}
_TITLE_TYPES = {"parallel": "translated", "alternative": "alternative", "uniform": "uniform", "former": "alternative"}
_NAME_TYPES = {"person": "personal", "corporate": "corporate", "family": "family"}
_DATE_ELEMENTS = {"issued": "dateIssued", "copyright": "copyrightDate", "digitised": "dateCaptured"}
#: kinds of subjects -> the element of a subject
_TOPICS = {"place": "geographic", "period": "temporal", "topic": "topic"}
_NOTE_TYPES = {
    "biography_or_history": "biographical/historical",
    "arrangement": "organization",
    "custodial_history": "ownership",
    "acquisition": "acquisition",
    "appraisal": "appraisal",
    "statement_of_responsibility": "statement of responsibility",
}
_RELATED = {
    "part_of": "host",
    "version_of": "otherVersion",
    "copy_of": "original",
    "microfilm_of": "original",
    "digital_copy_of": "original",
    "transcript_of": "original",
    "references": "references",
    "replaces": "preceding",
}


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<mods>` element of a record.

    identifiers   addresses of the record here
    raises        EntryHidden where the audience may see no line of it
    """
    cover = cover_of(unified)
    here = [enclosed("location", element("url", url, {"usage": "primary display"})) for url in identifiers]
    return enclosed("mods", "".join((*here, *_description(unified, cover), *_location(unified, cover))), _ROOT)


def _description(unified: UnifiedRecord, cover: Cover) -> list[str]:
    """What only a full line shows."""
    said = [part for title in cover.described((unified.title,)) for part in _title(title)]
    for other in cover.described(unified.titles):
        said += _title_info(other.value, _words(other.lang), other.variants, _TITLE_TYPES.get(other.kind))
    said += [_name(agent) for agent in cover.described(unified.agents)]
    said += [element("typeOfResource", _TYPES.get(kind)) for kind in cover.described(one(unified.type))]
    said += [_label("genre", genre) for genre in cover.described(unified.genre)]
    said += [
        enclosed("originInfo", element("edition", edition.value)) for edition in cover.described(one(unified.edition))
    ]
    said += [_language(each.lang) for each in cover.described(unified.languages)]
    said += [_physical(unified, cover)]
    said += [_described(each) for each in cover.described(unified.descriptions)]
    said += [_subject(each) for each in cover.described(unified.subjects)]
    said += [_place(each) for each in cover.described(unified.places)]
    said += [_related(each) for each in cover.described(unified.relations)]
    said += [element("identifier", each.value, {"type": each.scheme}) for each in cover.described(unified.identifiers)]
    said += [_link(each) for each in cover.linked(unified.digital)]
    said += [_part(each.type, each.number) for each in cover.described(unified.part)]
    said += [part for rights in cover.described(unified.rights) for part in _rights(rights)]
    return said


def _location(unified: UnifiedRecord, cover: Cover) -> list[str]:
    """What a reduced line shows too: level, dates, holder, code and reason."""
    said = [element("genre", level, {"type": "level of description"}) for level in cover.located((unified.level,))]
    said += [enclosed("originInfo", "".join(map(_date, cover.located(unified.dates))))]
    said += [_holding(each) for each in cover.located(unified.holding)]
    said += [_access(each) for each in cover.located(unified.access)]
    return said


def _words(lang: str | None, script: str | None = None) -> dict[str, str | None]:
    return {"xml:lang": language_tag(lang), "script": script}


def _title(title: Title) -> list[str]:
    words = _words(title.lang, title.script) | {"supplied": "yes" if title.supplied else None}
    return _title_info(title.value, words, title.variants, None)


def _title_info(value: str, words: Attributes, variants: Sequence[Variant], kind: str | None) -> list[str]:
    written = [enclosed("titleInfo", element("title", value), {"type": kind, **words})]
    for variant in variants:
        attributes = {"type": "translated" if variant.kind == "translation" else "alternative"}
        written.append(
            enclosed("titleInfo", element("title", variant.value), attributes | _words(variant.lang, variant.script))
        )
    return written


def _name(agent: Agent) -> str:
    attributes = {"type": _NAME_TYPES.get(agent.kind or ""), **_authority(agent)}
    return enclosed("name", _name_parts(agent), attributes)


def _authority(agent: Agent) -> dict[str, str | None]:
    uri = next((each.value for each in agent.ids if each.value.startswith("http")), None)
    return {"valueURI": uri, "xml:lang": language_tag(agent.name.lang)}


def _name_parts(agent: Agent) -> str:
    roles = [
        enclosed("role", element("roleTerm", role, {"type": "code", "authority": "marcrelator"}))
        for role in agent.roles
    ]
    others = [enclosed("alternativeName", element("namePart", each.value)) for each in agent.variants]
    dates = element("namePart", life_years(agent), {"type": "date"})
    return "".join((element("namePart", agent.name.value), dates, *roles, *others))


def _label(name: str, label: Label) -> str:
    return element(name, label.label.value, {"valueURI": label.uri, "xml:lang": language_tag(label.label.lang)})


def _language(lang: str) -> str:
    return enclosed("language", element("languageTerm", marc_code(lang), {"type": "code", "authority": "iso639-2b"}))


def _physical(unified: UnifiedRecord, cover: Cover) -> str:
    forms = [_label("form", medium) for medium in cover.described(unified.medium)]
    extents = [element("extent", extent.text) for extent in cover.described(unified.extent)]
    return enclosed("physicalDescription", "".join((*forms, *extents)))


def _described(said: Description) -> str:
    words = {"xml:lang": language_tag(said.lang)}
    if said.kind in ("abstract", "scope_and_content"):
        return element("abstract", said.value, words)
    if said.kind == "contents":
        return element("tableOfContents", said.value, words)
    return element("note", said.value, {"type": _NOTE_TYPES.get(said.kind), **words})


def _subject(subject: Subject) -> str:
    if subject.kind == "classification":
        return element("classification", subject.notation or subject.label.value, {"authority": subject.scheme})
    attributes = {"authority": subject.scheme, "valueURI": subject.uri, "xml:lang": language_tag(subject.label.lang)}
    return enclosed("subject", _subject_part(subject.kind, subject.label), attributes)


def _subject_part(kind: str, label: Text) -> str:
    if kind in ("person", "corporate"):
        return enclosed("name", element("namePart", label.value), {"type": _NAME_TYPES[kind]})
    if kind == "title":
        return enclosed("titleInfo", element("title", label.value))
    return element(_TOPICS[kind], label.value)


def _place(place: Place) -> str:
    if place.role in ("created", "published"):
        return enclosed("originInfo", enclosed("place", element("placeTerm", place.label.value, {"type": "text"})))
    point = f"{place.point.lat}, {place.point.lon}" if place.point else None
    cartographic = enclosed("cartographics", element("coordinates", point))
    named = element("geographic", place.label.value, {"valueURI": place.uri})
    return enclosed("subject", named + cartographic, {"authority": place.scheme})


def _related(relation: Relation) -> str:
    title, address = title_and_address(relation)
    said = enclosed("titleInfo", element("title", title)) + enclosed("location", element("url", address))
    return enclosed("relatedItem", said, {"type": _RELATED.get(relation.type, "otherFormat")})


def _link(link: Digital) -> str:
    access = {"landing": "object in context", "thumbnail": "preview"}.get(link.role, "raw object")
    return enclosed("location", element("url", link.url, {"access": access}))


def _part(kind: str, number: str) -> str:
    return enclosed("part", enclosed("detail", element("number", number), {"type": kind}))


def _rights(rights: Rights) -> list[str]:
    stated = [empty("accessCondition", {"type": "use and reproduction", "xlink:href": rights.uri, **_XLINK})]
    return stated + [
        element("accessCondition", text.value, {"type": "use and reproduction", "xml:lang": language_tag(text.lang)})
        for text in rights.text
    ]


def _date(date: HistoricalDate) -> str:
    if date.kind == "covered":
        return ""
    qualifiers = {"approximate": "approximate", "inferred": "inferred", "uncertain": "questionable"}
    qualifier = next((qualifiers[flag] for flag in date.flags if flag in qualifiers), None)
    encoding = "edtf" if date.edtf else None
    attributes = {"encoding": encoding, "qualifier": qualifier}
    return element(_DATE_ELEMENTS.get(date.kind, "dateCreated"), date.edtf or date.text, attributes)


def _holding(holding: Holding) -> str:
    isil = f"info:isil/{holding.institution.isil}" if holding.institution.isil else None
    said = element("physicalLocation", holding.institution.name, {"valueURI": isil})
    said += element("physicalLocation", holding.department, {"displayLabel": "department"})
    said += element("shelfLocator", holding.reference_code)
    return enclosed("location", said)


def _access(access: Access) -> str:
    return element("accessCondition", access_words(access), {"type": "restriction on access"})
