"""Jobs claimed, as many as a runner has free slots, and each finished in a commit of its own: on each database.

SQLite has one runner and syncs every commit in full; PostgreSQL, the tests' own server where it is here, syncs too and
has four.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from federation.storage import jobs
from federation.storage.engine import Store, embedded_url
from federation.storage.jobs import Wanted
from federation.storage.schema import migrate
from tests.benchmarks.result import Result, measured
from tests.peers import postgresql

_LANE: jobs.Lane = "process"
_SLOTS = 8


def run(records: int) -> list[Result]:
    """`records` jobs, each of a group of its own; PostgreSQL is left out where it is not on this machine."""
    found = [_embedded(records)]
    if postgresql.is_here():
        found.append(_served(records))
    return found


def _embedded(count: int) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(embedded_url(Path(folder)))
        store.create_schema()
        return _worked(store, count, runners=1)


def _served(count: int) -> Result:
    with postgresql.running(syncing=True) as server:
        store = Store(server.url(server.create()))
        migrate(store)
        return _worked(store, count, runners=4)


def _worked(store: Store, count: int, *, runners: int) -> Result:
    _ask(store, count)
    with measured() as taken, ThreadPoolExecutor(runners) as pool:
        done = sum(pool.map(_run, [store] * runners))
    store.close()
    if done != count:
        raise AssertionError(f"expected {count} jobs to be done once, found {done}")
    return taken.per_wall_second("jobs", store.dialect, count)


def _ask(store: Store, count: int) -> None:
    with store.transaction() as tx:
        for number in range(count):
            jobs.enqueue(tx, Wanted(kind="map", lane=_LANE, dedupe_key=f"job:{number}", group_key=f"group:{number}"))


def _run(store: Store) -> int:
    done = 0
    while taken := _work(store):
        done += taken
    return done


def _work(store: Store) -> int:
    with store.transaction() as tx:
        claimed = jobs.claim(tx, _LANE, "benchmark", _SLOTS)
    for job in claimed:
        with store.transaction() as tx:
            jobs.finish(tx, job)
    return len(claimed)
