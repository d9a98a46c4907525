"""EAD3 1.1: a unit with the line of units above it. `access` is heeded first, by `cover`.

Single things outside of a hierarchy are left to the formats of libraries and museums.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.hierarchy import Ancestor
from mappings.schema.holding import Holding
from mappings.schema.languages import marc_code
from mappings.schema.levels import Level
from mappings.schema.record import Description, Subject
from mappings.schema.rights import Rights
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import is_creator, life_years
from mappings.serialisations.cover import Cover, FormatUnavailable, cover_of
from mappings.serialisations.markup import Attributes, element, empty, enclosed
from mappings.serialisations.one_line import access_words, title_and_address

PREFIX = "ead3"
NAMESPACE = "http://ead3.archivists.org/schema/"
SCHEMA = "https://www.loc.gov/ead/ead3.xsd"
VERSION = 1

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "type",
    "variants",
    "agents.roles beyond the first",
    "titles.kind",
    "dates.kind",
    "dates.start",
    "dates.end",
    "places.role",
    "places.point",
    "holding.parts",
    "access.conditions",
    "edition",
    "part",
    "form",
    "statements of responsibility, but for their words",
)

#: what EAD3 cannot do without
LACKS = ("an archival level", "a place in a finding aid")
_ROOT: Attributes = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
_NAMES = {"person": "persname", "corporate": "corpname", "family": "famname"}
_SUBJECTS = {**_NAMES, "place": "geogname", "title": "title"}
#: kinds of descriptions -> the element of a unit
_SECTIONS = {
    "scope_and_content": "scopecontent",
    "contents": "scopecontent",
    "biography_or_history": "bioghist",
    "arrangement": "arrangement",
    "custodial_history": "custodhist",
    "acquisition": "acqinfo",
    "appraisal": "appraisal",
    "statement_of_responsibility": "odd",
    "note": "odd",
}


def missing(unified: UnifiedRecord, cover: Cover) -> str:
    """What the record lacks to be said in EAD3; empty where it lacks nothing."""
    levels = cover.located((unified.level,))
    if not levels or levels[0] == "work":
        return LACKS[0]
    in_hierarchy = any(member.hierarchy for member in unified.members if member.record in cover.seen)
    return LACKS[1] if levels[0] == "item" and not in_hierarchy else ""


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<ead>` element of a record.

    identifiers   addresses of the record here
    raises        EntryHidden where the audience may see no line of it, FormatUnavailable for what is no archival unit
    """
    cover = cover_of(unified)
    if lack := missing(unified, cover):
        raise FormatUnavailable("EAD3", lack)
    unit = _did(unified, cover) + "".join(_sections(unified, cover))
    described = _below(_path(unified, cover), unified.level.value, unit)
    return enclosed("ead", _control(unified, cover, identifiers) + described, _ROOT)


def _path(unified: UnifiedRecord, cover: Cover) -> tuple[Ancestor, ...]:
    """The units above, which only a full line tells."""
    hierarchies = (member.hierarchy for member in unified.members if member.record in cover.full)
    return next((each.path for each in hierarchies if each is not None), ())


def _below(path: Sequence[Ancestor], level: Level, unit: str) -> str:
    """The archival description of the topmost unit, with the line of components that leads down to this one."""
    if not path:
        return enclosed("archdesc", unit, {"level": level})
    inner = enclosed("c", unit, {"level": level})
    for above in reversed(path[1:]):
        inner = enclosed("c", _above(above) + inner, {"level": above.level})
    return enclosed("archdesc", _above(path[0]) + enclosed("dsc", inner), {"level": path[0].level})


def _above(ancestor: Ancestor) -> str:
    known = element("unitid", ancestor.id, {"localtype": "exchange"})
    return enclosed("did", known + element("unittitle", ancestor.title))


def _control(unified: UnifiedRecord, cover: Cover, identifiers: Sequence[str]) -> str:
    titles = [title.value for title in cover.described((unified.title,))]
    lead = next(member for member in unified.members if member.record in cover.seen)
    agent = element("agenttype", "machine", {"value": "machine"}) + element("agent", "archive-exchange")
    event = element("eventtype", "derived", {"value": "derived"})
    event += element("eventdatetime", lead.first_seen or "unknown") + agent
    said = [
        element("recordid", unified.id, {"instanceurl": identifiers[0] if identifiers else None}),
        enclosed("filedesc", enclosed("titlestmt", element("titleproper", titles[0] if titles else unified.id))),
        element("maintenancestatus", "derived", {"value": "derived"}),
        enclosed("maintenanceagency", element("agencyname", lead.institution_name)),
        enclosed("maintenancehistory", enclosed("maintenanceevent", event)),
    ]
    return enclosed("control", "".join(said))


def _did(unified: UnifiedRecord, cover: Cover) -> str:
    said = [part for holding in cover.located(unified.holding) for part in _holding(holding)]
    said += [element("unittitle", each.value) for each in cover.described((unified.title,)) if not each.supplied]
    said += [element("unittitle", f"[{each.value}]") for each in cover.described((unified.title,)) if each.supplied]
    said += [element("unittitle", each.value, {"localtype": each.kind}) for each in cover.described(unified.titles)]
    said += [element("unitdate", each.text or each.edtf) for each in cover.located(unified.dates)]
    said += [element("unitid", each.value, {"localtype": each.scheme}) for each in cover.described(unified.identifiers)]
    said += [enclosed("origination", _agent(each)) for each in cover.described(unified.agents) if is_creator(each)]
    said += [element("physdesc", each.text) for each in cover.described(unified.extent)]
    said += [element("physdesc", each.label.value) for each in cover.described(unified.medium)]
    said += [_language(each.lang) for each in cover.described(unified.languages)]
    said += [
        element("abstract", each.value) for each in cover.described(unified.descriptions) if each.kind == "abstract"
    ]
    said += [empty("dao", {"daotype": "unknown", "href": link.url}) for link in cover.linked(unified.digital)]
    return enclosed("did", "".join(said) or element("unitid", unified.id, {"localtype": "exchange"}))


def _holding(holding: Holding) -> Iterable[str]:
    """Code first: what reads the unit takes the first for its reference code."""
    yield element("unitid", holding.reference_code)
    isil = {"identifier": holding.institution.isil, "source": "ISIL" if holding.institution.isil else None}
    yield enclosed("repository", enclosed("corpname", element("part", holding.institution.name), isil))
    yield element("physloc", holding.department)
    yield from (element("container", each.number, {"localtype": each.type}) for each in holding.containers)


def _agent(agent: Agent) -> str:
    uri = next((each.value for each in agent.ids if each.value.startswith("http")), None)
    parts = element("part", agent.name.value) + element("part", life_years(agent), {"localtype": "existDates"})
    attributes = {"identifier": uri, "relator": agent.roles[0] if agent.roles else None}
    return enclosed(_NAMES.get(agent.kind or "", "name"), parts, attributes)


def _language(lang: str) -> str:
    return enclosed("langmaterial", element("language", lang, {"langcode": marc_code(lang)}))


def _sections(unified: UnifiedRecord, cover: Cover) -> Iterable[str]:
    yield from map(_access, cover.located(unified.access))
    yield from (part for rights in cover.described(unified.rights) for part in _rights(rights))
    yield from (_section(each) for each in cover.described(unified.descriptions) if each.kind != "abstract")
    yield _headings(unified, cover)
    for relation in cover.described(unified.relations):
        said = " ".join(filter(None, title_and_address(relation)))
        yield enclosed("relatedmaterial", element("p", said))


def _section(said: Description) -> str:
    paragraphs = "".join(element("p", line) for line in said.value.split("\n"))
    return enclosed(_SECTIONS[said.kind], paragraphs)


def _access(access: Access) -> str:
    given = access.conditions_of_access if access.line == "full" else None
    return enclosed("accessrestrict", element("p", given) + element("p", access_words(access)))


def _rights(rights: Rights) -> Iterable[str]:
    """The URI apart, so that what reads the unit can tell it from the words."""
    yield enclosed("userestrict", element("p", rights.uri))
    yield enclosed("userestrict", "".join(element("p", text.value) for text in rights.text))


def _headings(unified: UnifiedRecord, cover: Cover) -> str:
    said = [_subject(each) for each in cover.described(unified.subjects)]
    said += [_agent(each) for each in cover.described(unified.agents) if not is_creator(each)]
    said += [
        enclosed("genreform", element("part", each.label.value), {"identifier": each.uri, "source": each.scheme})
        for each in cover.described(unified.genre)
    ]
    said += [
        enclosed("geogname", element("part", each.label.value), {"identifier": each.uri, "source": each.scheme})
        for each in cover.described(unified.places)
    ]
    return enclosed("controlaccess", "".join(said))


def _subject(subject: Subject) -> str:
    localtype = subject.kind if subject.kind in ("period", "classification") else None
    attributes = {"identifier": subject.uri, "source": subject.scheme, "localtype": localtype}
    label = subject.notation or subject.label.value if subject.kind == "classification" else subject.label.value
    return enclosed(_SUBJECTS.get(subject.kind, "subject"), element("part", label), attributes)
