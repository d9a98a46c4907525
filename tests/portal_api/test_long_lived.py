"""What a server has loaded costs no reader a full round of the collector."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from portal_api.long_lived import put_aside, putting_aside


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_lives_is_put_out_of_the_collectors_sight() -> None:
    kept = [[number] for number in range(1_000)]
    put_aside()
    assert not any(each is kept for each in gc.get_objects())
    assert gc.get_freeze_count() > len(kept)


async def test_a_server_puts_aside_as_it_starts_and_leaves_nothing_running() -> None:
    frozen = gc.get_freeze_count()
    async with putting_aside():
        await asyncio.sleep(0.01)
        assert gc.get_freeze_count() > frozen
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1
