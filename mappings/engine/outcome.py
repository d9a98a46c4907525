"""What becomes of one raw record: mapped, deleted, rejected or skipped, each with its reason."""

from __future__ import annotations

import msgspec

from mappings.engine.standing import Placement
from mappings.schema.holding import Institution
from mappings.schema.issue import Issue
from mappings.schema.record import CatalogueRecord, Rules


class Context(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the feed knows and its records do not say."""

    #: key of the feed; records take their ids from it
    feed: str
    #: who holds the material where a record names nobody
    institution: Institution
    #: licence URI of the feed's metadata
    metadata_licence: str | None = None
    #: ISO 639-3 of texts that state no language
    language: str | None = None
    #: further constants, read by crosswalks as `feed:<name>`
    constants: dict[str, str] = {}


class MappedUnit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One catalogue record, the rules behind each of its values, and what was odd."""

    record: CatalogueRecord
    #: outside of `output_hash`
    rules: Rules
    #: hex SHA-256 of the record's canonical JSON without what changes by itself
    output_hash: str
    issues: tuple[Issue, ...] = ()


class Mapped(msgspec.Struct, frozen=True, kw_only=True, tag="mapped", gc=False):
    """The raw record gave these units; a finding aid gives many."""

    units: tuple[MappedUnit, ...]
    #: units of it that could not be mapped
    refused: tuple[Issue, ...] = ()
    #: among the feed's other records; None where the feed has no hierarchy across records
    placement: Placement | None = None


class Deleted(msgspec.Struct, frozen=True, kw_only=True, tag="deleted", gc=False):
    """The repository says that the record is gone."""


class Rejected(msgspec.Struct, frozen=True, kw_only=True, tag="rejected", gc=False):
    """Not mapped, and why."""

    issue: Issue


class Skipped(msgspec.Struct, frozen=True, kw_only=True, tag="skipped", gc=False):
    """Set aside by a `skip` of the crosswalk, and why."""

    reason: str


Outcome = Mapped | Deleted | Rejected | Skipped
