"""Real finding aids: every unit has an outcome, and what was checked by hand against its source stays so."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest

from mappings.engine.apply import apply
from mappings.engine.library import compiled
from mappings.engine.outcome import Context, Mapped, MappedUnit
from mappings.engine.own_tests import at_path
from mappings.engine.payload import read_payload
from mappings.engine.recognising import recognise
from mappings.engine.split import parts_of
from mappings.schema.holding import Institution
from mappings.schema.raw import RawRecord
from tests.sample_data import require_data

CONTEXT = Context(feed="feed", institution=Institution(name="Archive", slug="archive"))


def finding_aids(archive: str, format_: str, prefix: str = "") -> Iterator[RawRecord]:
    with zipfile.ZipFile(require_data(f"records/{archive}")) as packed:
        for name in sorted(packed.namelist()):
            if name.endswith(".xml") and name.rpartition("/")[2].startswith(prefix):
                yield RawRecord(
                    feed="feed",
                    identifier=name.rpartition("/")[2],
                    datestamp="2020-01-01",
                    payload_sha256="",
                    payload=packed.read(name).decode("utf-8", "replace"),
                    format=format_,
                )


def mapped(raw: RawRecord) -> Mapped:
    outcome = apply(compiled(f"base/{raw.format}"), raw, CONTEXT)
    assert isinstance(outcome, Mapped)
    return outcome


@cache
def one(sample: tuple[str, ...], finding_aid: str) -> Mapped:
    return mapped(next(raw for raw in finding_aids(*sample) if raw.identifier.endswith(finding_aid)))


SAA = ("ead3/saa_ead3_samples.zip", "ead3")
LOC = ("ead2002/loc_findingaids.zip", "ead2002")
NYU = ("ead2002/archivesspace_ead_eac_fixtures.zip", "ead2002", "ead__")


@pytest.mark.data
@pytest.mark.long
@pytest.mark.parametrize(("sample", "aids", "components"), [(SAA, 48, 26_639), (LOC, 130, 6_298), (NYU, 10, 1_348)])
def test_every_unit_is_mapped_or_refused_with_its_reason_and_has_an_id_of_its_own(
    sample: tuple[str, ...], aids: int, components: int
) -> None:
    ids: set[str] = set()
    units = 0
    for raw in finding_aids(*sample):
        program, outcome = compiled(f"base/{raw.format}"), mapped(raw)
        parts = parts_of(program, read_payload(raw, program.format, []), raw.feed, raw.identifier)
        assert len(parts) == len(outcome.units) + len(outcome.refused)
        units += len(parts)
        assert {refusal.code for refusal in outcome.refused} <= {"title_missing"}
        names = {unit.record.id for unit in outcome.units}
        assert len(names) == len(outcome.units)
        assert names.isdisjoint(ids)
        ids |= names
    assert units == aids + components


def own_statement(element: Any) -> bool:
    """Whether a unit says something of access itself, alone or in a group."""
    groups = (child for child in element if child.tag.rpartition("}")[2] in ("descgrp", "did"))
    stated = [*element.iterfind("{*}accessrestrict"), *(each for group in groups for each in group)]
    return any(each.tag.endswith("}accessrestrict") and "".join(each.itertext()).strip() for each in stated)


@pytest.mark.data
@pytest.mark.long
@pytest.mark.parametrize(
    ("sample", "covered"),
    [
        (("ead2002/loc_findingaids.zip", "ead2002"), 5_532),
        (("ead2002/archivesspace_ead_eac_fixtures.zip", "ead2002"), 1_352),
        (("ead3/saa_ead3_samples.zip", "ead3"), 7_849),
    ],
)
def test_a_statement_of_access_reaches_every_unit_below_it(sample: tuple[str, ...], covered: int) -> None:
    """Of those that are mapped; none says that it is open where nothing was said at all."""
    reached = 0
    for raw in finding_aids(*sample):
        outcome, program = apply(compiled(f"base/{raw.format}"), raw, CONTEXT), compiled(f"base/{raw.format}")
        if not isinstance(outcome, Mapped):
            continue
        records = {unit.record.id: unit.record for unit in outcome.units}
        below: list[bool] = []
        for part in parts_of(program, read_payload(raw, program.format, []), CONTEXT.feed, raw.identifier):
            below.append(own_statement(part.element) or (part.above is not None and below[part.above]))
            if (record := records.get(part.id)) is not None:
                assert bool(record.access.conditions_of_access) == below[-1]
                assert below[-1] or record.access.status == "unknown"
                reached += below[-1]
    assert reached == covered


def unit(sample: tuple[str, ...], finding_aid: str, path: str) -> MappedUnit:
    return next(unit for unit in one(sample, finding_aid).units if unit.record.source.unit_path == path)


#: sample, finding aid, unit -> what its source says
CHECKED: list[tuple[tuple[str, ...], str, str, dict[str, Any]]] = [
    (SAA, "NCSU__mc00325.xml", "archdesc[1]", {
        "title.value": "Albert C. Woodroof and A. C. Woodroof, Jr. Papers and Architectural Drawings",
        "agents[0].name.value": "Woodroof, Albert C.", "agents[0].dates": "1895/1986", "agents[0].kind": "person",
        "agents[1].name.value": "Woodroof, A. C. (Albert Cecil), Jr.", "dates[0].edtf": "1927/1986",
        "extent[0].number": 65.5, "extent[0].unit": "linear feet", "holding[0].reference_code": "MC 00325",
        "holding[0].institution.name": "North Carolina State University Libraries, Special Collections Research Center",
        "level": "collection", "hierarchy.child_count": 5,
    }),
    (LOC, "eadafc.af001001.2.xml", "archdesc[1]/dsc[1]/c01[1]/c02[1]/c03[1]", {
        "title.value": "Collection Finding Aid", "level": "file", "hierarchy.depth": 3,
        "hierarchy.path[0].title": "Woody Guthrie Manuscript Collection", "holding[0].containers[0].number": "1",
        "hierarchy.path[2].title": "[item, box 1]",
    }),
    (LOC, "eadafc.af001001.2.xml", "archdesc[1]", {
        "agents[0].name.value": "Guthrie, Woody", "agents[0].dates": "1912/1967", "dates[0].edtf": "1935/1951",
        "extent[0].text": "3 boxes", "languages[0].lang": "eng", "agents[1].kind": "corporate",
    }),
]  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize(("sample", "finding_aid", "path", "expected"), CHECKED)
def test_what_was_checked_by_hand_stays_so(
    sample: tuple[str, ...], finding_aid: str, path: str, expected: dict[str, Any]
) -> None:
    record = msgspec.to_builtins(unit(sample, finding_aid, path).record)
    assert {place: at_path(record, place) for place in expected} == expected


@pytest.mark.data
def test_a_closure_of_so_many_years_ends_for_each_unit_by_its_own_dates() -> None:
    """The finding aid closes all of it for so many years from the date of each document."""
    outcome = one(NYU, "hornstein.xml")
    states = Counter(
        (u.record.access.status, bool(u.record.access.until), "closure_end_unknown" in [i.code for i in u.issues])
        for u in outcome.units
    )
    assert sum(states.values()) > 700
    assert all(status != "open" and (ended or flagged) for status, ended, flagged in states), states


def test_ead3_is_known_by_either_of_its_namespaces() -> None:
    for namespace in ("http://ead3.archivists.org/schema/", "http://ead3.archivists.org/schema/undeprecated/"):
        body = f'<ead xmlns="{namespace}" xmlns:marc="http://www.loc.gov/MARC21/slim"><marc:record/></ead>'
        assert recognise(body.encode()) == "ead3"
