"""`harvest URL --to`: what a source wants is named, and lies in the environment; no password stands in a file."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from typer.testing import CliRunner

from federation.errors import RequestRefused
from harvester.credentials import origin_of
from portal_api.commands.entry import app
from tests.harvester.test_credentials import VALUE, guarded, sends
from tests.peers.awkward.peer import serving
from tests.peers.certificates import certificate

LOOPBACK = ("--allow-network", "127.0.0.0/8")


async def ran(*arguments: str) -> int:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["harvest", *arguments], catch_exceptions=False)
    return result.exit_code


async def test_a_guarded_repository_is_harvested_into_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, key = certificate("127.0.0.1", 30)
    (tmp_path / "server.pem").write_bytes(found + key)
    (tmp_path / "authority.pem").write_bytes(found)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(tmp_path / "server.pem")
    to = tmp_path / "out"
    shown = ("--scheme", "bearer", "--secret", "peer", "--authority", str(tmp_path / "authority.pem"))
    async with serving(guarded(sends("Authorization", f"Bearer {VALUE}")), tls=served) as url:
        monkeypatch.setenv("EXCHANGE_SECRET_PEER", f"{origin_of(url)} {VALUE}")
        assert await ran(url, "--to", str(to), *LOOPBACK, *shown) == 0
    assert len((to / "records.jsonl").read_text(encoding="utf-8").splitlines()) == 120
    assert not any(VALUE.encode() in path.read_bytes() for path in to.rglob("*") if path.is_file())


async def test_a_feed_has_credentials_of_its_own() -> None:
    with pytest.raises(RequestRefused, match="a feed has credentials of its own"):
        await ran("Peer", "--scheme", "bearer", "--secret", "peer")
