"""What a crosswalk makes of many records: paths that nobody reads, fields that are filled, rules that fire, misses."""

from __future__ import annotations

from collections import Counter

import msgspec

from mappings.engine.compiled import Compiled
from mappings.engine.outcome import Mapped, Outcome
from mappings.engine.unread import UnreadPaths
from mappings.schema.raw import RawRecord


class Coverage:
    """Sums over records as they are mapped; two can be added."""

    def __init__(self) -> None:
        self.records = 0
        self.outcomes: Counter[str] = Counter()
        #: source paths that no rule reads
        self.unread = UnreadPaths()
        #: field of the common record -> records where it stands
        self.filled: Counter[str] = Counter()
        #: rule -> records in which it set something
        self.fired: Counter[str] = Counter()
        #: (rule, folded value) -> how often a table did not know it
        self.misses: Counter[tuple[str, str]] = Counter()

    def add(self, compiled: Compiled, raw: RawRecord, outcome: Outcome) -> None:
        """Counts one record with its outcome."""
        self.records += 1
        self.outcomes[type(outcome).__name__.lower()] += 1
        self.unread.add(compiled, raw)
        if isinstance(outcome, Mapped):
            for unit in outcome.units:
                self.filled.update(name for name, value in msgspec.structs.asdict(unit.record).items() if value)
                self.fired.update({rule for origins in unit.rules.values() for rule, _ in origins})
                self.misses.update((i.rule, i.excerpt) for i in unit.issues if i.code == "lookup_missed")

    def silent(self, compiled: Compiled) -> tuple[str, ...]:
        """Rules that set nothing in any record."""
        return tuple(program.id for program in compiled.programs if not self.fired[program.id])
