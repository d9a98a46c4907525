"""What holds for every test: nothing leaves this machine, and a required suite is never skipped."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from federation.ledger.entry import SYSTEM
from federation.storage import cursors, outcomes
from federation.storage.engine import Store, embedded_url
from federation.storage.opened import close_stores
from federation.storage.schema import migrate
from federation.storage.transactions import Transaction
from portal_api.commands.extensions import refusal
from portal_api.dev import elasticsearch as elasticsearch_server
from tests.peers.postgresql import Server, is_here, running

# no test asserts a time by the clock: a busy machine is no fault. What a change is judged by are the same examples on
# every machine; `make prove` seeks new ones
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("seeking", deadline=None, derandomize=False, max_examples=500, print_blob=True)
settings.load_profile("house")

#: markers whose tests must run: `EXCHANGE_TEST_REQUIRE=postgres,browser,data`
REQUIRED = frozenset(filter(None, os.environ.get("EXCHANGE_TEST_REQUIRE", "").split(",")))


if stale := refusal():
    pytest.exit(stale, returncode=2)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A test that skips itself although its marker is required has failed."""
    outcome: Any = yield
    report = outcome.get_result()
    wanted = REQUIRED & {marker.name for marker in item.iter_markers()}
    if report.skipped and wanted and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"required ({', '.join(sorted(wanted))}) and skipped: {report.longrepr}"


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections off loopback are refused."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not ip_address(address[0]).is_loopback:
            raise ConnectionRefusedError(f"tests stay on this machine: {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _accounts_exact_after_every_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was harvested is mapped, deleted, rejected, skipped or waiting: looked at in every transaction's end."""
    transaction = Store.transaction

    @contextmanager
    def counted(self: Store, *, actor: str = SYSTEM) -> Iterator[Transaction]:
        with transaction(self, actor=actor) as tx:
            yield tx
            sums = outcomes.accounts(tx.connection, cursors.get(tx.connection, "map"))
            assert sums.exact, sums

    monkeypatch.setattr(Store, "transaction", counted)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """One PostgreSQL server for the session, with a migrated database `template` to copy."""
    if not is_here():
        pytest.skip("PostgreSQL 15 is not on this machine")
    with running() as server:
        name = server.create()
        store = Store(server.url(name))
        migrate(store)
        store.close()
        server.template = name
        yield server


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[str]:
    """The address of a real Elasticsearch: `EXCHANGE_TEST_ELASTICSEARCH_URL`, else one started for the session."""
    if stated := os.environ.get("EXCHANGE_TEST_ELASTICSEARCH_URL"):
        yield stated
        return
    if not elasticsearch_server.is_here():
        pytest.skip("Elasticsearch cannot be had: Java 17 and Maven are needed")
    with elasticsearch_server.running() as (node,):
        yield node.url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store, on each database in turn."""
    if request.param == "sqlite":
        store = Store(embedded_url(tmp_path))
        store.create_schema()
        yield store
        close_stores()
        store.close()
        return
    server: Server = request.getfixturevalue("postgresql")
    name = server.create(server.template)
    store = Store(server.url(name))
    yield store
    close_stores()
    store.close()
    server.drop(name)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    """An empty store in the test's folder."""
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    yield store
    store.close()


@pytest.fixture
def no_foreign_callbacks() -> Iterator[None]:
    """What others have the collector call (test tools do) lets no exception through, so that a tick would be lost."""
    kept = gc.callbacks[:]
    gc.callbacks.clear()
    yield
    gc.callbacks[:] = kept
