"""How complete a description is: the weighted share of checks that hold, as partners and curators see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mappings.schema.issue import Issue
from mappings.schema.record import CatalogueRecord, RecordQuality
from mappings.schema.rights import NOT_EVALUATED


class Check:
    """One question asked of every record."""

    __slots__ = ("holds", "name", "weight")

    def __init__(self, name: str, weight: int, holds: Callable[[CatalogueRecord], object]) -> None:
        self.name, self.weight, self.holds = name, weight, holds


def _some_date_read(record: CatalogueRecord) -> bool:
    return any(date.edtf is not None for date in record.dates)


def _every_identifier_valid(record: CatalogueRecord) -> bool:
    return bool(record.identifiers) and all(identifier.valid for identifier in record.identifiers)


def _found_at_holder(record: CatalogueRecord) -> bool:
    return any(holding.reference_code or holding.url for holding in record.holding)


def _some_description(record: CatalogueRecord) -> bool:
    """Who is responsible describes nothing; what names the makers is looked for among the agents."""
    return any(said.kind != "statement_of_responsibility" for said in record.descriptions)


#: the weights add up to 100
CHECKS: tuple[Check, ...] = (
    Check("title_from_material", 15, lambda record: not record.title.supplied),
    Check("date_read", 15, _some_date_read),
    Check("agents", 10, lambda record: record.agents),
    Check("subjects_or_places", 10, lambda record: record.subjects or record.places),
    Check("descriptions", 10, _some_description),
    Check("rights_evaluated", 10, lambda record: record.rights.uri != NOT_EVALUATED),
    Check("level_stated", 5, lambda record: not record.level_inferred),
    Check("type", 5, lambda record: record.type),
    Check("languages", 5, lambda record: record.languages),
    Check("identifiers_valid", 5, _every_identifier_valid),
    Check("found_at_holder", 5, _found_at_holder),
    Check("access_known", 5, lambda record: record.access.status != "unknown"),
)


def failed_checks(record: CatalogueRecord) -> tuple[str, ...]:
    """Names of the checks that do not hold, in the order of `CHECKS`."""
    return tuple(check.name for check in CHECKS if not check.holds(record))


def score(record: CatalogueRecord, issues: tuple[Issue, ...] = ()) -> RecordQuality:
    """The record's quality, 0 to 100, beside what was found while it was mapped."""
    points = sum([check.weight for check in CHECKS if check.holds(record)])
    return RecordQuality(score=points, issues=issues)


class QualitySum:
    """The scores of many descriptions."""

    def __init__(self) -> None:
        self.records = 0
        #: check -> descriptions for which it holds
        self.holding: Counter[str] = Counter()

    def add(self, record: CatalogueRecord) -> None:
        """Counts one description."""
        self.records += 1
        self.holding.update([check.name for check in CHECKS if check.holds(record)])

    @property
    def mean(self) -> float | None:
        """The mean score, 0 to 100; None without a description."""
        points = sum([check.weight * self.holding[check.name] for check in CHECKS])
        return round(points / self.records, 1) if self.records else None
