"""MARC 21 bibliographic as MARCXML: single things outside of a hierarchy. `access` is heeded first, by `cover`.

A form in another script goes to an 880 field that is linked by $6 (MARC 21, Appendix A).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import msgspec

from mappings.formats.marc_fields import is_latin
from mappings.schema.agents import Agent
from mappings.schema.holding import Holding
from mappings.schema.identifiers import Identifier
from mappings.schema.languages import marc_code
from mappings.schema.record import Description, Digital, Place, Relation, Subject, Title
from mappings.schema.rights import Rights
from mappings.schema.text import Label, Variant
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations import marcxml
from mappings.serialisations.agents import is_creator, is_publisher, life_years
from mappings.serialisations.cover import Cover, FormatUnavailable, cover_of, one
from mappings.serialisations.marc_fixed import fixed_field, leader
from mappings.serialisations.markup import Attributes, element, enclosed, words
from mappings.serialisations.one_line import access_words, title_and_address

PREFIX = "marc21"
NAMESPACE = marcxml.NAMESPACE
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"
VERSION = 1

#: what this format cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "dates.start",
    "dates.end",
    "titles.lang",
    "places.role",
    "places.point",
    "holding.parts",
    "holding.containers",
    "access.conditions",
    "form",
)

#: what MARC 21 cannot do without
LACKS = ("a single thing outside of a hierarchy", "a full entry")
_ROOT: Attributes = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
}
#: kinds of other titles -> tag and indicators
_TITLES = {
    "parallel": ("246", "31"),
    "alternative": ("246", "33"),
    "subtitle": ("246", "30"),
    "uniform": ("730", "0 "),
    "former": ("247", "10"),
}
#: kinds of descriptions -> tag, indicators and subfield
_DESCRIPTIONS = {
    "abstract": ("520", "3 ", "a"),
    "scope_and_content": ("520", "2 ", "a"),
    "contents": ("505", "0 ", "a"),
    "biography_or_history": ("545", "  ", "a"),
    "arrangement": ("351", "  ", "b"),
    "custodial_history": ("561", "1 ", "a"),
    "acquisition": ("541", "1 ", "a"),
    "appraisal": ("583", "1 ", "a"),
}
#: kind of the descriptions that stand behind the title
_RESPONSIBILITY = "statement_of_responsibility"
#: kinds of subjects -> tag, first indicator
_SUBJECTS = {
    "person": ("600", "1"),
    "corporate": ("610", "2"),
    "title": ("630", "0"),
    "period": ("648", " "),
    "topic": ("650", " "),
    "place": ("651", " "),
}
#: kinds of agents -> last two digits of the tag, first indicator
_NAMES = {"person": ("00", "1"), "family": ("00", "3"), "corporate": ("10", "2")}
_RELATIONS = {
    "part_of": ("773", "0 "),
    "version_of": ("775", "0 "),
    "replaces": ("780", "00"),
    "references": ("787", "0 "),
}


class Field(msgspec.Struct, frozen=True):
    """A data field: tag, two indicators, subfields in order; a subfield without words is not written."""

    tag: str
    indicators: str
    subfields: tuple[tuple[str, str | None], ...]
    #: the same words in another script, for the first subfield
    variants: tuple[Variant, ...] = ()
    #: further subfields in that script, in place of those with the same code; empty ones are left out there
    in_that_script: tuple[tuple[str, str], ...] = ()


class MarcRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record before it is written."""

    leader: str
    #: tag and content
    control: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> str:
    """The `<record>` element of a work or of one copy.

    identifiers   addresses of the record here
    raises        EntryHidden where the audience may see no line of it, FormatUnavailable where it is neither
    """
    made = marc_record(unified, identifiers=identifiers)
    said = [element("leader", made.leader)]
    said += [enclosed("controlfield", words(data), {"tag": tag}) for tag, data in made.control]
    said += [_data_field(field) for field in made.fields]
    return enclosed("record", "".join(said), _ROOT)


def marc_record(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> MarcRecord:
    """The fields of a record, as `write` and ISO 2709 carry them; raises as `write`."""
    cover = cover_of(unified)
    if lack := missing(unified, cover):
        raise FormatUnavailable("MARC 21", lack)
    fields = sorted(_fields(unified, cover, identifiers), key=lambda field: field.tag)
    return MarcRecord(
        leader=leader(unified, cover),
        control=(("001", unified.id), ("008", fixed_field(unified, cover))),
        fields=tuple(_linked(fields)),
    )


def missing(unified: UnifiedRecord, cover: Cover) -> str:
    """What the record lacks to be said in MARC 21; empty where it lacks nothing."""
    if unified.level.value not in ("work", "item") or any(member.hierarchy for member in unified.members):
        return LACKS[0]
    return "" if cover.described((unified.title,)) else LACKS[1]


def _linked(fields: Iterable[Field]) -> Iterator[Field]:
    """Fields that say something, and behind them the 880 fields of their other scripts."""
    occurrence, linked = count(1), list[Field]()
    for field in fields:
        subfields = tuple((code, value) for code, value in field.subfields if value and value.strip())
        if not subfields:
            continue
        for variant in field.variants[:1]:
            number = f"{next(occurrence):02}"
            code, said = subfields[0][0], dict(field.in_that_script)
            rest = tuple((each, form) for each, value in subfields[1:] if (form := said.get(each, value)))
            linked.append(
                Field("880", field.indicators, (("6", f"{field.tag}-{number}"), (code, variant.value), *rest))
            )
            subfields = (("6", f"880-{number}"), *subfields)
        yield Field(field.tag, field.indicators, subfields)
    yield from linked


def _data_field(field: Field) -> str:
    content = "".join([element("subfield", value, {"code": code}) for code, value in field.subfields])
    attributes = {"tag": field.tag, "ind1": field.indicators[0], "ind2": field.indicators[1]}
    return enclosed("datafield", content, attributes)


def _fields(unified: UnifiedRecord, cover: Cover, identifiers: Sequence[str]) -> Iterator[Field]:
    for each in cover.described(unified.identifiers):
        yield _identifier(each)
    yield from _languages(unified, cover)
    yield from _agents(cover.described(unified.agents))
    yield from _titles(unified, cover)
    yield from _imprint(unified, cover)
    yield from _physical(unified, cover)
    for said in cover.described(unified.descriptions):
        if said.kind != _RESPONSIBILITY:
            yield _description(said)
    for access in cover.located(unified.access):
        if access.status != "unknown":
            yield Field("506", "0 " if access.status == "open" else "1 ", (("a", access_words(access)),))
    for rights in cover.described(unified.rights):
        yield _rights(rights)
    for subject in cover.described(unified.subjects):
        yield _subject(subject)
    for place in cover.described(unified.places):
        yield _place(place)
    for genre in cover.described(unified.genre):
        yield _label("655", genre)
    for relation in cover.described(unified.relations):
        yield _relation(relation)
    for holding in cover.located(unified.holding):
        yield _holding(holding)
    for url in identifiers:
        yield Field("856", "42", (("u", url),))
    for link in cover.linked(unified.digital):
        yield _link(link)


def _identifier(each: Identifier) -> Field:
    value = each.normalised or each.value
    match each.scheme:
        case "isbn" | "issn":
            tag = "020" if each.scheme == "isbn" else "022"
            return Field(tag, "  ", (("a" if each.valid else "z" if tag == "020" else "y", value),))
        case "lccn":
            return Field("010", "  ", (("a", value),))
        case "oclc":
            return Field("035", "  ", (("a", f"(OCoLC){value}"),))
        case "doi" | "handle" | "ark" | "urn":
            source = {"handle": "hdl"}.get(each.scheme, each.scheme)
            return Field("024", "7 ", (("a", value), ("2", source)))
    return Field("024", "8 ", (("a", each.value),))


def _languages(unified: UnifiedRecord, cover: Cover) -> Iterator[Field]:
    languages = cover.described(unified.languages)
    if len(languages) > 1:
        yield Field("041", "  ", tuple(("a", marc_code(each.lang)) for each in languages))


def _agents(agents: Sequence[Agent]) -> Iterator[Field]:
    """The first creator is the main entry (1XX), the others are added entries (7XX)."""
    main = next((agent for agent in agents if agent.roles and is_creator(agent)), None)
    for agent in agents:
        ending, first = _NAMES.get(agent.kind or "", ("20", " "))
        if agent is main and ending == "20":
            ending = "00"
        number = "1" if agent is main else "7"
        yield Field(f"{number}{ending}", f"{first} ", _name(agent), agent.variants)


def _name(agent: Agent) -> tuple[tuple[str, str | None], ...]:
    authorities = [("0", each.value) for each in agent.ids if each.value.startswith("http")]
    return (("a", agent.name.value), ("d", life_years(agent)), *authorities, *(("4", role) for role in agent.roles))


def _titles(unified: UnifiedRecord, cover: Cover) -> Iterator[Field]:
    parts = [("n", part.number) for part in cover.described(unified.part)]
    has_main = any(agent.roles and is_creator(agent) for agent in cover.described(unified.agents))
    said = [each.value for each in cover.described(unified.descriptions) if each.kind == _RESPONSIBILITY]
    for title in cover.described((unified.title,)):
        own, beside = _by_script(said, title)
        responsible = (("c", own),) if own else ()
        subfields = (("a", title.value), *parts, *responsible)
        yield Field("245", "10" if has_main else "00", subfields, title.variants, (("c", beside),))
    for other in cover.described(unified.titles):
        tag, indicators = _TITLES[other.kind]
        yield Field(tag, indicators, (("a", other.value),), other.variants)


def _by_script(said: Sequence[str], title: Title) -> tuple[str, str]:
    """Statements of responsibility for the title and for its form in the other script; those of neither go with it."""
    latin = is_latin(title.value)
    beside: list[str] = []
    if title.variants and is_latin(title.variants[0].value) != latin:
        beside = [each for each in said if is_latin(each) != latin]
    own = [each for each in said if each not in beside]
    return " ; ".join(own or beside), " ; ".join(beside) if own else ""


def _imprint(unified: UnifiedRecord, cover: Cover) -> Iterator[Field]:
    """264: published where, by whom and when; made when; copyright. 250: edition."""
    for edition in cover.described(one(unified.edition)):
        yield Field("250", "  ", (("a", edition.value),))
    dates = cover.located(unified.dates)
    places = [("a", place.label.value) for place in cover.described(unified.places) if place.role == "published"]
    publishers = [("b", agent.name.value) for agent in cover.described(unified.agents) if is_publisher(agent)]
    issued = [("c", date.text) for date in dates if date.kind == "issued"]
    yield Field("264", " 1", (*places, *publishers, *issued))
    for date in dates:
        if date.kind in ("created", "accumulated"):
            yield Field("264", " 0", (("c", date.text),))
        elif date.kind == "copyright":
            yield Field("264", " 4", (("c", date.text),))


def _physical(unified: UnifiedRecord, cover: Cover) -> Iterator[Field]:
    for extent in cover.described(unified.extent):
        yield Field("300", "  ", (("a", extent.text),))
    for medium in cover.described(unified.medium):
        yield Field("340", "  ", (("a", medium.label.value),))


def _description(said: Description) -> Field:
    tag, indicators, code = _DESCRIPTIONS.get(said.kind, ("500", "  ", "a"))
    return Field(tag, indicators, ((code, said.value),))


def _rights(rights: Rights) -> Field:
    return Field("540", "  ", (*(("a", text.value) for text in rights.text), ("u", rights.uri)))


def _subject(subject: Subject) -> Field:
    if subject.kind == "classification":
        return Field("084", "  ", (("a", subject.notation or subject.label.value), ("2", subject.scheme)))
    tag, first = _SUBJECTS[subject.kind]
    return Field(tag, f"{first}{_source_indicator(subject.scheme)}", _term(subject.label.value, subject))


def _term(text: str, term: Subject | Label | Place) -> tuple[tuple[str, str | None], ...]:
    return ("a", text), ("0", term.uri), ("2", term.scheme)


def _source_indicator(scheme: str | None) -> str:
    """7: the thesaurus stands in $2; 4: it is not known."""
    return "7" if scheme else "4"


def _place(place: Place) -> Field:
    if place.role in ("created", "published"):
        return Field("751", "  ", (("a", place.label.value), ("0", place.uri)))
    return Field("651", f" {_source_indicator(place.scheme)}", _term(place.label.value, place))


def _label(tag: str, label: Label) -> Field:
    return Field(tag, f" {_source_indicator(label.scheme)}", _term(label.label.value, label))


def _relation(relation: Relation) -> Field:
    tag, indicators = _RELATIONS.get(relation.type, ("776", "0 "))
    title, address = title_and_address(relation)
    return Field(tag, indicators, (("t", title), ("o", address)))


def _holding(holding: Holding) -> Field:
    institution = holding.institution
    return Field(
        "852",
        "8 ",
        (
            ("a", institution.isil or institution.name),
            ("b", holding.department),
            ("j", holding.reference_code),
            ("u", holding.url),
            ("z", institution.name if institution.isil else None),
        ),
    )


def _link(link: Digital) -> Field:
    return Field("856", "42" if link.role in ("landing", "finding_aid") else "40", (("u", link.url), ("q", link.mime)))
