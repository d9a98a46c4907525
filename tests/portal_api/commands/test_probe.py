"""`probe` as an operator types it."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from typer.testing import CliRunner

from federation.errors import RequestRefused
from federation.storage import feeds
from portal_api.commands.entry import app
from portal_api.wiring import open_store
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said
from tests.peers.awkward.peer import serving as guarded_by
from tests.peers.certificates import certificate
from tests.peers.courteous.repository import Item, Repository, items, serving


async def ran(*arguments: str) -> tuple[int, str]:
    wanted = ["probe", *arguments, "--allow-network", "127.0.0.0/8"]
    result = await asyncio.to_thread(CliRunner().invoke, app, wanted, catch_exceptions=False)
    return result.exit_code, result.stdout


async def test_it_says_what_a_repository_is_to_people_and_to_programs() -> None:
    async with serving(Repository(items(45))) as url:
        code, said = await ran(url)
        assert code == 0
        assert f"{url}: ready to be harvested, with warnings\n" in said
        assert "list         45 records, 20 on the first page\n" in said
        assert "[base_url_differs]" in said
        code, said = await ran(url, "--json")
    found = json.loads(said)
    assert (code, found["readiness"], found["claim"], found["identity"]["name"]) == (
        0,
        "ready_with_warnings",
        45,
        "Peer",
    )


async def test_it_names_the_sets_and_warns_of_one_that_is_not_among_them() -> None:
    records = [Item(f"oai:a:{n}", "2020-01-01", "Map", set_spec=f"s{n:02}") for n in range(1, 13)]
    async with serving(Repository(records)) as url:
        _, said = await ran(url, "--set", "s99")
    assert "sets         s01 s02 s03 s04 s05 s06 s07 s08 s09 s10 and 2 more\n" in said
    assert "expected the set s99, found 12 others" in said
    assert "[set_not_listed]" in said
    async with serving(Repository(items(45))) as url:
        assert "sets         none stated\n" in (await ran(url))[1]


async def test_what_cannot_be_harvested_says_why() -> None:
    code, said = await ran("http://127.0.0.1:9/oai")
    assert code == 69
    assert "cannot be harvested (unreachable)" in said


@pytest.mark.parametrize(
    ("url", "why"), [("http://127.0.0.1:9/oai", "Nothing answers"), ("http://10.0.0.1/oai", "--allow-network")]
)
async def test_why_is_a_sentence(url: str, why: str) -> None:
    _, said = await ran(url)
    (line,) = (line for line in said.splitlines() if line.startswith("why "))
    assert why in line


async def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(RequestRefused, match="expected a whole http or https address"):
        await ran("ftp://127.0.0.1/oai")


async def test_what_it_teaches_is_kept_for_the_feed_of_the_address(tmp_path: Path) -> None:
    async with serving(Repository(items(45))) as url:
        with open_store(tmp_path) as store:
            known = add_feed(store, url)
            other = msgspec.structs.replace(known, key="other", name="Other", base_url=f"{url}/other")
            with store.transaction() as tx:
                feeds.add(tx, other)
        code, said = await ran(url, "--data", str(tmp_path))
    assert (code, said.splitlines()[-1]) == (0, "kept for   Peer")
    with open_store(tmp_path) as store, store.reading() as connection:
        taught = {feed.name: feed.profile.deletions for feed in feeds.everyone(connection)}
    assert taught == {"Peer": "persistent", "Other": ""}


async def test_one_that_wants_a_token_is_asked_with_it(tmp_path: Path) -> None:
    made, key = certificate("127.0.0.1", 30)
    (tmp_path / "ca.pem").write_bytes(made)
    (tmp_path / "server.pem").write_bytes(made + key)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(tmp_path / "server.pem")

    def guarded(asked: Asked) -> Said:
        is_known = asked.request.headers.get("Authorization") == "Bearer s3cret"
        return None if is_known else web.Response(status=401)

    async with guarded_by(Peer(Behaviour(name="guarded", instead=guarded)), tls=served) as url:
        shown = ("--scheme", "bearer", "--secret", "peer", "--authority", str(tmp_path / "ca.pem"))
        code, said = await ran(url, *shown, "--data", str(tmp_path))
        assert (code, "(secret_missing)" in said) == (69, True)
        kept = tmp_path / "secrets.toml"
        kept.write_text(f'[peer]\norigin = "{url.removesuffix("/oai")}"\nvalue = "s3cret"\n', encoding="utf-8")
        kept.chmod(0o600)
        code, said = await ran(url, *shown, "--data", str(tmp_path))
    assert (code, "ready to be harvested" in said, "s3cret" in said) == (0, True, False)
