"""What is said of records is said in words: no code stands alone on a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import federation
import harvester
import mappings
from portal_api.pages.admin.reasons import ISSUES

_GIVEN = re.compile(r"\bissue\(\s*\"([a-z_0-9]+)\"")


@pytest.mark.parametrize("room", [mappings, harvester, federation], ids=lambda room: room.__name__)
def test_every_issue_that_is_given_has_a_sentence(room: object) -> None:
    (folder,) = room.__path__  # type: ignore[attr-defined]
    given = {code for file in Path(folder).rglob("*.py") for code in _GIVEN.findall(file.read_text("utf-8"))}
    assert given
    assert given <= ISSUES.keys()
