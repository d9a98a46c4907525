"""Every test of the contract runs on every backend that can be had here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from index.ports import SearchBackend
from mappings.schema.unified import UnifiedRecord
from tests.index.indexed import indexed

#: makes a search over records; calling it twice gives two
IndexOf = Callable[[Iterable[UnifiedRecord]], SearchBackend]

#: name -> a search over records, with a folder for what it keeps
BACKENDS: dict[str, Callable[[Path, Iterable[UnifiedRecord]], SearchBackend]] = {"embedded": indexed}


@pytest.fixture(scope="session", name="index_of", params=sorted(BACKENDS))
def fixture_index_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> IndexOf:
    """Makes a search over the records that it is given."""
    return lambda records: BACKENDS[request.param](tmp_path_factory.mktemp("index"), records)
