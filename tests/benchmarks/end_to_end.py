"""From a repository on loopback to a searchable catalogue: CPU of the product with its children alone."""

from __future__ import annotations

import asyncio
import ctypes
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from federation.storage import catalogue_records, feeds, institutions
from federation.storage.engine import Store, embedded_url
from tests.benchmarks.result import Result
from tests.benchmarks.words import Words
from tests.peers.courteous.repository import Item, Repository, serving

_PAGE = 500
#: PR_SET_CHILD_SUBREAPER of prctl(2)
_SET_CHILD_SUBREAPER = 36


def run(records: int) -> list[Result]:
    """Harvests, maps, links, publishes and exports `records` with politeness off."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(records, Path(folder)))


async def _run(records: int, folder: Path) -> list[Result]:
    words = Words()
    held = [Item(f"oai:peer:{number}", "2026-01-01", words.title()) for number in range(records)]
    async with serving(Repository(held, page_size=_PAGE)) as url:
        with prepared(folder) as store:
            add_feed(store, "bench", url)
        _adopt_orphans()
        before, begun = os.times(), time.monotonic()
        program = Path(sys.executable).with_name("archive-exchange")
        worker = await asyncio.create_subprocess_exec(program, "work", "--until-idle", "--data", folder)
        peak = asyncio.create_task(_peak(worker.pid))
        if await worker.wait() != 0:
            raise RuntimeError("the work did not end well")
        wall = time.monotonic() - begun
        _await_orphans()
        after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    _check(folder, records)
    rate = Result(
        name="end_to_end",
        subject="exchange",
        value=round(records / cpu, 1),
        unit="records/cpu_s",
        n=records,
        cpu_seconds=round(cpu, 2),
        wall_seconds=round(wall, 2),
        peak_mib=await peak,
    )
    return [rate]


def _adopt_orphans() -> None:
    """The server of worker processes outlives the worker for a moment; its CPU and its children's count too."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)


def _await_orphans() -> None:
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


@contextmanager
def prepared(folder: Path) -> Iterator[Store]:
    """An empty exchange of one institution."""
    store = Store(embedded_url(folder))
    store.create_schema()
    with store.transaction() as tx:
        institutions.put(tx, institutions.StoredInstitution(slug="peer", name="Peer"))
    yield store
    store.close()


def add_feed(store: Store, key: str, url: str) -> None:
    """A repository of its institution that is due, politeness off."""
    feed = feeds.StoredFeed(
        key=key,
        name=key,
        institution="peer",
        base_url=url,
        networks=("127.0.0.0/8",),
        min_interval_seconds=0.0,
        metadata_licence="https://creativecommons.org/publicdomain/zero/1.0/",
        due_at=store.now(),
    )
    with store.transaction() as tx:
        feeds.add(tx, feed)


async def _peak(process: int) -> float:
    """Largest resident memory of the working process itself, MiB, until it ends."""
    most = 0.0
    while True:
        found = await asyncio.to_thread(_high_water, process)
        if not found:
            return most
        most = max(most, round(int(found[0].split()[1]) / 1024, 1))
        await asyncio.sleep(0.2)


def _high_water(process: int) -> list[str]:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return []
    return [line for line in status.splitlines() if line.startswith("VmHWM")]


def _check(folder: Path, records: int) -> None:
    store = Store(embedded_url(folder))
    with store.reading() as connection:
        held = catalogue_records.count_alive(connection)
    store.close()
    if held != records:
        raise RuntimeError(f"expected {records} records, found {held}")
