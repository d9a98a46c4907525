"""Every unit of the sample data has an outcome: as many as its list says, none lost, each refusal with its reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from harvester.files.mapping import base_for, map_file
from mappings.engine.library import compiled
from mappings.engine.outcome import Deleted, Mapped, MappedUnit, Outcome, Rejected, Skipped
from tests.mappings.crosswalks.golden import CONTEXT
from tests.sample_data import SAMPLE_DATA, require_data

#: finding aids are counted by their components; lists that have an own crosswalk are in `test_uploaded_samples`
ELSEWHERE = ("ead2002/", "ead3/", "mets/", "overlap/", "xlsx/", "csv/umelb")
COMPONENTS = "ead2002/loc_findingaids.zip"
CLOSURES = "ead2002/archivesspace_ead_eac_fixtures.zip"


def manifest() -> dict[str, int]:
    """File -> number of records, as the list of the sample data has them."""
    path = SAMPLE_DATA / "records" / "MANIFEST.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {row["file"]: row["records"] for row in rows}


def listed() -> list[tuple[str, int]]:
    """Those of them that are counted here."""
    return [(file, records) for file, records in manifest().items() if not file.startswith(ELSEWHERE)]


def outcomes(file: str) -> Iterator[Outcome]:
    path = require_data(f"records/{file}")
    return (outcome for _, outcome in map_file(compiled(base_for(path)), path, CONTEXT))


def units(file: str) -> Iterator[MappedUnit]:
    return (unit for outcome in outcomes(file) if isinstance(outcome, Mapped) for unit in outcome.units)


@pytest.mark.data
def test_all_units_are_counted_here_or_as_named() -> None:
    require_data("records")
    found = Counter[str]()
    for file, records in manifest().items():
        found[next((part for part in ELSEWHERE if file.startswith(part)), "here")] += records
    # of finding aids `test_ead` counts the components; METS, the rows of the list and the tables `test_uploaded_*`
    assert found.total() - found["overlap/"] == 125_567
    assert found == {
        "here": 91_649,
        "ead3/": 26_639,
        "ead2002/": 6_298 + 22,
        "mets/": 30,
        "csv/umelb": 929,
        "overlap/": 3_157,
        "xlsx/": 0,
    }


@pytest.mark.data
@pytest.mark.long
@pytest.mark.parametrize(("file", "records"), listed())
def test_as_many_outcomes_as_records(file: str, records: int) -> None:
    found: Counter[str] = Counter()
    dates: Counter[bool] = Counter()
    for outcome in outcomes(file):
        found[type(outcome).__name__] += 1
        if isinstance(outcome, Rejected):
            assert outcome.issue.code == "title_missing"
        if isinstance(outcome, Skipped):
            assert outcome.reason in ("duplicate_in_file", "not_material")
        if isinstance(outcome, Mapped):
            dates.update("unread" not in date.flags for unit in outcome.units for date in unit.record.dates)
    assert sum(found.values()) - found[Deleted.__name__] == records
    assert dates[True] >= 0.9 * sum(dates.values())


@pytest.mark.data
@pytest.mark.long
def test_components_and_their_finding_aids_are_mapped_or_refused() -> None:
    found = [outcome for outcome in outcomes(COMPONENTS) if isinstance(outcome, Mapped)]
    # 6,298 components and 130 finding aids
    assert sum(len(outcome.units) + len(outcome.refused) for outcome in found) == 6_298 + 130


@pytest.mark.data
@pytest.mark.long
def test_a_closure_of_twenty_years_closes_every_unit_under_it_to_an_end() -> None:
    closed = [
        unit.record.access
        for unit in units(CLOSURES)
        if "closed for a period of 20 years" in (unit.record.access.conditions_of_access or "")
    ]
    # 719 components and their finding aid
    assert len(closed) == 720
    assert all(access.status == "closed" and access.until for access in closed)
