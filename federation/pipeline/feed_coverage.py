"""What a feed's live rules make of its stored records: quality, fields that are filled, rules that set something.

Records are mapped anew and nothing is written; those that are looked at are spread over the feed, refused and odd ones
among them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import msgspec
import sqlalchemy as sa

from federation.pipeline.crosswalks import context_of, crosswalk_of
from federation.pipeline.parent_sources import StoredParents
from federation.pipeline.sandbox import CheckSum, check_sums, filled_fields
from federation.pipeline.tried_hierarchy import tried_together
from federation.storage import institutions, outcomes, raw_records
from federation.storage.feeds import StoredFeed
from mappings.engine.compiled import Compiled
from mappings.engine.coverage import Coverage
from mappings.engine.outcome import Mapped, Outcome
from mappings.engine.unread import UnreadPath
from mappings.quality import QualitySum
from mappings.schema.raw import RawRecord

#: stored records that are looked at, units of them, and for how long, where a person waits
LOOKED_AT, LOOKED_AT_UNITS, SECONDS = 300, 5_000, 5.0
#: how many of them are held at a time: a finding aid may have megabytes
_READ = 20


class RuleSum(msgspec.Struct, frozen=True, kw_only=True):
    """How often one rule set something, and how often something was wrong with what it read."""

    rule: str
    #: descriptions in which it set something
    fired: int
    issues: int


class FeedCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules that a feed lives by make of its records."""

    #: `name@version` of the rules
    crosswalk: str
    #: stored records that were looked at
    records: int
    #: descriptions that came of them
    units: int
    #: mapped, rejected, skipped -> records
    sums: dict[str, int]
    #: mean of the descriptions' quality, 0 to 100; None without any
    score: float | None
    checks: tuple[CheckSum, ...]
    #: field of the common record -> descriptions where it stands, the most frequent first
    filled: dict[str, int]
    #: in the order in which they run
    rules: tuple[RuleSum, ...]
    unread: tuple[UnreadPath, ...]


def coverage_of(
    connection: sa.Connection,
    feed: StoredFeed,
    most: int = LOOKED_AT,
    *,
    units: int | None = LOOKED_AT_UNITS,
    seconds: float = SECONDS,
    monotonic: Callable[[], float] = time.monotonic,
) -> FeedCoverage:
    """The coverage in up to `most` stored records of a feed, until they come to `units` of them or `seconds`.

    units   None = however many they are
    raises  CrosswalkInvalid
    """
    program = crosswalk_of(connection, feed)
    coverage, quality, issues = Coverage(), QualitySum(), Counter[str]()
    until = monotonic() + seconds
    for raw, outcome in _mapped(connection, feed, program, most):
        coverage.add(program, raw, outcome)
        for unit in outcome.units if isinstance(outcome, Mapped) else ():
            quality.add(unit.record)
            issues.update(issue.rule for issue in unit.issues)
        if (units is not None and quality.records >= units) or monotonic() > until:
            break
    return FeedCoverage(
        crosswalk=program.label,
        records=coverage.records,
        units=quality.records,
        sums=dict(coverage.outcomes),
        score=quality.mean,
        checks=check_sums(quality),
        filled=filled_fields(coverage),
        rules=tuple(
            RuleSum(rule=name, fired=coverage.fired[name], issues=issues[name])
            for name in dict.fromkeys(each.id for each in program.programs)
        ),
        unread=coverage.unread.most_common(),
    )


def _mapped(
    connection: sa.Connection, feed: StoredFeed, program: Compiled, most: int
) -> Iterator[tuple[RawRecord, Outcome]]:
    holder = institutions.get(connection, feed.institution)
    if holder is None:
        return
    numbers = outcomes.spread(connection, feed.key, most)
    parts = (numbers[start : start + _READ] for start in range(0, len(numbers), _READ))
    raws = (each.raw for part in parts for each in raw_records.by_number(connection, part))
    parents = StoredParents(lambda: nullcontext(connection))
    yield from tried_together(program, raws, context_of(feed, holder), parents)
