"""Points: every spelling gives degrees, and nothing lies off the earth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.schema.points import read_point
from mappings.schema.record import Point


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        ("40.75, -74.25", 40.75, -74.25),
        ("W0741500 N0404500", 40.75, -74.25),
        ("E072.5 N13", 13, 72.5),
        ("s0103030 e1203000", -10.508333, 120.5),
        ("W07415.5 N4045", None, None),
        ("91, 0", None, None),
        ("Nashville", None, None),
        ("N40", None, None),
    ],
)
def test_points(text: str, lat: float | None, lon: float | None) -> None:
    found = read_point(text)
    if lat is None or lon is None:
        assert found is None
    else:
        assert found == Point(lat=lat, lon=lon)


def test_longitude_may_come_first() -> None:
    assert read_point("-74.25 40.75", longitude_first=True) == Point(lat=40.75, lon=-74.25)


@given(st.text())
def test_any_text_gives_a_point_on_earth_or_none(text: str) -> None:
    found = read_point(text)
    assert found is None or (abs(found.lat) <= 90 and abs(found.lon) <= 180)
