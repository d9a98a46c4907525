"""What becomes of a page's changed records below those above them, and which of them anything is opened by.

Each is held against what stands of it, below what its parents will be: the forms that come in the same page, unless
those are held themselves, else what is stored, mapped or not. So what a parent closes counts for those below it, and
what it opens does not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence

import msgspec

from federation.access.loosening import OPEN
from federation.errors import StepOverdue
from federation.pipeline.crosswalks import FeedMapper
from federation.pipeline.parent_sources import BroughtParents, StoredParents
from federation.pipeline.remapping import Before
from federation.pipeline.tried_hierarchy import TriedHierarchy
from federation.storage import placements
from federation.storage.catalogue_records import Standing
from federation.storage.columns import json_text
from federation.storage.engine import Store
from federation.storage.raw_records import StoredRaw
from mappings.engine.outcome import Mapped, MappedUnit, Outcome
from mappings.engine.standing import Above, FindAbove, Unplaced
from mappings.schema.raw import RawRecord

log = logging.getLogger(__name__)

#: record -> what becomes of it, and the slug of its institution
Mapper = Callable[[RawRecord], tuple[Outcome, str]]

#: how often the records that are held may make others stand otherwise; then whatever may be opened is held
_MOST_ROUNDS = 8


class Judged(msgspec.Struct, frozen=True):
    """What becomes of one changed record."""

    #: None where mapping it fails
    outcome: Outcome | None
    #: whether the access to anything of it would be looser
    opens: bool


def judged(store: Store, mapper: FeedMapper, batch: Sequence[StoredRaw], stands: Before) -> list[Judged]:
    """What becomes of each of one feed's changed records, where those that open something are not taken in."""
    page, held = _Page(store, mapper, batch, stands), set[str]()
    for _ in range(_MOST_ROUNDS):
        outcomes, above = page.mapped(held)
        opened = page.opened(outcomes, held)
        if not opened or not above.has_met_any:
            held |= opened
            break
        held |= _topmost(opened, above, batch[0].raw.feed)
    else:
        held |= {stored.raw.identifier for stored in batch if stands.may_open(stored)}
    return [Judged(each, stored.raw.identifier in held) for stored, each in zip(batch, outcomes, strict=True)]


def outcome_of(mapper: Mapper, raw: RawRecord) -> Outcome | None:
    """What becomes of the record; None where mapping it fails, as the stage then sets it aside.

    raises  StepOverdue, which ends the work on all records of a call and says nothing of this one
    """
    try:
        return mapper(raw)[0]
    except StepOverdue:
        raise
    except Exception:
        log.exception("%s of the feed %s could not be weighed", raw.identifier, raw.feed)
        return None


def _topmost(opened: set[str], above: TriedHierarchy, feed: str) -> set[str]:
    """Those above which no other is opened: once they are held, the others may stand otherwise."""
    found = {name for name in opened if above.chain(feed, name).isdisjoint(opened)}
    return found or opened


class _Page:
    """A page's changed records, and what stands of them."""

    def __init__(self, store: Store, mapper: FeedMapper, batch: Sequence[StoredRaw], stands: Before) -> None:
        self._store, self._mapper, self._batch, self._stands = store, mapper, batch, stands
        self._stored = StoredParents(store.reading)
        self._now = TriedHierarchy(self._stored, self._below)
        #: identifier -> what the record that is stored now comes to, mapped or not
        self._before: dict[str, Before] = {}

    def mapped(self, held: Collection[str]) -> tuple[list[Outcome | None], TriedHierarchy]:
        """What becomes of each, and of those above them, where `held` stay as they are."""
        raws = [stored.raw for stored in self._batch]
        coming = [raw for raw in raws if raw.identifier not in held]
        above = TriedHierarchy(BroughtParents(coming, self._stored), self._below)
        return [self._outcome(raw, above.finder(raw.feed, raw.identifier)) for raw in raws], above

    def opened(self, outcomes: Sequence[Outcome | None], held: Collection[str]) -> set[str]:
        """Identifiers of those that are opened, but for `held`."""
        pairs = zip(self._batch, outcomes, strict=True)
        free = ((stored, outcome) for stored, outcome in pairs if stored.raw.identifier not in held)
        return {stored.raw.identifier for stored, outcome in free if self._opens(stored, outcome)}

    def _below(self, raw: RawRecord, find: FindAbove) -> Outcome:
        return self._mapper(raw, find)[0]

    def _outcome(self, raw: RawRecord, find: FindAbove) -> Outcome | None:
        return outcome_of(lambda each: self._mapper(each, find), raw)

    def _opens(self, stored: StoredRaw, outcome: Outcome | None) -> bool:
        """Whether it is looser than what stands, or may be: what stands and cannot be read may have been closed."""
        try:
            if outcome is None:
                return self._stands.may_open(stored)
            if not isinstance(outcome, Mapped) or outcome.placement is None:
                return bool(self._stands.looser(stored, outcome))
            if isinstance(outcome.placement.here, Unplaced):
                return self._opens_somewhere(stored, outcome)
            return self._opens_there(stored, outcome)
        except msgspec.DecodeError:
            log.exception("what stands of %s of the feed %s cannot be read", stored.raw.identifier, stored.raw.feed)
            return True

    def _opens_there(self, stored: StoredRaw, outcome: Mapped) -> bool:
        """Also against what is stored and not yet mapped: what stands below it may rely on that."""
        name = stored.raw.identifier
        if name not in self._before:
            self._before[name] = self._as_stored(stored, self._now.finder(stored.raw.feed, name))
        return any(before.looser(stored, outcome) for before in (self._stands, self._before[name]))

    def _opens_somewhere(self, stored: StoredRaw, outcome: Mapped) -> bool:
        """Of a record whose parent has not come: below one that is open for everybody, which may come any day."""
        record = msgspec.structs.replace(outcome.units[0].record, access=OPEN, hierarchy=None)
        open_for_all = Above(record=record, access=OPEN, end=None)

        def find(_parent: str) -> Above:
            return open_for_all

        loosest = self._outcome(stored.raw, find)
        if loosest is None:
            return self._stands.may_open(stored)
        before = self._stands if self._stands_somewhere(stored) else self._as_stored(stored, find)
        return bool(before.looser(stored, loosest))

    def _stands_somewhere(self, stored: StoredRaw) -> bool:
        """Whether what stands of it is not hidden for want of a parent already."""
        with self._store.reading() as connection:
            row = placements.get(connection, stored.raw.feed, stored.raw.identifier)
        return row is None or bool(row.handed_down)

    def _as_stored(self, stored: StoredRaw, find: FindAbove) -> Before:
        """What the record that is stored now comes to; nothing where nothing was made of it yet, or it has no place."""
        name, stands = stored.raw.identifier, self._stands
        raw = self._stored.raw(stored.raw.feed, name) if name in stands.records or name in stands.gone else None
        outcome = self._outcome(raw, find) if raw is not None else None
        is_placed = isinstance(outcome, Mapped) and outcome.placement and isinstance(outcome.placement.here, Above)
        units = outcome.units if isinstance(outcome, Mapped) and is_placed else ()
        return Before(records={name: [_standing(unit) for unit in units]}, gone={}, refused={}, places_hold=False)


def _standing(unit: MappedUnit) -> Standing:
    """A unit as though it stood in the catalogue."""
    record = unit.record
    return Standing(
        id=record.id,
        rid=0,
        native_id=record.source.native_id,
        output_hash=unit.output_hash,
        crosswalk=record.source.crosswalk,
        record=json_text(record),
    )
