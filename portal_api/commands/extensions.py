"""Modules that were compiled (`make compiled`) and edited since: they would run in place of what is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mappings

MAPPINGS = Path(mappings.__file__).parent


def stale(folder: Path = MAPPINGS) -> Iterator[Path]:
    """Sources that are newer than the extension beside them, or gone."""
    for extension in sorted(folder.rglob("*.so")):
        source = extension.with_name(extension.name.partition(".")[0] + ".py")
        if not source.exists() or source.stat().st_mtime > extension.stat().st_mtime:
            yield source


def refusal(folder: Path = MAPPINGS) -> str:
    """Why nothing should run so; empty where nothing is stale."""
    names = [source.name for source in stale(folder)]
    if not names:
        return ""
    return f"compiled before {', '.join(names)} changed: run make compiled, or make interpreted"
