"""Values in parts that one statement takes."""

from __future__ import annotations

from federation.storage.bulk import parted


def test_every_value_stands_in_one_part_in_order() -> None:
    assert list(parted({5, 3, 1, 4, 2}, 2)) == [[1, 2], [3, 4], [5]]
    assert list(parted(["b", "a"], 2)) == [["a", "b"]]


def test_nothing_makes_no_part() -> None:
    assert list(parted([], 2)) == []
