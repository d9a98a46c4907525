"""What is no HTTP is refused, and told in one line of the log."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from portal_api.http.malformed import tell_in_one_line
from tests.portal_api.staff import portal_over


@pytest.mark.parametrize("sent", [b"GET /search?q=" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n", b"\x16\x03\x01 x\r\n\r\n"])
async def test_a_request_that_is_none_leaves_no_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    caplog.set_level(logging.INFO)
    async with portal_over(tmp_path) as portal:
        host, _, port = portal.base.removeprefix("http://").partition(":")
        reading, writing = await asyncio.open_connection(host, int(port))
        writing.write(sent)
        answer = await reading.read()
        writing.close()
    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert "Traceback" not in caplog.text
    assert all(len(line) < 300 for line in caplog.text.splitlines())


def test_other_faults_of_the_server_keep_their_traceback(caplog: pytest.LogCaptureFixture) -> None:
    tell_in_one_line()
    try:
        raise ValueError("fault")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Unhandled exception")
    assert "Traceback" in caplog.text
