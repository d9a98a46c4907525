"""The runner: work goes on by itself, over a killed worker process too."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from federation.pipeline.lags import lags
from federation.storage import catalogue_records
from federation.storage.engine import Store, embedded_url
from tests.federation.pipeline.runners import runner_over
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.courteous.repository import Repository, items, serving

DEADLINE_SECONDS = 30


async def alive(store: Store, count: int) -> None:
    """Waits until `count` records live."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            with store.reading() as connection:
                if catalogue_records.count_alive(connection) == count and lags(store).map == 0:
                    return
            await asyncio.sleep(0.05)


async def test_a_due_feed_is_harvested_and_mapped_though_its_workers_are_killed(tmp_path: Path) -> None:
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    runner = runner_over(store, tmp_path, processes=2)
    async with serving(Repository(items(40))) as url:
        work = asyncio.create_task(runner.run())
        await asyncio.sleep(0)
        add_feed(store, url)
        await alive(store, 38)
        for child in runner.children():
            os.kill(child, signal.SIGKILL)
        with store.transaction() as tx:
            tx.connection.exec_driver_sql("UPDATE feed SET due_at = '2020-01-01T00:00:00.000000Z'")
            tx.connection.exec_driver_sql("DELETE FROM catalogue_record")
            tx.connection.exec_driver_sql("DELETE FROM stage_cursor")
        await alive(store, 38)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    store.close()
