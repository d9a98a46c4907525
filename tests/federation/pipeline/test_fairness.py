"""Many feeds in one process all come to their ends, whatever others do."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.federation.pipeline.fair import harvested, many
from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Peer
from tests.peers.awkward.peer import serving as awkward
from tests.peers.courteous.repository import Repository, items

#: what waits, or never ends
MISBEHAVING = ("47 stall once", "50 endless page", "54 502 for ever", "86 same token for ever")


async def test_healthy_feeds_end_among_such_that_never_do(tmp_path: Path) -> None:
    known = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(many(Repository(items(60)), 20))
        others = [await stack.enter_async_context(awkward(Peer(known[name]))) for name in MISBEHAVING]
        assert len(await harvested(tmp_path / "many", urls, others)) == len(urls)


@pytest.mark.long
async def test_three_hundred_feeds_of_a_thousand_records_all_end(tmp_path: Path) -> None:
    async with many(Repository(items(1_000), page_size=100), 300) as urls:
        assert len(await harvested(tmp_path / "many", urls)) == len(urls)
