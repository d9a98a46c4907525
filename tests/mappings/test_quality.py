"""The score of a record."""

from __future__ import annotations

from mappings.quality import CHECKS, QualitySum, failed_checks, score
from mappings.schema.issue import issue
from mappings.schema.record import Description
from mappings.schema.rights import Rights
from tests import factories


def test_the_weights_add_up_to_100() -> None:
    assert sum(check.weight for check in CHECKS) == 100


def test_a_record_that_says_everything_scores_100() -> None:
    record = factories.catalogue_record(rights=Rights(uri="http://rightsstatements.org/vocab/InC/1.0/"))
    assert (score(record).score, failed_checks(record)) == (100, ())


def test_what_is_missing_is_named_and_counted() -> None:
    record = factories.catalogue_record(dates=(), level_inferred=True)
    assert failed_checks(record) == ("date_read", "rights_evaluated", "level_stated")
    assert score(record).score == 70


def test_who_is_responsible_describes_nothing() -> None:
    said = Description(value="by X", kind="statement_of_responsibility")
    assert "descriptions" in failed_checks(factories.catalogue_record(descriptions=(said,)))


def test_issues_ride_along() -> None:
    found = (issue("date_unread", field="dates[0]"),)
    assert score(factories.catalogue_record(), found).issues == found


def test_the_mean_of_many_names_how_many_hold_each_check() -> None:
    found = QualitySum()
    assert found.mean is None
    found.add(factories.catalogue_record())
    found.add(factories.catalogue_record(dates=()))
    scores = [score(factories.catalogue_record()).score, score(factories.catalogue_record(dates=())).score]
    assert (found.records, found.mean, found.holding["date_read"]) == (2, sum(scores) / 2, 1)
