"""Credentials of feeds in a browser: set by who administers the exchange, named alone, refused field by field."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from federation.storage import feeds
from federation.storage.accounts import RoleGrant
from harvester.credentials import Credentials
from tests.federation.pipeline.test_harvest import add_feed
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said, serving
from tests.peers.certificates import certificate
from tests.portal_api.auth.people import add_person
from tests.portal_api.pages.admin.conftest import LOOPBACK
from tests.portal_api.pages.admin.test_feeds import PEER, form, only_feed
from tests.portal_api.staff import Browser, Portal, portal_over

HTTPS = "https://peer.example/oai"
BEARER = {"scheme": "bearer", "secret": "peer"}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    async with portal_over(tmp_path, settings=LOOPBACK) as portal:
        add_person(portal.store, "ada", PEER)
        add_person(portal.store, "eve", PEER, RoleGrant(role="exchange_admin", institution="*"))
        yield portal


@pytest.fixture
async def eve(portal: Portal) -> AsyncIterator[Browser]:
    async with portal.browser("eve") as browser:
        yield browser


async def test_they_are_set_and_named_on_the_page_of_the_feed(portal: Portal, eve: Browser) -> None:
    add_feed(portal.store, HTTPS)
    assert (await eve.post("/admin/feeds/k/credentials", BEARER)).leads_to == "/admin/feeds/k"
    assert only_feed(portal.store).credentials == Credentials(scheme="bearer", secret="peer")
    shown = (await eve.get("/admin/feeds/k")).text
    assert "a token (bearer) · <code>peer</code>" in shown
    assert 'value="peer"' in (await eve.get("/admin/feeds/k/credentials")).text


async def test_they_are_set_by_nobody_else(portal: Portal) -> None:
    add_feed(portal.store, HTTPS)
    async with portal.browser("ada") as ada:
        assert (await ada.get("/admin/feeds/k/credentials")).status == 403
        assert (await ada.post("/admin/feeds/k/credentials", BEARER, page="/admin/feeds/k")).status == 403
        assert (await ada.post("/admin/feeds/new", form(HTTPS, name="Other", **BEARER))).status == 403
        assert 'href="/admin/feeds/k/credentials"' not in (await ada.get("/admin/feeds/k")).text
    assert only_feed(portal.store).credentials == Credentials()


async def test_what_cannot_be_sent_is_told_at_its_field(portal: Portal, eve: Browser) -> None:
    add_feed(portal.store, "http://127.0.0.1:9/oai")
    answer = await eve.post("/admin/feeds/k/credentials", BEARER)
    assert (answer.status, 'id="scheme-fault"' in answer.text) == (422, True)
    answer = await eve.post("/admin/feeds/new", form(HTTPS, name="Other", scheme="bearer", secret="My Token"))
    assert (answer.status, 'id="secret-fault"' in answer.text) == (422, True)


async def test_a_feed_is_tried_and_added_with_them(portal: Portal, eve: Browser, tmp_path: Path) -> None:
    made, key = certificate("127.0.0.1", 30)
    (tmp_path / "server.pem").write_bytes(made + key)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(tmp_path / "server.pem")

    def guarded(asked: Asked) -> Said:
        is_known = asked.request.headers.get("Authorization") == "Bearer s3cret"
        return None if is_known else web.Response(status=401)

    async with serving(Peer(Behaviour(name="guarded", instead=guarded)), tls=served) as url:
        stated = form(url, **BEARER, authority=made.decode())
        failed = await eve.post("/admin/feeds/new", stated | {"act": "test"})
        assert "The secret that the feed names is not kept here" in failed.text
        kept = tmp_path / "secrets.toml"
        kept.write_text(f'[peer]\norigin = "{url.removesuffix("/oai")}"\nvalue = "s3cret"\n', encoding="utf-8")
        kept.chmod(0o600)
        tried = await eve.post("/admin/feeds/new", stated | {"act": "test"})
        assert "The test read 10 records" in tried.text
        assert (await eve.post("/admin/feeds/new", stated)).status == 303
    feed = only_feed(portal.store)
    assert (feed.credentials.scheme, feed.credentials.secret) == ("bearer", "peer")
    assert "s3cret" not in str(msgspec.to_builtins(feed))


async def test_a_retired_feed_takes_none(portal: Portal, eve: Browser) -> None:
    feed = add_feed(portal.store, HTTPS)
    with portal.store.transaction() as tx:
        feeds.change(tx, msgspec.structs.replace(feed, state="retired", due_at=None))
    assert (await eve.post("/admin/feeds/k/credentials", BEARER)).status == 409
