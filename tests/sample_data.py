"""The open sample data that may lie beside the checkout; tests that use it skip by name when it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SAMPLE_DATA = Path(os.environ.get("EXCHANGE_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def require_data(relative: str) -> Path:
    """The path of a sample file; skips the test by name when it is absent."""
    path = SAMPLE_DATA / relative
    if not path.exists():
        pytest.skip(f"sample data {relative} is not beside the checkout")
    return path
