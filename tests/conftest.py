"""What holds for every test: nothing leaves this machine, and a required suite is never skipped."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from federation.storage.engine import Store, embedded_url

#: markers whose tests must run: `EXCHANGE_TEST_REQUIRE=postgres,browser,data`
REQUIRED = frozenset(filter(None, os.environ.get("EXCHANGE_TEST_REQUIRE", "").split(",")))


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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = Store(embedded_url(tmp_path))
    store.create_schema()
    yield store
    store.close()
