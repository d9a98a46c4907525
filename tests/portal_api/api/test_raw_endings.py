"""A record as harvested is a file named for what it holds."""

from __future__ import annotations

import pytest

from portal_api.api.catalogue import ending_of


@pytest.mark.parametrize(
    ("payload", "ending"),
    [
        ("<dc/>", "xml"),
        ("\n <?xml version='1.0'?><dc/>", "xml"),
        ('{"cells": {}}', "json"),
        ("[1]", "json"),
        ("00714cam a2200205", "txt"),
        ("", "txt"),
    ],
)
def test_the_first_character_tells_what_was_harvested(payload: str, ending: str) -> None:
    assert ending_of(payload) == ending
