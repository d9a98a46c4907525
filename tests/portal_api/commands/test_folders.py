"""A folder without an exchange: commands that need one say so, and begin none."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app
from portal_api.errors import NoExchange
from portal_api.http.problems import SETTINGS, exit_code


@pytest.mark.parametrize(
    "command",
    [
        ("ledger", "verify"),
        ("backup", "copy"),
        ("search", "letters"),
        ("show", "c-1"),
        ("show", "c-1", "--json"),
        ("jobs",),
        ("feed", "list"),
        ("harvest", "Feed"),
        ("upload", "Feed", __file__),
        ("index", "rebuild"),
        ("index", "drop", "000001"),
        ("work", "--until-idle"),
        ("account", "list"),
        ("account", "lock", "ada"),
        ("institution", "list"),
        ("record", "withhold", "r1", "--reason", "wrong"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_misspelt_folder_is_refused_and_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, [*command, "--data", "misspelt"])
    assert isinstance(result.exception, NoExchange)
    assert "misspelt" in str(result.exception)
    assert exit_code(result.exception) == SETTINGS
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [("institution", "add", "riverside", "--name", "Riverside"), ("account", "add", "ada"), ("migrate",)]
)
def test_what_begins_an_exchange_needs_none(tmp_path: Path, command: tuple[str, ...]) -> None:
    given = ["--data", str(tmp_path / "new")]
    assert CliRunner().invoke(app, [*command, *given], input="a long password\n").exit_code == 0
    assert CliRunner().invoke(app, ["ledger", "verify", *given]).exit_code == 0


def test_what_needs_no_exchange_leaves_none(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert CliRunner().invoke(app, ["config", "--data", str(folder)]).exit_code == 0
    CliRunner().invoke(app, ["probe", "http://127.0.0.1:9/oai", "--data", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []
