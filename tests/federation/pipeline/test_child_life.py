"""A worker process whose server died while it was starting ends at once: nobody would ever ask it for anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: a server that forks a worker; the worker starts while its server lives, or once that one is dead
_SERVER = """
import os, sys, time
from federation.pipeline.child_life import start_child, start_server

server, outlived = os.getpid(), sys.argv[1] == "dead"
start_server()
if os.fork():
    if outlived:
        os._exit(0)
    os.wait()
else:
    while outlived and os.getppid() == server:
        time.sleep(0.01)
    start_child()
    os.write(1, b"waits for work")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes end with their parents on Linux alone")
@pytest.mark.parametrize(("server", "said"), [("alive", b"waits for work"), ("dead", b"")])
def test_a_worker_starts_only_while_its_server_lives(server: str, said: bytes) -> None:
    found = subprocess.run([sys.executable, "-c", _SERVER, server], capture_output=True, timeout=60, check=True)
    assert (found.stdout, found.stderr) == (said, b"")
