"""A dry run's sums: what stands in the catalogue beside what a version makes of the same raw records; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from datetime import datetime
from typing import Any, Literal

import msgspec

from federation.access.told_addresses import ADDRESS
from federation.pipeline.counterparts import by_place
from federation.pipeline.crosswalks import TOO_SLOW
from federation.pipeline.dry_run_report import Cell, DryRun, Example, Gate, live_sha256, sha256_of
from federation.pipeline.dry_run_values import LONGEST_VALUE, apart
from federation.pipeline.facet_drift import FacetDrift
from federation.pipeline.remapping import Before
from federation.pipeline.tried_links import ClusterMoves, TriedLinks
from federation.pipeline.tried_places import is_moved, way_to
from federation.storage import feeds
from federation.storage.catalogue_records import Standing
from federation.storage.columns import json_text
from federation.storage.crosswalks import Version
from federation.storage.raw_records import StoredRaw
from federation.storage.withheld import WITHHELD
from mappings.engine.inputs import Format
from mappings.engine.outcome import Deleted, Mapped, MappedUnit, Outcome, Rejected, Skipped
from mappings.engine.payload import reads_private
from mappings.schema.record import CatalogueRecord

#: of each kind
MOST_EXAMPLES = 10
#: of what would be opened
MOST_OPENED = 50

Fate = Literal["same", "changed", "refused", "mapped", "without", "deleted"]
Move = Literal["gained", "lost", "changed", "same"]

#: not of the description: they change by themselves, or stand in a table of their own
_ASIDE = frozenset({"id", "source", "quality"})


#: what is simply added
_SUMS = (
    "holdings_lost", "moved", "ids_changed", "private_read",
    "without_before", "without_after", "mapped_before", "mapped_after",
)  # fmt: skip


class Trying(msgspec.Struct, frozen=True, kw_only=True):
    """What is tried, and against what."""

    at: datetime
    version: Version
    feed: feeds.StoredFeed
    #: whether units are told apart as they are now
    keeps_ids: bool
    #: defaults and constants that open more than those of what is live
    opening_defaults: int


class Tally:
    """Sums over the records of one feed."""

    def __init__(self, institution: str, formats: tuple[Format, Format] | None = None) -> None:
        """`formats`: as which records are read now, and would be."""
        self.formats = formats
        self.fates: Counter[str] = Counter()
        self.moves: dict[str, Counter[str]] = {}
        self.examples: dict[tuple[str, str], list[Example]] = {}
        self.drift = FacetDrift()
        self.links = TriedLinks(institution)
        self.parts: Counter[str] = Counter()
        self.opened: dict[str, str] = {}
        self.opened_examples: list[Example] = []
        #: records that came to no end; the first of them, and the rule that it was in
        self.slow = 0
        self.first_slow = ("", "")
        self.holdings_lost = self.moved = self.ids_changed = self.private_read = 0
        self.without_before = self.without_after = self.mapped_before = self.mapped_after = 0

    def add(self, stored: StoredRaw, stands: Before, outcome: Outcome) -> None:
        """Counts one raw record; what is withheld stays so."""
        if isinstance(outcome, Rejected) and outcome.issue.code == TOO_SLOW:
            self.first_slow = self.first_slow if self.slow else (stored.raw.identifier, outcome.issue.rule or "")
            self.slow += 1
        if stands.is_withheld(stored):
            outcome = Skipped(reason=WITHHELD)
        former = stands.records.get(stored.raw.identifier, [])
        self.fates[self._fate(stored, outcome, former)] += 1
        self.mapped_before += bool(former)
        self.mapped_after += isinstance(outcome, Mapped)
        if self.formats and isinstance(outcome, Mapped):
            self.private_read += reads_private(stored.raw, *self.formats)
        self.without_before += not former and not stored.raw.deleted
        self.without_after += not isinstance(outcome, Mapped | Deleted)
        self._open(stored, stands, outcome)

    def _fate(self, stored: StoredRaw, outcome: Outcome, former: list[Standing]) -> Fate:
        if isinstance(outcome, Deleted):
            return "deleted"
        units = outcome.units if isinstance(outcome, Mapped) else ()
        if not former:
            self._compare(stored, {}, units)
            return "mapped" if units else "without"
        if not units:
            for row in former:
                self._gone(row)
            self._example(_refusal(stored, outcome, former[0]))
            return "refused"
        known = {row.id: row for row in former}
        lapsed = known.keys() - {unit.record.id for unit in units}
        self.ids_changed += len(lapsed)
        for name in lapsed:
            self._gone(known[name])
        return "changed" if self._compare(stored, known, units) or len(known) != len(units) else "same"

    def _compare(self, stored: StoredRaw, known: dict[str, Standing], units: Sequence[MappedUnit]) -> bool:
        """Whether any unit differs; sums the fields of those that do."""
        differs = False
        places = by_place(tuple(known.values())) if any(unit.record.id not in known for unit in units) else {}
        for unit in units:
            row = known.get(unit.record.id) or places.get(unit.record.source.unit_path)
            if row is not None and row.output_hash == unit.output_hash:
                self._keep(unit)
                continue
            differs = True
            self._moves(stored, row, unit)
        return differs

    def _keep(self, unit: MappedUnit) -> None:
        for field in unit.record.__struct_fields__:
            if field not in _ASIDE and getattr(unit.record, field):
                self.moves.setdefault(field, Counter())["same"] += 1

    def _moves(self, stored: StoredRaw, row: Standing | None, unit: MappedUnit) -> None:
        old: Any = row.decoded() if row is not None else None
        self.drift.add(old, unit.record)
        self.links.add(row, old, unit.record)
        for field in unit.record.__struct_fields__:
            if field in _ASIDE:
                continue
            was, now = getattr(old, field, None) or None, getattr(unit.record, field) or None
            move = _move(was, now)
            if move is None:
                continue
            self.moves.setdefault(field, Counter())[move] += 1
            if move != "same":
                self._example(_example(stored, unit, field, move, was, now))
        if old is not None and _loses_holding(old, unit):
            self.holdings_lost += 1
        if old is not None and is_moved(old, unit.record):
            self.moved += 1
            self._example(_example(stored, unit, "hierarchy", "moved", way_to(old), way_to(unit.record)))

    def _gone(self, row: Standing) -> None:
        old = row.decoded()
        self.drift.add(old, None)
        self.links.add(row, old, None)

    def _example(self, example: Example) -> None:
        found = self.examples.setdefault((example.field, example.move), [])
        if len(found) < MOST_EXAMPLES:
            found.append(example)

    def _open(self, stored: StoredRaw, stands: Before, outcome: Outcome) -> None:
        text = stands.looser(stored, outcome)
        if not text or not isinstance(outcome, Mapped):
            return
        self.opened[stored.raw.identifier] = text
        looser = msgspec.json.decode(text)
        parts = {part for found, _ in looser.values() for part in found}
        self.parts.update(parts)
        if len(self.opened_examples) < MOST_OPENED:
            former = next(iter(stands.records.get(stored.raw.identifier, [])), None)
            unit = next(each for each in outcome.units if each.record.id in looser)
            old = former.decoded() if former else None
            self.opened_examples.append(_opened(stored, unit, parts, old))

    def join(self, later: Tally) -> None:
        """Takes in the sums over records that come later."""
        self.first_slow = self.first_slow if self.slow else later.first_slow
        self.slow += later.slow
        self.fates += later.fates
        self.parts += later.parts
        for field, moves in later.moves.items():
            self.moves.setdefault(field, Counter()).update(moves)
        for found in later.examples.values():
            for example in found:
                self._example(example)
        self.drift.join(later.drift)
        self.links.join(later.links)
        self.opened |= later.opened
        self.opened_examples = [*self.opened_examples, *later.opened_examples][:MOST_OPENED]
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(later, name))

    def report(self, tried: Trying, clusters: ClusterMoves) -> DryRun:
        """The dry run with its gates."""
        listed = sorted(self.opened.items())
        return DryRun(
            at=tried.at,
            text_sha256=tried.version.sha256,
            against=tried.feed.crosswalk,
            against_sha256=live_sha256(tried.feed),
            records=sum(self.fates.values()),
            sums=dict(self.fates),
            matrix=tuple(Cell(field=field, **moves) for field, moves in sorted(self.moves.items())),
            examples=tuple(each for _, found in sorted(self.examples.items()) for each in found),
            opened=dict(self.parts),
            opened_examples=tuple(self.opened_examples),
            opened_sha256=sha256_of(json_text(listed)),
            drift=self.drift.drifts(),
            relinked=len(self.links),
            clusters=clusters,
            gates=tuple(self._gates(tried)),
        )

    def _gates(self, tried: Trying) -> Iterator[Gate]:
        if self.ids_changed and not tried.keeps_ids:
            yield Gate(code="ids_changed", stops=False, number=self.ids_changed, role="harvest_admin")
        if self.opened:
            yield Gate(code="access_loosened", stops=True, number=len(self.opened), role="institution_admin")
        if tried.opening_defaults:
            yield Gate(code="default_opens", stops=True, number=tried.opening_defaults, role="institution_admin")
        if self.private_read:
            yield Gate(code="private_read", stops=True, number=self.private_read, role="institution_admin")
        if self.holdings_lost:
            yield Gate(code="holding_lost", stops=True, number=self.holdings_lost, role="institution_admin")
        if self.moved:
            yield Gate(code="moved", stops=True, number=self.moved, role="institution_admin")
        dropped = self.mapped_before - self.mapped_after
        if self.mapped_before and dropped * 100 >= 15 * self.mapped_before:
            stops = dropped * 100 >= 30 * self.mapped_before
            yield Gate(code="mapped_drop", stops=stops, number=dropped, role="harvest_admin")
        total = self.fates.total() - self.fates["deleted"]
        more = self.without_after - self.without_before
        if total and more > 0 and (self.without_after * 100 >= 20 * total or more * 10 >= total):
            stops = self.without_after * 100 >= 40 * total or more * 10 >= total
            yield Gate(code="rejects", stops=stops, number=self.without_after, role="harvest_admin")


def _move(was: object, now: object) -> Move | None:
    if was is None:
        return None if now is None else "gained"
    if now is None:
        return "lost"
    return "same" if was == now else "changed"


def _example(stored: StoredRaw, unit: MappedUnit, field: str, move: str, was: object, now: object) -> Example:
    before, after = apart(was, now)
    return Example(
        identifier=stored.raw.identifier,
        record=unit.record.id,
        title=unit.record.title.value[:LONGEST_VALUE],
        field=field,
        move=move,
        before=before,
        after=after,
    )


def _opened(stored: StoredRaw, unit: MappedUnit, parts: Set[str], old: CatalogueRecord | None) -> Example:
    """The terms of access before and after; where only an address would be told, the addresses."""
    move = " ".join(sorted(parts))
    if parts == {ADDRESS}:
        return _example(stored, unit, "digital", move, _addresses(old), _addresses(unit.record))
    return _example(stored, unit, "access", move, old.access if old else None, unit.record.access)


def _addresses(record: CatalogueRecord | None) -> object:
    return [f"{each.url} ({each.role})" for each in record.digital] if record else None


def _refusal(stored: StoredRaw, outcome: Outcome, former: Standing) -> Example:
    why = outcome.issue.code if isinstance(outcome, Rejected) else getattr(outcome, "reason", "")
    title = former.decoded().title.value
    return Example(
        identifier=stored.raw.identifier, record=former.id, title=title, field="record", move="refused", after=why
    )


def _loses_holding(old: Any, unit: MappedUnit) -> bool:
    """Whether a reference code, the holder or the statement of rights would be lost."""
    codes = {holding.reference_code for holding in old.holding if holding.reference_code}
    kept = {holding.reference_code for holding in unit.record.holding}
    # a partner goes by its slug: a new name for it is no loss
    holders = {holding.institution.slug or holding.institution.name for holding in old.holding}
    same = holders <= {holding.institution.slug or holding.institution.name for holding in unit.record.holding}
    return not codes <= kept or not same or bool(old.rights.uri and not unit.record.rights.uri)
