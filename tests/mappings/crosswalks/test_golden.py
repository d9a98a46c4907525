"""Records whose results were compared with their source by hand give these results still.

The sample data holds no UNIMARC and no CNMARC: those records were written for these tests after the manuals. They show
how the fields are read, and not what catalogues make of them.
"""

from __future__ import annotations

import json

import pytest

from tests.mappings.crosswalks import places
from tests.mappings.crosswalks.golden import expected, formats, made


@pytest.mark.parametrize("format_", formats())
def test_hand_checked_records_map_as_they_did(format_: str) -> None:
    assert [json.loads(line) for line in made(format_)] == [json.loads(line) for line in expected(format_)]


@pytest.mark.data
@pytest.mark.parametrize("format_", places.formats())
def test_hand_checked_records_of_the_sample_data_map_as_they_did(format_: str) -> None:
    wanted = places.places(format_)
    found = list(places.made(wanted))
    assert [(place.of, place.at, place.sha256) for place in found] == [
        (place.of, place.at, place.sha256) for place in wanted
    ]
    for now, then in zip(found, wanted, strict=True):
        assert json.loads(bytes(now.expected)) == json.loads(bytes(then.expected)), f"{then.file} {then.of} {then.at}"


#: no more of these exist in the sample data
FEWER = {"dat46": 10}


@pytest.mark.parametrize("format_", places.formats())
def test_twenty_results_of_a_format_were_checked_by_hand(format_: str) -> None:
    assert len(places.places(format_)) + (len(expected(format_)) if format_ in formats() else 0) >= FEWER.get(
        format_, 20
    )
