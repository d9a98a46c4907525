"""SSSOM: any text of a cell comes back, and an id is one that the document itself declares."""

from __future__ import annotations

import pytest

from mappings.tables.rows import TableRow
from mappings.tables.sssom import read_sssom, write_sssom


def written(*rows: TableRow) -> str:
    return write_sssom(rows, mapping_set="https://exchange.example/tables/t", version=1).decode()


@pytest.mark.parametrize("key", ["a\u2028b", "a\x85b", "a\x0cb", "#a", '"a"'])
def test_a_key_of_any_characters_comes_back(key: str) -> None:
    row = TableRow(key=key, value="StillImage", note=f"n{key}")
    assert read_sssom(written(row)) == (row,)


@pytest.mark.parametrize(
    ("value", "is_id"),
    [
        ("http://vocab.example/1", True),
        ("urn:isbn:1", True),
        ("skos:Concept", True),
        ("word:word", False),
        ("StillImage", False),
    ],
)
def test_an_id_is_a_uri_or_of_a_declared_prefix(value: str, *, is_id: bool) -> None:
    text = written(TableRow(key="a", value=value))
    assert text.rstrip("\n").rpartition("\n")[2].split("\t")[3:5] == ([value, ""] if is_id else ["", value])
    assert read_sssom(text)[0].value == value
