"""One thing as a page shows it: values by area of ISAD(G), each with the sigla of the records that it rests on.

The records of a thing are witnesses, as manuscripts of a text are: each institution's record has a siglum, a value ends
with the sigla of those that state it, and what departs from it stands beneath.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from mappings.schema.agents import Agent
from mappings.schema.rights import Rights
from mappings.schema.shown_date import shown_date
from mappings.schema.text import Text
from mappings.schema.unified import Member, Origin, Sourced, UnifiedRecord


class Witness(msgspec.Struct, frozen=True, kw_only=True):
    """One institution's record of the thing."""

    siglum: str
    record: str
    institution: str
    institution_name: str
    title: str
    dates: str
    reference_code: str | None
    department: str | None
    #: box, folder, … in the holder's own words, the outer one first
    containers: tuple[str, ...]
    #: the holder's own page, http or https
    url: str | None
    status: str
    line: str
    #: access conditions as the holder words them
    statement: str | None
    rights: str | None


class ShownText(msgspec.Struct, frozen=True, kw_only=True):
    """A value as text."""

    text: str
    lang: str | None = None
    #: codes whose words stand behind it, such as roles
    notes: tuple[str, ...] = ()
    #: of an identifier
    scheme: str = ""
    #: http and https only
    link: str | None = None
    #: what a search for it asks
    search: str | None = None
    #: the text is a code of this vocabulary
    code: str = ""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A value, who states it, and what departs from it."""

    value: ShownText
    sigla: tuple[str, ...]
    origins: tuple[Origin, ...]
    others: tuple[Reading, ...] = ()


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """The values of one field."""

    name: str
    readings: tuple[Reading, ...]


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """An area of the description."""

    name: str
    fields: tuple[Field, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of the way from the root."""

    id: str
    title: str | None
    level: str


class ClusterView(msgspec.Struct, frozen=True, kw_only=True):
    """A thing, ready to be shown."""

    id: str
    title: str
    title_lang: str | None
    title_reading: Reading
    level: str
    dates: str
    codes: tuple[str, ...]
    areas: tuple[Area, ...]
    witnesses: tuple[Witness, ...]
    path: tuple[Step, ...]
    #: what states the access of the only record; None where it states its own
    access_from: Step | None
    #: of some record less is shown than it has, so that its title may stand in for the one it has
    reduced: bool
    #: part of what is shown is hidden from the public
    private: bool

    @property
    def several(self) -> bool:
        """Whether more than one record speaks."""
        return len(self.witnesses) > 1


def cluster_view(unified: UnifiedRecord) -> ClusterView:
    """The view of a thing as its audience may see it."""
    sigla = {member.record: siglum(number) for number, member in enumerate(unified.members)}
    lead = unified.members[0]
    path = tuple(
        Step(id=step.id, title=step.title, level=step.level) for step in (lead.hierarchy.path if lead.hierarchy else ())
    )
    date = shown_date([each.value for each in unified.dates])
    return ClusterView(
        id=unified.id,
        title=unified.title.value.value,
        title_lang=unified.title.value.lang,
        title_reading=_reading(unified.title, lambda title: ShownText(text=title.value, lang=title.lang), sigla),
        level=str(unified.level.value),
        dates=date.text if date else lead.dates,
        codes=tuple(dict.fromkeys(m.reference_code for m in unified.members if m.reference_code)),
        areas=tuple(area for area in _areas(unified, sigla) if area.fields),
        witnesses=tuple(_witness(member, sigla) for member in unified.members),
        path=path,
        access_from=next((step for step in path if step.id == lead.access.inherited_from), None)
        if len(unified.members) == 1
        else None,
        reduced=any(member.access.line == "reduced" for member in unified.members),
        private=any(member.access.line == "hidden" for member in unified.members),
    )


def siglum(number: int) -> str:
    """A, B, … Z, A1, B1 …"""
    turn, place = divmod(number, 26)
    return string.ascii_uppercase[place] + (str(turn) if turn else "")


def safe_link(url: str | None) -> str | None:
    """`url` where it is one that a page may lead to."""
    return url if url is not None and url.startswith(("http://", "https://")) else None


def _witness(member: Member, sigla: Mapping[str, str]) -> Witness:
    place = next(iter(member.holding), None)
    return Witness(
        siglum=sigla[member.record],
        record=member.record,
        institution=member.institution,
        institution_name=member.institution_name,
        title=member.title,
        dates=member.dates,
        reference_code=member.reference_code,
        department=place.department if place else None,
        containers=tuple(f"{box.type} {box.number}" for box in place.containers) if place else (),
        url=safe_link(member.url),
        status=member.access.status,
        line=member.access.line,
        statement=member.access.conditions_of_access,
        rights=member.rights.uri,
    )


_Show = Callable[[Any], ShownText]


def _reading(sourced: Sourced[Any], show: _Show, sigla: Mapping[str, str]) -> Reading:
    """A value; of its departing readings those that look the same count for it."""
    readings = [Reading(value=show(sourced.value), sigla=_sigla(sourced.origins, sigla), origins=sourced.origins)]
    for other in sourced.others:
        reading = Reading(value=show(other.value), sigla=_sigla(other.origins, sigla), origins=other.origins)
        if _look(reading) == _look(readings[0]):
            readings[0] = _joined(readings[0], reading)
        else:
            readings.append(reading)
    return msgspec.structs.replace(readings[0], others=tuple(_merged(readings[1:])))


def _merged(readings: Iterable[Reading]) -> Iterable[Reading]:
    """Readings that look the same as one, with everybody who states it."""
    found: dict[tuple[str, tuple[str, ...], str], Reading] = {}
    for each in readings:
        look = _look(each)
        found[look] = _joined(found[look], each) if look in found else each
    return found.values()


def _look(reading: Reading) -> tuple[str, tuple[str, ...], str]:
    """What a reader sees of it; a language that one record states and another does not is no other reading."""
    return reading.value.text, reading.value.notes, reading.value.scheme


def _joined(one: Reading, other: Reading) -> Reading:
    return Reading(
        value=one.value,
        sigla=tuple(sorted({*one.sigla, *other.sigla})),
        origins=(*one.origins, *other.origins),
        others=(*one.others, *other.others),
    )


def _sigla(origins: Iterable[Origin], sigla: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({sigla[origin.record] for origin in origins if origin.record in sigla}))


#: area -> its fields in order; a kind of description is a field of its own, and so are the class numbers among subjects
_AREAS: dict[str, tuple[str, ...]] = {
    "identity": ("titles", "statement_of_responsibility", "dates", "extent", "medium", "edition", "part"),
    "context": ("agents", "biography_or_history", "custodial_history", "acquisition"),
    "content": (
        "abstract", "scope_and_content", "contents", "appraisal", "arrangement",
        "type", "genre", "subjects", "classes", "places", "languages",
    ),
    "use": ("access", "rights", "digital"),
    "allied": ("relations",),
    "notes": ("note",),
    "control": ("identifiers",),
}  # fmt: skip


def _areas(unified: UnifiedRecord, sigla: Mapping[str, str]) -> Iterator[Area]:
    for area, names in _AREAS.items():
        fields = [_field(unified, name, sigla) for name in names]
        yield Area(name=area, fields=tuple(field for field in fields if field.readings))


def _field(unified: UnifiedRecord, name: str, sigla: Mapping[str, str]) -> Field:
    show = _SHOWN.get(name, _text)
    return Field(name=name, readings=tuple(_merged(_reading(each, show, sigla) for each in _values(unified, name))))


def _values(unified: UnifiedRecord, name: str) -> Sequence[Sourced[Any]]:
    """The values of a field, or of a kind of description or subject."""
    if name in ("subjects", "classes"):
        return [each for each in unified.subjects if (each.value.kind == "classification") == (name == "classes")]
    if name not in UnifiedRecord.__struct_fields__:
        return [each for each in unified.descriptions if each.value.kind == name]
    value = getattr(unified, name)
    if isinstance(value, tuple):
        return value
    return [] if value is None else [value]


def _text(value: Any) -> ShownText:
    return ShownText(text=value.value, lang=value.lang)


def _label(value: Any) -> ShownText:
    label: Text = value.label
    return ShownText(text=label.value, lang=label.lang)


def _searched(field: str) -> _Show:
    def show(value: Any) -> ShownText:
        label: Text = value.label
        return ShownText(text=label.value, lang=label.lang, search=f'{field}:"{_quoted(label.value)}"')

    return show


def _agent(agent: Agent) -> ShownText:
    asked = f'creator:"{_quoted(agent.name.value)}"'
    return ShownText(text=agent.name.value, lang=agent.name.lang, notes=agent.roles, search=asked)


def _identifier(identifier: Any) -> ShownText:
    link = identifier.normalised if identifier.scheme == "url" else None
    return ShownText(text=identifier.value, scheme=identifier.scheme, link=safe_link(link))


def _rights(rights: Rights) -> ShownText:
    if rights.text:
        return ShownText(text=rights.text[0].value, lang=rights.text[0].lang, link=safe_link(rights.uri))
    return ShownText(text=rights.uri, link=safe_link(rights.uri), code="rights")


def _quoted(text: str) -> str:
    return text.replace('"', " ")[:120]


_SHOWN: dict[str, _Show] = {
    "dates": lambda date: ShownText(text=date.text or date.edtf or ""),
    "extent": lambda extent: ShownText(text=extent.text),
    "medium": _label,
    "part": lambda part: ShownText(text=f"{part.type} {part.number}"),
    "agents": _agent,
    "type": lambda kind: ShownText(text=kind, code="type"),
    "genre": _label,
    "subjects": _searched("subject"),
    "classes": _searched("subject"),
    "places": _searched("place"),
    "languages": lambda language: ShownText(text=language.lang, code="language"),
    "access": lambda access: ShownText(text=access.status, code="access"),
    "rights": _rights,
    "digital": lambda digital: ShownText(text=digital.url, link=safe_link(digital.url)),
    "relations": lambda relation: ShownText(text=relation.label or relation.target),
    "identifiers": _identifier,
}
