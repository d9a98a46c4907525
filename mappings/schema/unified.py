"""One thing as many institutions describe it: every value names the records it rests on.

`federation.linkage.survivorship.unify` makes it for one audience, from exactly the members that audience may see; it is
never stored as truth.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from mappings.schema.access import PUBLIC, Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.hierarchy import Hierarchy
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

T = TypeVar("T")


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """From which record, source path and rule a value comes."""

    record: str
    #: source path in the raw record; empty for defaults
    path: str = ""
    rule: str = ""
    #: `name@version`
    crosswalk: str = ""
    #: ISO 8601 UTC
    harvested: str | None = None


class Alternative(msgspec.Struct, Generic[T], frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A reading that did not survive, with its origins."""

    value: T
    origins: tuple[Origin, ...]


class Sourced(msgspec.Struct, Generic[T], frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A surviving value, the origins it rests on and the readings that depart from it."""

    value: T
    origins: tuple[Origin, ...]
    others: tuple[Alternative[T], ...] = ()


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One institution's record inside a unified record, cut to what the audience may see."""

    record: str
    feed: str
    #: slug and name of the institution whose feed gave the record
    institution: str
    institution_name: str
    #: as the repository calls it; empty where the line is reduced
    native_id: str = ""
    level: Level
    title: str
    #: dates as written
    dates: str = ""
    reference_code: str | None = None
    #: the holder's own page
    url: str | None = None
    access: Access
    rights: Rights = Rights()
    holding: tuple[Holding, ...] = ()
    hierarchy: Hierarchy | None = None
    #: ISO 8601 UTC of the first raw version
    first_seen: str | None = None
    #: `seq` of the member's last change
    seq: int = 0


class UnifiedRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A cluster as one audience sees it."""

    #: `c-` + record id of the pivot
    id: str
    audience: str = PUBLIC
    #: `cluster_change.seq`
    version: int = 0
    members: tuple[Member, ...]
    level: Sourced[Level]
    title: Sourced[Title]
    titles: tuple[Sourced[OtherTitle], ...] = ()
    type: Sourced[str] | None = None
    genre: tuple[Sourced[Label], ...] = ()
    extent: tuple[Sourced[Extent], ...] = ()
    medium: tuple[Sourced[Label], ...] = ()
    agents: tuple[Sourced[Agent], ...] = ()
    dates: tuple[Sourced[HistoricalDate], ...] = ()
    subjects: tuple[Sourced[Subject], ...] = ()
    places: tuple[Sourced[Place], ...] = ()
    languages: tuple[Sourced[Language], ...] = ()
    descriptions: tuple[Sourced[Description], ...] = ()
    identifiers: tuple[Sourced[Identifier], ...] = ()
    edition: Sourced[Text] | None = None
    part: tuple[Sourced[Part], ...] = ()
    digital: tuple[Sourced[Digital], ...] = ()
    relations: tuple[Sourced[Relation], ...] = ()
    #: each member's own, never merged
    holding: tuple[Sourced[Holding], ...] = ()
    rights: tuple[Sourced[Rights], ...] = ()
    access: tuple[Sourced[Access], ...] = ()
