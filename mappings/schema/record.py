"""The common record: ISAD(G) areas, EDM's provider model, EDTF dates, rightsstatements.org rights.

Mandatory, or the record is rejected with a reason: `id`, `source`, `level`, `title`, `holding`, `access`. Unknown is
None, never a guess.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from mappings.schema.access import Access
from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.hierarchy import Hierarchy
from mappings.schema.holding import Holding
from mappings.schema.identifiers import Identifier
from mappings.schema.issue import Issue
from mappings.schema.levels import Level
from mappings.schema.rights import Rights
from mappings.schema.text import Label, Text, Variant

#: `{major}.{minor}`: minor adds optional fields, major re-maps from raw records
SCHEMA_VERSION = "1.0"

TitleKind = Literal["parallel", "alternative", "uniform", "subtitle", "former"]
SubjectKind = Literal["topic", "person", "corporate", "place", "period", "title", "classification"]
PlaceRole = Literal["created", "published", "depicted", "covered"]
DescriptionKind = Literal[
    "abstract",
    "scope_and_content",
    "biography_or_history",
    "arrangement",
    "custodial_history",
    "acquisition",
    "appraisal",
    "contents",
    "statement_of_responsibility",
    "note",
]
Form = Literal["original", "microfilm", "digital_copy", "facsimile", "transcript", "draft", "print", "copy"]
DigitalRole = Literal["landing", "manifest", "thumbnail", "file", "finding_aid"]
RelationType = Literal[
    "part_of",
    "version_of",
    "copy_of",
    "microfilm_of",
    "digital_copy_of",
    "transcript_of",
    "references",
    "replaces",
    "same_as",
]


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of the records below: defaults are left out of JSON."""


class Source(Record, frozen=True, kw_only=True):
    """Where a catalogue record comes from; no part of its `output_hash`."""

    feed: str
    native_id: str
    #: as sent by the repository
    datestamp: str
    raw_sha256: str
    format: str
    #: path of the unit in its document; empty where the record is one unit
    unit_path: str = ""
    #: `name@version`
    crosswalk: str
    engine_version: str
    schema_version: str = SCHEMA_VERSION
    #: ISO 8601 UTC: when these bytes were first fetched
    harvested: str | None = None


class Title(Record, frozen=True, kw_only=True):
    """The title proper."""

    value: str
    lang: str | None = None
    script: str | None = None
    #: made by a cataloguer, not found on the material
    supplied: bool = False
    variants: tuple[Variant, ...] = ()


class OtherTitle(Record, frozen=True, kw_only=True):
    """A title beside the title proper."""

    value: str
    kind: TitleKind
    lang: str | None = None
    script: str | None = None
    variants: tuple[Variant, ...] = ()


class Extent(Record, frozen=True, kw_only=True):
    """Extent as written, with number and unit where they can be read."""

    text: str
    number: float | None = None
    unit: str | None = None


class Subject(Record, frozen=True, kw_only=True):
    """What the material is about."""

    label: Text
    kind: SubjectKind = "topic"
    uri: str | None = None
    scheme: str | None = None
    notation: str | None = None

    @property
    def is_in_words(self) -> bool:
        """Whether it can be read in a list; a class number says something to those alone who know its scheme."""
        return self.kind != "classification"


class Point(Record, frozen=True, kw_only=True):
    """WGS 84, degrees."""

    lat: float
    lon: float


class Place(Record, frozen=True, kw_only=True):
    """A place and what it has to do with the material."""

    label: Text
    role: PlaceRole = "covered"
    uri: str | None = None
    scheme: str | None = None
    point: Point | None = None
    precision: str | None = None


class Language(Record, frozen=True, kw_only=True):
    """A language of the material."""

    #: ISO 639-3
    lang: str
    script: str | None = None


class Description(Record, frozen=True, kw_only=True):
    """A free-text area of the description."""

    value: str
    kind: DescriptionKind = "note"
    lang: str | None = None
    script: str | None = None


class Part(Record, frozen=True, kw_only=True):
    """A numbered part: volume, sheet, issue; 245 $n, 卷 册."""

    type: str
    number: str


class Digital(Record, frozen=True, kw_only=True):
    """A link to a digital representation; http and https only."""

    url: str
    role: DigitalRole = "landing"
    mime: str | None = None
    rights: str | None = None


class Relation(Record, frozen=True, kw_only=True):
    """A typed link to another thing."""

    type: RelationType
    target: str
    label: str | None = None


class Extra(Record, frozen=True, kw_only=True):
    """A value that a profile returns unchanged; never public."""

    scheme: str
    name: str
    value: str


class RecordQuality(Record, frozen=True, kw_only=True):
    """Weighted share of checks that hold, and what was found."""

    #: 0-100
    score: int
    issues: tuple[Issue, ...] = ()


class CatalogueRecord(Record, frozen=True, kw_only=True):
    """One description in the common schema."""

    id: str
    source: Source
    level: Level
    #: the level was not stated by the source
    level_inferred: bool = False
    title: Title
    titles: tuple[OtherTitle, ...] = ()
    #: DCMI type code, such as `Text`
    type: str | None = None
    genre: tuple[Label, ...] = ()
    extent: tuple[Extent, ...] = ()
    medium: tuple[Label, ...] = ()
    agents: tuple[Agent, ...] = ()
    dates: tuple[HistoricalDate, ...] = ()
    subjects: tuple[Subject, ...] = ()
    places: tuple[Place, ...] = ()
    languages: tuple[Language, ...] = ()
    descriptions: tuple[Description, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    edition: Text | None = None
    part: tuple[Part, ...] = ()
    form: Form | None = None
    hierarchy: Hierarchy | None = None
    holding: tuple[Holding, ...]
    rights: Rights = Rights()
    access: Access
    digital: tuple[Digital, ...] = ()
    relations: tuple[Relation, ...] = ()
    extra: tuple[Extra, ...] = ()
    quality: RecordQuality | None = None


#: JSON pointer to a final leaf -> ((rule id, source path), …); equal values keep all rule ids
Rules = dict[str, tuple[tuple[str, str], ...]]
