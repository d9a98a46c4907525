"""`try` as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from portal_api.commands.entry import app
from tests.federation.pipeline.test_sandbox import file, letters


def ran(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["try", *map(str, arguments)], catch_exceptions=False)
    return result.exit_code, result.stdout


def test_it_says_what_becomes_of_a_file(tmp_path: Path) -> None:
    path = file(tmp_path, letters(2, "<dc:audience>x</dc:audience>"))
    code, said = ran(path)
    assert code == 0
    assert "oai_dc, mapped by base/oai_dc@" in said
    assert "records      2 = 2 mapped\n" in said
    assert "not read     dc:audience in 2 records" in said
    assert json.loads(ran(path, "--json")[1])["units"] == 2


def test_what_cannot_be_tried_ends_with_another_code(tmp_path: Path) -> None:
    assert ran(file(tmp_path, b"nothing"))[0] == 69
    code, said = ran("http://127.0.0.1:9/oai")
    assert (code, "(address_refused)" in said) == (69, True)
