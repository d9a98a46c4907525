"""Records whose results were compared with their source by hand give these results still."""

from __future__ import annotations

import json

import pytest

from tests.mappings.crosswalks.golden import expected, formats, made


@pytest.mark.parametrize("format_", formats())
def test_hand_checked_records_map_as_they_did(format_: str) -> None:
    assert [json.loads(line) for line in made(format_)] == [json.loads(line) for line in expected(format_)]
