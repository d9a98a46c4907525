"""Facet values of a document: a key that is counted (an authority's URI or the folded label) and the label to show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from index.analysis.codes import KEY_LENGTH
from index.fields import ROW_OF
from index.works import works_of
from mappings.schema.access import STATUS_ORDER
from mappings.schema.agents import is_maker
from mappings.schema.folding import fold
from mappings.schema.languages import languages
from mappings.schema.record import Digital
from mappings.schema.unified import Member, Sourced, UnifiedRecord

T = TypeVar("T")
#: levels of a unit that others stand in, and that stands in none
_ROOTS = frozenset({"fonds", "collection"})


class Labelled(NamedTuple):
    """A facet value: key and label."""

    key: str
    label: str


def facets_of(unified: UnifiedRecord, members: Sequence[Member], scope: str | None) -> dict[str, tuple[Labelled, ...]]:
    """Values of every facet; with a record as `scope` only those that it states."""
    holdings = [holding for member in members for holding in member.holding]
    level = members[0].level if scope else unified.level.value
    kinds = _stated([unified.type], scope) if unified.type else []
    works = works_of(unified, members)
    status = min((member.access.status for member in members), key=STATUS_ORDER.index)
    found: dict[str, Iterable[Labelled]] = {
        "institution": (Labelled(member.institution, member.institution_name) for member in members),
        "department": (_term(None, each.department) for each in holdings if each.department),
        "type": (Labelled(kind, kind) for kind in kinds),
        "level": (Labelled(level, level),),
        "language": (_language(each.lang) for each in _stated(unified.languages, scope)),
        "creator": (_term(None, each.name.value) for each in _stated(unified.agents, scope) if is_maker(each)),
        "subject": (_term(each.uri, each.label.value) for each in _stated(unified.subjects, scope) if each.is_in_words),
        "place": (_term(each.uri, each.label.value) for each in _stated(unified.places, scope)),
        "access": (Labelled(status, status),),
        "rights": (Labelled(uri, uri) for uri in _rights(members)),
        "digital": (Labelled(kind, kind) for kind in _digital(_stated(unified.digital, scope))),
        "fonds": (Labelled(id_, title) for id_, title in map(fonds_of, members) if id_),
        "work": (Labelled(*work) for work in works),
    }
    fonds = fonds_of(members[0])[0]
    found |= {
        ROW_OF["fonds"]: (Labelled(fonds, fonds),),
        ROW_OF["work"]: (Labelled(each.key, each.key) for each in works[:1]),
    }
    return {facet: tuple({each.key: each for each in values if each.key}.values()) for facet, values in found.items()}


def _stated(fields: Iterable[Sourced[T]], scope: str | None) -> list[T]:
    if scope is None:
        return [each.value for each in fields]
    found = []
    for each in fields:
        stated = [(each.value, each.origins), *((other.value, other.origins) for other in each.others)]
        found += [value for value, origins in stated if any(origin.record == scope for origin in origins)]
    return found


def _term(uri: str | None, label: str) -> Labelled:
    return Labelled((uri or " ".join(fold(label).split()))[:KEY_LENGTH], label)


def _language(code: str) -> Labelled:
    row = languages().get(code)
    return Labelled(code, row.english if row else code)


def _rights(members: Sequence[Member]) -> Iterable[str]:
    for member in members:
        yield member.rights.uri


def _digital(found: Iterable[Digital]) -> Iterable[str]:
    """`online` of what can be seen online, and `image` where an image of it can."""
    for each in found:
        yield "online"
        if each.role in ("manifest", "thumbnail") or (each.mime or "").startswith("image/"):
            yield "image"


def fonds_of(member: Member) -> tuple[str, str]:
    """Id and title of the fonds that a record stands in, or is; both empty of what stands in none."""
    path = member.hierarchy.path if member.hierarchy else ()
    if path:
        return path[0].id, path[0].title or path[0].id
    return (member.record, member.title) if member.level in _ROOTS else ("", "")
