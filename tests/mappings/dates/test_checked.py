"""Dates of real catalogues, each reading compared with its text by hand: `tests/samples/dates/checked.tsv`."""

from __future__ import annotations

from pathlib import Path

from mappings.dates.read import read
from mappings.schema.dates import Dated

CHECKED = Path(__file__).parents[2] / "samples" / "dates" / "checked.tsv"
ROWS = [line.split("\t") for line in CHECKED.read_text(encoding="utf-8").splitlines()]


def reading(text: str) -> str:
    found = read(text)
    return found.edtf if isinstance(found, Dated) else type(found).__name__.lower()


def test_five_hundred_dates_read_as_they_were_found_right() -> None:
    assert len(ROWS) == 500
    assert [(text, reading(text)) for text, _ in ROWS] == [(text, expected) for text, expected in ROWS]
