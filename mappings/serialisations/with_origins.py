"""A unified record as the API gives it: each field with its value, language, origins and departing readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.holding import Holding
from mappings.schema.identifiers import Identifier
from mappings.schema.levels import Level
from mappings.schema.record import (
    Description,
    Digital,
    Extent,
    Language,
    OtherTitle,
    Part,
    Place,
    Relation,
    Subject,
    Title,
)
from mappings.schema.rights import Rights
from mappings.schema.text import Label, Text
from mappings.schema.unified import Origin, Sourced, UnifiedRecord

T = TypeVar("T")


class From(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The record, source path and rule that a value comes from."""

    record: str
    path: str
    rule: str
    #: `name@version`
    crosswalk: str
    #: ISO 8601 UTC
    harvested: str | None


class Departing(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """A reading that departs from the one that is given."""

    value: T
    lang: str | None
    origins: tuple[From, ...] = msgspec.field(name="from")


class Stated(msgspec.Struct, Generic[T], frozen=True, kw_only=True, gc=False):
    """A value, who states it, and what departs from it."""

    value: T
    lang: str | None
    origins: tuple[From, ...] = msgspec.field(name="from")
    others: tuple[Departing[T], ...]


class Thing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A thing, or one record of it alone; what may be stated once is absent where nobody states it."""

    id: str
    #: ids of its records
    records: tuple[str, ...]
    level: Stated[Level]
    title: Stated[Title]
    titles: tuple[Stated[OtherTitle], ...]
    type: Stated[str] | UnsetType = UNSET
    genre: tuple[Stated[Label], ...]
    extent: tuple[Stated[Extent], ...]
    medium: tuple[Stated[Label], ...]
    agents: tuple[Stated[Agent], ...]
    dates: tuple[Stated[HistoricalDate], ...]
    subjects: tuple[Stated[Subject], ...]
    places: tuple[Stated[Place], ...]
    languages: tuple[Stated[Language], ...]
    descriptions: tuple[Stated[Description], ...]
    identifiers: tuple[Stated[Identifier], ...]
    edition: Stated[Text] | UnsetType = UNSET
    part: tuple[Stated[Part], ...]
    digital: tuple[Stated[Digital], ...]
    relations: tuple[Stated[Relation], ...]
    holding: tuple[Stated[Holding], ...]
    rights: tuple[Stated[Rights], ...]
    access: tuple[Stated[Access], ...]


_FIELDS = tuple(name for name in Thing.__struct_fields__ if name not in ("id", "records"))


def encoded(unified: UnifiedRecord) -> Thing:
    """The thing as it is written in JSON, members apart."""
    fields: dict[str, Any] = {name: _field(getattr(unified, name)) for name in _FIELDS}
    return Thing(id=unified.id, records=tuple(member.record for member in unified.members), **fields)


def _field(value: Sourced[Any] | tuple[Sourced[Any], ...] | None) -> object:
    if value is None:
        return UNSET
    return tuple(_stated(each) for each in value) if isinstance(value, tuple) else _stated(value)


def _stated(sourced: Sourced[Any]) -> Stated[Any]:
    return Stated(
        value=sourced.value,
        lang=_lang(sourced.value),
        origins=_origins(sourced.origins),
        others=tuple(
            Departing(value=other.value, lang=_lang(other.value), origins=_origins(other.origins))
            for other in sourced.others
        ),
    )


def _origins(origins: Sequence[Origin]) -> tuple[From, ...]:
    return tuple(
        From(
            record=origin.record,
            path=origin.path,
            rule=origin.rule,
            crosswalk=origin.crosswalk,
            harvested=origin.harvested,
        )
        for origin in origins
    )


def _lang(value: Any) -> str | None:
    for name in ("lang", "label", "name"):
        found = getattr(value, name, None)
        if isinstance(found, str):
            return found
        if found is not None and isinstance(getattr(found, "lang", None), str):
            return str(found.lang)
    return None
