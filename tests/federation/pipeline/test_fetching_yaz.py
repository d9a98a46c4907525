"""An SRU server that others wrote is fetched whole: the test server of YAZ."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator

import pytest

from federation.storage.engine import Store
from harvester.ports import Complete
from tests.federation.pipeline.test_fetching import add_feed, held, verdict

pytestmark = pytest.mark.yaz


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """The address of a database of the server."""
    program = shutil.which("yaz-ztest")
    if program is None:
        pytest.skip("the programs of YAZ are not on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(program, "-S", f"@:{port}", stderr=asyncio.subprocess.DEVNULL)
    try:
        await _answering(port)
        yield f"http://127.0.0.1:{port}/Default"
    finally:
        process.terminate()
        await process.wait()


async def _answering(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise AssertionError("the server did not begin to listen")


async def test_the_test_server_of_yaz_is_fetched_whole(embedded: Store, server: str) -> None:
    fields = {"metadata_prefix": "marcxml", "crosswalk": "base/marc21", "query": "computer"}
    feed = add_feed(embedded, "sru", server, **fields)
    assert await verdict(embedded, feed) == Complete(evidence="counted")
    assert len(held(embedded)) > 10
