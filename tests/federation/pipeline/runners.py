"""A runner over a store of a test, with its index in the same folder."""

from __future__ import annotations

from pathlib import Path

from federation.pipeline.export_settings import ExportSettings
from federation.pipeline.runner import Runner
from federation.storage.engine import Store
from portal_api.clock import SystemClock


def runner_over(store: Store, folder: Path, *, processes: int = 1) -> Runner:
    """A runner of so many worker processes."""
    return Runner(
        store,
        SystemClock(),
        index=folder / "index",
        export=ExportSettings(authority="test.example"),
        lists=str(folder / "lists"),
        processes=processes,
        user_agent="test",
    )
