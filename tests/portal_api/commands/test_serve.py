"""`serve` and `demo` as an operator types them: what cannot be listened on is refused before anything is made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_api.commands.entry import app


@pytest.mark.parametrize("verb", ["serve", "demo"])
@pytest.mark.parametrize("port", ["99999", "-1", "abc", "80.0", "9" * 5000])
def test_a_port_that_is_none_is_refused_with_the_range_before_a_folder_is_made(
    tmp_path: Path, verb: str, port: str
) -> None:
    folder = tmp_path / "data"
    result = CliRunner().invoke(app, [verb, "--data", str(folder), "--port", port])
    assert result.exit_code == 2
    assert "--port" in result.stderr
    assert "from 0 to 65535" in " ".join(re.sub(r"[│\n]", " ", result.stderr).split())
    assert not folder.exists()
