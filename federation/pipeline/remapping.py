"""A feed's stored records mapped again after another version of its crosswalk went live, a batch at a time.

Part of the mapping stage. Where the live version would make a record's terms of access looser than they stand, and
nobody confirmed exactly that, the record stays with the version that made it, and is reported as kept. So neither an
activation nor a rollback has to be waited for, and neither opens anything by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from federation.access.loosening import distinct, loosened_by, may_open
from federation.access.told_addresses import ADDRESS, tells, untold
from federation.pipeline.counterparts import counterparts
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.map import MappedRaw, crashed, write_results
from federation.pipeline.progress import Progress
from federation.pipeline.safe_default import HELD_BACK
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.storage import catalogue_records, crosswalks, outcomes, raw_records, set_aside
from federation.storage.catalogue_records import Standing
from federation.storage.columns import json_text
from federation.storage.crosswalks import Kept, Remapping, Version
from federation.storage.raw_records import StoredRaw
from federation.storage.set_aside import Subject
from federation.storage.transactions import Transaction
from federation.storage.withheld import WITHHELD
from mappings.engine.outcome import Mapped, Outcome, Skipped
from mappings.schema.access import Access

#: how a digital address begins in the JSON of a record
_DIGITAL = '"digital":'
_NONE = frozenset[str]()
#: the name under which a re-mapping sets records aside
STAGE = "remap"


class Remapped(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is mapped again and not yet written."""

    seen: Remapping
    results: tuple[MappedRaw, ...]
    kept: tuple[Kept, ...]
    behind: bool


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What stands of raw records before they are mapped again."""

    #: identifier -> its living records
    records: dict[str, list[Standing]]
    #: number -> why it gave none
    refused: dict[int, str]
    #: identifier -> id -> the access under which what is a tombstone lived last
    gone: dict[str, dict[str, Access]]
    #: whether they are mapped again from what they were made of (`federation.pipeline.counterparts`)
    places_hold: bool

    def is_withheld(self, stored: StoredRaw) -> bool:
        """Whether a person has taken the record out of every channel, which no version changes."""
        return self.refused.get(stored.rid) == WITHHELD

    def may_open(self, stored: StoredRaw) -> bool:
        """Whether what is made of the record, which nobody knows, could be looser than what stands of it."""
        name = stored.raw.identifier
        stands = [row.decoded().access for row in self.records.get(name, ())]
        return may_open((*stands, *self.gone.get(name, {}).values()), self.refused.get(stored.rid, ""))

    def looser(self, stored: StoredRaw, outcome: Outcome) -> str:
        """What `outcome` would open, as JSON by record; empty where it opens nothing."""
        if not isinstance(outcome, Mapped) or self.is_withheld(stored):
            return ""
        standing = self.records.get(stored.raw.identifier, ())
        known = counterparts(standing, outcome.units, places_hold=self.places_hold)
        gone = self.gone.get(stored.raw.identifier, {})
        ids = {unit.record.id for unit in outcome.units}
        # of a record that is gone as a whole, whatever comes in the place of what was lost may be it
        lost = () if standing else [access for name, access in gone.items() if name not in ids]
        heirless = distinct([*(record.access for record in known.heirless), *lost])
        addresses, found = _untold(standing), {}
        for unit in outcome.units:
            row = known.known.get(unit.record.id)
            if row is not None and row.output_hash == unit.output_hash:
                continue
            was = (row.decoded().access,) if row is not None else _back(gone, unit.record.id, heirless)
            parts = loosened_by(was, self.refused.get(stored.rid, ""), unit.record.access)
            if not parts and tells(unit.record, addresses):
                parts = (ADDRESS,)
            if parts:
                found[unit.record.id] = (parts, unit.record.access)
        return json_text(found) if found else ""


def _untold(standing: Sequence[Standing]) -> frozenset[str]:
    """Addresses of content that the public is not told by what stands; most records have none, and are not decoded."""
    return untold(row.decoded() for row in standing) if any(_DIGITAL in row.record for row in standing) else _NONE


def _back(gone: dict[str, Access], name: str, heirless: tuple[Access, ...]) -> tuple[Access, ...]:
    """What a unit may have been of which nothing stands: itself, where it is back, or what has no heir."""
    return (*heirless, gone[name]) if name in gone else heirless


def before(connection: sa.Connection, feed: str, batch: Sequence[StoredRaw], *, places_hold: bool = True) -> Before:
    """What stands of these raw records of a feed.

    places_hold   as in `Before`
    """
    names = [stored.raw.identifier for stored in batch]
    return Before(
        records=catalogue_records.standing(connection, feed, names),
        gone=catalogue_records.gone(connection, feed, names),
        refused=outcomes.refused(connection, [stored.rid for stored in batch]),
        places_hold=places_hold,
    )


def waiting(connection: sa.Connection) -> int:
    """How many raw records are still to be mapped again."""
    return sum(
        max(raw_records.count_behind(connection, row.feed, row.after), 1) for row in crosswalks.remappings(connection)
    )


def prepare(
    connection: sa.Connection,
    mapper: FeedMapper,
    hierarchy: TriedHierarchy,
    limit: int,
    without: Collection[str] = frozenset(),
) -> Remapped | None:
    """The next `limit` records of a feed that changed its version, mapped; None where there is no such feed.

    hierarchy   as it is once all of them are mapped again
    without     feeds that are left out
    raises      FeedTooSlow, where the next batch takes fewer
    """
    seen = next((each for each in crosswalks.remappings(connection) if each.feed not in without), None)
    if seen is None:
        return None
    batch = raw_records.of_feed(connection, seen.feed, seen.after, limit)
    batch = batch[: mapper.within_time([seen.feed] * len(batch))]
    versions = [version for version in crosswalks.of_feed(connection, seen.feed) if version.was_live]
    stands, allowed = before(connection, seen.feed, batch), _allowed(connection, mapper, versions, batch)
    guard = _Guard(mapper, hierarchy, stands, versions, allowed)
    aside = set_aside.of(connection, STAGE, [stored.rid for stored in batch])
    judged = [
        (crashed(mapper, stored, aside[stored.rid].error), None) if stored.rid in aside else guard.judged(stored)
        for stored in batch
    ]
    return Remapped(
        seen=seen,
        results=tuple(result for result, _ in judged),
        kept=tuple(kept for _, kept in judged if kept is not None),
        behind=bool(batch) and raw_records.first_of_feed(connection, seen.feed, batch[-1].rid) is not None,
    )


class _Guard:
    """Lets no record become looser than somebody confirmed."""

    def __init__(
        self,
        mapper: FeedMapper,
        hierarchy: TriedHierarchy,
        stands: Before,
        versions: Sequence[Version],
        allowed: dict[str, str],
    ) -> None:
        self._mapper, self._stands, self._versions, self._allowed = mapper, stands, versions, allowed
        self._hierarchy = hierarchy

    def judged(self, stored: StoredRaw) -> tuple[MappedRaw, Kept | None]:
        """What becomes of a record, and the version that it stays with where the live one would open it."""
        above = self._hierarchy.finder(stored.raw.feed, stored.raw.identifier)
        outcome, institution = self._mapper.fresh(stored.raw, above)
        self._mapper.check_time(stored.raw.feed)
        parts, name = self._stands.looser(stored, outcome), stored.raw.identifier
        if not parts or self._allowed.get(name) == parts:
            return MappedRaw(stored=stored, institution=institution, outcome=outcome), None
        for version in self._versions:
            earlier = self._mapper.by(self._mapper.program(version), stored.raw, above)
            if not self._stands.looser(stored, earlier):
                kept = Kept(feed=stored.raw.feed, identifier=name, number=version.number, parts=parts)
                return MappedRaw(stored=stored, institution=institution, outcome=earlier), kept
        held = Skipped(reason=HELD_BACK)
        return MappedRaw(stored=stored, institution=institution, outcome=held), None


def next_one(connection: sa.Connection) -> Subject | None:
    """The raw record that is mapped again next."""
    seen = next(iter(crosswalks.remappings(connection)), None)
    found = raw_records.first_of_feed(connection, seen.feed, seen.after) if seen is not None else None
    if seen is None or found is None:
        return None
    return Subject(stage=STAGE, number=found.rid, seq=seen.turn, feed=found.feed, identifier=found.identifier)


def write(tx: Transaction, remapped: Remapped) -> Progress:
    """Writes a batch and moves on; one that was prepared before another change of version writes nothing."""
    seen = remapped.seen
    tx.in_order()  # where the re-mapping stands now, it stands until the commit
    if crosswalks.remapping_of(tx.connection, seen.feed) != seen:
        return Progress(done=0, behind=True)
    results = remapped.results
    if results:
        number = tx.next_seq()
        write_results(tx, results, f"batch:remap/{number}")
        crosswalks.put_kept(tx, seen.feed, [each.stored.raw.identifier for each in results], list(remapped.kept))
    crosswalks.move_remapping(tx, seen, results[-1].stored.rid if remapped.behind else None)
    return Progress(done=len(results), behind=bool(remapped.behind or crosswalks.remappings(tx.connection)))


def _allowed(
    connection: sa.Connection, mapper: FeedMapper, versions: Sequence[Version], batch: Sequence[StoredRaw]
) -> dict[str, str]:
    """What may be loosened of these records: what the confirmation of the version that is live for each names."""
    found: dict[str, str] = {}
    for version in versions:
        if version.confirmed_by and version.state in ("active", "canary"):
            names = [each.raw.identifier for each in batch if _is_live(version, mapper.canary(each.raw))]
            found |= crosswalks.loosened_by(connection, version.feed, version.number, names)
    return found


def _is_live(version: Version, canary: Version | None) -> bool:
    return version.state == "active" if canary is None else version.number == canary.number
