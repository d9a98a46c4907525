"""Lists that cataloguers take away as tables: how a feed's rules do, what tables did not know, what was refused."""

from __future__ import annotations

from collections.abc import Sequence

from federation.pipeline.feed_coverage import FeedCoverage
from federation.pipeline.lookup_tables import Miss
from federation.storage.outcomes import Refusal
from mappings.formats.table import csv_of


def coverage_csv(found: FeedCoverage) -> bytes:
    """The coverage: what a line is about, its name, how many have it, and of how many."""
    lines: list[tuple[object, ...]] = [("quality", "", "" if found.score is None else found.score, 100)]
    lines += [("check", each.name, each.holding, found.units) for each in found.checks]
    lines += [("field", name, number, found.units) for name, number in found.filled.items()]
    lines += [("rule", each.rule, each.fired, found.units) for each in found.rules]
    lines += [("rule_issues", each.rule, each.issues, found.units) for each in found.rules if each.issues]
    lines += [("unread", each.path, each.units if each.unit else each.records, found.units) for each in found.unread]
    return csv_of(("about", "name", "number", "of"), lines)


def misses_csv(found: Sequence[Miss]) -> bytes:
    """What tables did not know, the most frequent first."""
    return csv_of(
        ("value", "records", "rule", "tables"),
        [(miss.value, miss.records, miss.rule, " ".join(miss.tables)) for miss in found],
    )


def rejects_csv(found: Sequence[Refusal]) -> bytes:
    """Records that were refused, a line for each thing that was wrong with one."""
    return csv_of(
        ("identifier", "code", "issue", "field", "rule", "excerpt"),
        [
            (refused.identifier, refused.code, issue.code, issue.field or "", issue.rule or "", issue.excerpt or "")
            for refused in found
            for issue in refused.issues
        ],
    )
