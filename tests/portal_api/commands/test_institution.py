"""`institution` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.portal_api.commands.test_account import refused, run


def test_what_is_not_said_of_a_known_institution_stays(tmp_path: Path) -> None:
    run(tmp_path, "institution", "add", "lib", "--name", "Old", "--isil", "DE-1", "--url", "https://lib.example/")
    run(tmp_path, "institution", "add", "lib", "--name", "Old", "--other-name", "The Hill", "--other-name", "Lib")
    run(tmp_path, "institution", "add", "lib", "--name", "New")
    line = json.loads(run(tmp_path, "institution", "list", "--json"))
    known = {"slug": "lib", "name": "New", "isil": "DE-1", "url": "https://lib.example/"}
    assert line == known | {"other_names": ["The Hill", "Lib"]}
    run(tmp_path, "institution", "add", "lib", "--name", "New", "--isil", "")
    assert json.loads(run(tmp_path, "institution", "list", "--json"))["isil"] is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("lib", "--name", " "), "field_missing"),
        (("Bad Slug", "--name", "Library"), "slug_invalid"),
        (("lib", "--name", "Library", "--url", "javascript:alert(1)"), "address_invalid"),
        (("lib", "--name", "Library", "--isil", "!!"), "isil_invalid"),
    ],
)
def test_what_the_form_refuses_is_refused(tmp_path: Path, given: tuple[str, ...], reason: str) -> None:
    run(tmp_path, "migrate")
    assert refused(tmp_path, "institution", "add", *given) == reason
    assert run(tmp_path, "institution", "list") == ""
