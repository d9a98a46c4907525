"""What was compiled never runs in place of a source that has changed since."""

from __future__ import annotations

import os
from pathlib import Path

from portal_api.commands.extensions import refusal, stale


def test_a_source_that_changed_behind_its_extension_is_told(tmp_path: Path) -> None:
    for name in ("unit", "compose"):
        (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
        (tmp_path / f"{name}.cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
        os.utime(tmp_path / f"{name}.py", (1, 1))
    assert refusal(tmp_path) == ""
    os.utime(tmp_path / "unit.py")
    os.utime(tmp_path / "unit.cpython-311-x86_64-linux-gnu.so", (2, 2))
    assert [source.name for source in stale(tmp_path)] == ["unit.py"]
    assert "unit.py" in refusal(tmp_path)
    assert "make compiled" in refusal(tmp_path)


def test_an_extension_without_its_source_is_told(tmp_path: Path) -> None:
    (tmp_path / "gone.cpython-311-x86_64-linux-gnu.so").write_bytes(b"")
    assert [source.name for source in stale(tmp_path)] == ["gone.py"]
