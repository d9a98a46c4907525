"""What a dry run found of a version of a crosswalk, and the report on file."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

import msgspec
import sqlalchemy as sa

from federation.pipeline.facet_drift import Drift
from federation.pipeline.tried_links import ClusterMoves
from federation.storage import crosswalks, feeds
from federation.storage.crosswalks import VersionLine

#: a dry run says nothing of records that came so much later
VALID = timedelta(days=7)


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """How many records gain, lose, change or keep a field."""

    field: str
    gained: int = 0
    lost: int = 0
    changed: int = 0
    same: int = 0


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One record that a version would change."""

    identifier: str
    #: of the catalogue record; empty where there is none
    record: str = ""
    title: str = ""
    field: str
    move: str
    before: str = ""
    after: str = ""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """Something that warns, or stops a version until a second person confirms it."""

    #: `access_loosened`, `default_opens`, `holding_lost`, `ids_changed` (by a rekey alone), `mapped_drop`, `moved` (in
    #: the hierarchy), `private_read`, `rejects`
    code: str
    stops: bool
    number: int
    #: the role that may pass it
    role: Literal["harvest_admin", "institution_admin"]


class DryRun(msgspec.Struct, frozen=True, kw_only=True):
    """What a dry run found."""

    at: datetime
    #: of the version's text
    text_sha256: str
    #: what was live, by name and by the SHA-256 of its rules
    against: str
    against_sha256: str
    records: int
    #: fate -> raw records
    sums: dict[str, int]
    matrix: tuple[Cell, ...]
    examples: tuple[Example, ...]
    #: part of the terms of access -> raw records in which it would be looser
    opened: dict[str, int]
    opened_examples: tuple[Example, ...]
    opened_sha256: str
    gates: tuple[Gate, ...]
    #: how values of facets would move
    drift: tuple[Drift, ...] = ()
    #: catalogue records whose linkage features differ: they would be linked anew, and may change clusters
    relinked: int = 0
    #: what would become of their clusters
    clusters: ClusterMoves = ClusterMoves()

    @property
    def stops(self) -> tuple[Gate, ...]:
        """The gates that a second person has to pass."""
        return tuple(gate for gate in self.gates if gate.stops)


_reports = msgspec.json.Decoder(DryRun)


def report_of(connection: sa.Connection, version: VersionLine) -> DryRun | None:
    """The dry run on file for a version as it is now."""
    text = crosswalks.trial(connection, version.feed, version.number)
    return _reports.decode(text) if text is not None and sha256_of(text) == version.trial_sha256 else None


def sha256_of(report: str) -> str:
    """What a version keeps of its dry run."""
    return hashlib.sha256(report.encode()).hexdigest()


def live_sha256(feed: feeds.StoredFeed) -> str:
    """Of the rules that a feed lives by."""
    return sha256_of(f"{feed.crosswalk}\n{feed.crosswalk_text}")
