"""Worker processes: each does one thing at a time, and stands back behind whoever is to go first."""

from __future__ import annotations

import os

import pytest

from federation.pipeline.workers import Workers

#: what nice(2) gives at most
_LAST = 19


@pytest.mark.parametrize("niceness", [0, 7])
async def test_a_process_stands_as_far_back_as_it_is_told(niceness: int) -> None:
    workers = Workers(1, niceness=niceness)
    try:
        found = await workers.run("process", os.nice, 0)
    finally:
        workers.close()
    assert found == min(os.nice(0) + niceness, _LAST)
