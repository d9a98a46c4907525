"""Addresses with a name and password in them, which would be stored and shown, are taken by no command."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app


@pytest.mark.parametrize(
    "address",
    [
        "http://bob:s3cret@127.0.0.1:9/oai",
        "ftp://bob:s3cret@h.example/",
        "http://bob:s3cret@h.example:99999/",
        "bob:s3cret@h",
    ],
)
@pytest.mark.parametrize("words", [("harvest", "--to"), ("probe", "--data")])
def test_an_address_with_a_password_is_refused_before_anything_is_made_and_not_repeated(
    tmp_path: Path, words: tuple[str, str], address: str
) -> None:
    verb, option = words
    folder = tmp_path / "new"
    result = CliRunner().invoke(app, [verb, address, option, str(folder)])
    said = result.output + str(result.exception)
    assert result.exit_code != 0
    assert "without a name and password" in said
    assert "s3cret" not in said
    assert not folder.exists()
