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


#: no more of these exist in the sample data; the ten of the list stand in it in two encodings
FEWER = {"dat46": 10, "dat22": 10}


def _described(format_: str) -> set[tuple[str, str]]:
    """Identifier and title of each unit that was described: what was refused, deleted or set aside is no record."""
    lines = [bytes(place.expected) for place in places.places(format_)]
    lines += [line.encode() for line in expected(format_)] if format_ in formats() else []
    found = [json.loads(line) for line in lines]
    return {(each["of"], json.dumps([each["title"], each.get("hierarchy")])) for each in found if "title" in each}


@pytest.mark.parametrize("format_", places.formats())
def test_twenty_records_of_a_format_were_checked_by_hand(format_: str) -> None:
    assert len(_described(format_)) >= FEWER.get(format_, 20)
