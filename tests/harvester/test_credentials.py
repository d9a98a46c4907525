"""Credentials go to a feed's own origin over https, and nowhere else; without them nothing is asked (harvesting, 2)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from yarl import URL

from federation.pipeline.fetching import fetch_here
from federation.pipeline.harvest import harvest_feed
from federation.storage.engine import Store
from harvester.credentials import Credentials, Secret, is_secret_name, origin_of
from harvester.errors import CredentialsRefused
from harvester.patience import Patience
from harvester.slices import Ended
from tests.federation.pipeline.test_harvest import PatientClock, add_feed, held, last_run, never, parse
from tests.peers.awkward.peer import Asked, Behaviour, Peer, Said, serving
from tests.peers.certificates import certificate

VALUE = "s3cret-and-long"


@pytest.fixture(scope="module")
def made() -> tuple[bytes, bytes]:
    return certificate("127.0.0.1", 30)


@pytest.fixture
def tls(made: tuple[bytes, bytes], tmp_path: Path) -> ssl.SSLContext:
    return serving_as(made, tmp_path)


def serving_as(made: tuple[bytes, bytes], folder: Path) -> ssl.SSLContext:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (folder / "server.pem").write_bytes(made[0] + made[1])
    served.load_cert_chain(folder / "server.pem")
    return served


def guarded(accepts: Callable[[web.Request], bool], challenge: str = "Basic realm=peer") -> Peer:
    """A repository that turns away whoever does not show what it wants."""

    def asked(asked: Asked) -> Said:
        if accepts(asked.request):
            return None
        return web.Response(status=401, headers={"WWW-Authenticate": challenge}, text="x" * 5_000_000)

    return Peer(Behaviour(name="guarded", instead=asked))


def sends(header: str, value: str) -> Callable[[web.Request], bool]:
    return lambda request: request.headers.get(header) == value


def has_digest(request: web.Request) -> bool:
    """RFC 7616, 3.4.1, for MD5 and qop=auth."""
    said = dict(re.findall(r'(\w+)="?([^",]+)"?', request.headers.get("Authorization", "")))
    if said.get("nonce") != "n0nce":
        return False
    first = hashlib.md5(f"bob:peer:{VALUE}".encode()).hexdigest()
    second = hashlib.md5(f"{request.method}:{request.raw_path}".encode()).hexdigest()
    whole = ":".join((first, "n0nce", said["nc"], said["cnonce"], said["qop"], second))
    return said["response"] == hashlib.md5(whole.encode()).hexdigest()


def secrets(known: Mapping[str, Secret]) -> Callable[[str], Secret]:
    def found(name: str) -> Secret:
        if name not in known:
            raise CredentialsRefused("secret_missing", f"expected {name}, found none")
        return known[name]

    return found


async def harvested(
    store: Store, url: str, credentials: Credentials, known: Mapping[str, Secret], *, elsewhere: str = ""
) -> str:
    """The verdict, with its reason where it is not complete; `elsewhere` may be asked too, by its port."""
    ports = tuple(filter(None, [URL(elsewhere).port]))
    feed = msgspec.structs.replace(add_feed(store, url), credentials=credentials, ports=ports)
    await harvest_feed(
        store, feed, parse=parse, clock=PatientClock(), user_agent="test", chance=never, secrets=secrets(known)
    )
    run = last_run(store)
    return run.verdict if run.verdict == "complete" else f"{run.verdict} {run.reason}"


BASIC = "Basic " + base64.b64encode(f"bob:{VALUE}".encode()).decode()


@pytest.mark.parametrize(
    ("credentials", "accepts"),
    [
        (Credentials(scheme="basic", username="bob", secret="peer"), sends("Authorization", BASIC)),
        (Credentials(scheme="bearer", secret="peer"), sends("Authorization", f"Bearer {VALUE}")),
        (Credentials(scheme="header", header="X-Api-Key", secret="peer"), sends("X-Api-Key", VALUE)),
    ],
    ids=["basic", "bearer", "a header of its own"],
)
async def test_what_a_source_wants_is_sent_with_each_request(
    credentials: Credentials,
    accepts: Callable[[web.Request], bool],
    embedded: Store,
    tls: ssl.SSLContext,
    made: tuple[bytes, bytes],
) -> None:
    credentials = msgspec.structs.replace(credentials, authority=made[0].decode())
    async with serving(guarded(accepts), tls=tls) as url:
        assert await harvested(embedded, url, credentials, {"peer": Secret(origin_of(url), VALUE)}) == "complete"
    assert len(held(embedded)) == 120


@pytest.mark.parametrize(
    "beside",
    [
        "{}",
        'Basic realm="other", {}',
        '{}, Basic realm="other"',
        'Digest realm="peer", nonce="n0nce", qop="auth", algorithm=SHA-512-256, {}',
    ],
)
async def test_a_digest_is_answered_on_the_one_connection(
    beside: str, embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    challenge = beside.format('Digest realm="peer", nonce="n0nce", qop="auth", algorithm=MD5')
    stated = Credentials(scheme="digest", username="bob", secret="peer", authority=made[0].decode())
    async with serving(guarded(has_digest, challenge), tls=tls) as url:
        assert await harvested(embedded, url, stated, {"peer": Secret(origin_of(url), VALUE)}) == "complete"


async def test_a_challenge_that_is_another_each_time_is_answered_anew(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    """As where a nonce counts once: what was sent ahead is turned away, and its answer holds no connection up."""
    turns = iter(range(1_000))
    challenge = 'Digest realm="peer", nonce="n0nce", qop="auth", algorithm=MD5'
    stated = Credentials(scheme="digest", username="bob", secret="peer", authority=made[0].decode())
    peer = guarded(lambda request: has_digest(request) and next(turns) % 2 == 0, challenge)
    async with asyncio.timeout(20), serving(peer, tls=tls) as url:
        assert await harvested(embedded, url, stated, {"peer": Secret(origin_of(url), VALUE)}) == "complete"


async def test_a_wrong_secret_is_a_run_that_says_which(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    stated = Credentials(scheme="bearer", secret="peer", authority=made[0].decode())
    async with serving(guarded(sends("Authorization", "Bearer other")), tls=tls) as url:
        known = {"peer": Secret(origin_of(url), VALUE)}
        assert await harvested(embedded, url, stated, known) == "blocked not_authorised"
    assert last_run(embedded).checkpoint.fault == "expected the secret peer to be accepted, found 401"


async def test_a_source_that_wants_a_password_says_so_of_a_feed_without_one(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    async with serving(guarded(sends("Authorization", BASIC)), tls=tls) as url:
        assert await harvested(embedded, url, Credentials(authority=made[0].decode()), {}) == "blocked not_authorised"
    assert last_run(embedded).checkpoint.fault == "expected the feed to have credentials, found 401"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({}, "secret_missing"),
        ({"peer": Secret("https://other.example", VALUE)}, "secret_elsewhere"),
        ({"peer": Secret("", VALUE)}, "secret_elsewhere"),
        ({"peer": Secret("HERE", f"{VALUE}\nX-Other: 1")}, "secret_invalid"),
    ],
    ids=["none is kept", "it is for another origin", "it says not for which", "it would be two headers"],
)
async def test_without_its_secret_a_feed_asks_nothing(
    known: Mapping[str, Secret], reason: str, embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    peer = Peer(Behaviour(name="open"))
    stated = Credentials(scheme="bearer", secret="peer", authority=made[0].decode())
    async with serving(peer, tls=tls) as url:
        here = {name: Secret(each.origin.replace("HERE", origin_of(url)), each.value) for name, each in known.items()}
        assert await harvested(embedded, url, stated, here) == f"blocked {reason}"
    assert peer.asked == []
    assert VALUE not in last_run(embedded).checkpoint.fault


async def test_over_plain_http_nothing_is_asked(embedded: Store) -> None:
    peer = Peer(Behaviour(name="open"))
    async with serving(peer) as url:
        known = {"peer": Secret(origin_of(url), VALUE)}
        stated = Credentials(scheme="bearer", secret="peer")
        assert await harvested(embedded, url, stated, known) == "blocked credentials_need_https"
    assert peer.asked == []


async def test_the_pinned_authority_is_believed_on_its_own_origin_alone(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    """Another port of the same host is another origin."""
    there = Peer(Behaviour(name="there"))
    async with serving(there, tls=tls) as target:

        def led(asked: Asked) -> Said:
            return web.Response(status=302, headers={"Location": target})

        async with serving(Peer(Behaviour(name="here", instead=led)), tls=tls) as url:
            stated = Credentials(authority=made[0].decode())
            assert await harvested(embedded, url, stated, {}, elsewhere=target) == "blocked certificate_untrusted"
    assert there.asked == []


async def test_elsewhere_the_header_is_not_sent(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect to an origin that the system believes in gets the arguments and nothing else."""
    seen: list[str | None] = []

    def noted(asked: Asked) -> Said:
        seen.append(asked.request.headers.get("Authorization"))
        return None

    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", ssl.create_default_context(cadata=made[0].decode()))
    async with serving(Peer(Behaviour(name="there", instead=noted)), tls=tls) as there:

        def led(asked: Asked) -> Said:
            seen.append(asked.request.headers.get("Authorization"))
            return web.Response(status=302, headers={"Location": there})

        async with serving(Peer(Behaviour(name="here", instead=led)), tls=tls) as url:
            stated = Credentials(scheme="bearer", secret="peer", authority=made[0].decode())
            known = {"peer": Secret(origin_of(url), VALUE)}
            assert await harvested(embedded, url, stated, known, elsewhere=there) == "complete"
    assert seen == [f"Bearer {VALUE}", None] * 6


async def test_an_authority_that_is_not_pinned_is_not_believed(embedded: Store, tls: ssl.SSLContext) -> None:
    other = certificate("127.0.0.1", 30)[0].decode()
    async with serving(Peer(Behaviour(name="open")), tls=tls) as url:
        assert await harvested(embedded, url, Credentials(authority=other), {}) == "blocked certificate_untrusted"


async def test_a_client_certificate_is_shown_where_one_is_wanted(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes], tmp_path: Path
) -> None:
    ours = certificate("exchange.example", 30)
    (tmp_path / "client.pem").write_bytes(ours[0] + ours[1])
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(cadata=ours[0].decode())
    stated = Credentials(certificate="peer-key", authority=made[0].decode())
    async with serving(Peer(Behaviour(name="mutual")), tls=tls) as url:
        known = {"peer-key": Secret(origin_of(url), str(tmp_path / "client.pem"))}
        assert await harvested(embedded, url, stated, known) == "complete"


async def test_a_source_that_takes_no_such_certificate_is_a_reason_of_its_own(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes], tmp_path: Path
) -> None:
    wanted, ours = certificate("wanted.example", 30), certificate("exchange.example", 30)
    (tmp_path / "client.pem").write_bytes(ours[0] + ours[1])
    tls.verify_mode, tls.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2
    tls.load_verify_locations(cadata=wanted[0].decode())
    stated = Credentials(certificate="peer-key", authority=made[0].decode())
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=shake_hands, args=(listener, tls), daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/oai"
        known = {"peer-key": Secret(origin_of(url), str(tmp_path / "client.pem"))}
        assert await harvested(embedded, url, stated, known) == "blocked client_certificate_refused"


def shake_hands(listener: socket.socket, tls: ssl.SSLContext) -> None:
    """A server that tells what it has against a certificate, as the one of this language's event loop does not."""
    with suppress(OSError), listener.accept()[0] as connection:
        tls.wrap_socket(connection, server_side=True).close()


async def test_a_certificate_that_cannot_be_read_asks_nothing(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes], tmp_path: Path
) -> None:
    (tmp_path / "client.pem").write_bytes(made[0])
    peer = Peer(Behaviour(name="mutual"))
    stated = Credentials(certificate="peer-key", authority=made[0].decode())
    async with serving(peer, tls=tls) as url:
        known = {"peer-key": Secret(origin_of(url), str(tmp_path / "client.pem"))}
        assert await harvested(embedded, url, stated, known) == "blocked client_certificate_unreadable"
    assert peer.asked == []


@pytest.mark.parametrize("lands", [True, False], ids=["on another origin", "on its own"])
async def test_a_redirect_with_a_password_in_it_is_not_followed(lands: bool, embedded: Store) -> None:
    there = Peer(Behaviour(name="there"))
    async with serving(there) as target:

        def led(asked: Asked) -> Said:
            onto = target if lands else str(asked.request.url)
            return web.Response(status=302, headers={"Location": onto.replace("http://", f"http://bob:{VALUE}@")})

        async with serving(Peer(Behaviour(name="here", instead=led))) as url:
            assert await harvested(embedded, url, Credentials(), {}) == "blocked password_in_address"
    assert there.asked == []
    assert VALUE not in last_run(embedded).checkpoint.fault


@pytest.mark.parametrize("source", ["oai", "url", "sru", "resourcesync"])
async def test_a_feed_with_a_password_in_its_address_asks_nothing(source: str, embedded: Store) -> None:
    """Such as was stored before these were refused."""
    peer = Peer(Behaviour(name="here"))
    async with serving(peer) as url:
        told = url.replace("http://", f"http://bob:{VALUE}@")
        if source == "oai":
            assert await harvested(embedded, told, Credentials(), {}) == "blocked password_in_address"
        else:
            feed = msgspec.structs.replace(add_feed(embedded, told), source=source)
            outcome = await fetch_here(embedded, feed, Patience(1.0), clock=PatientClock(), user_agent="test")
            assert isinstance(outcome, Ended)
            assert outcome.verdict.reason == "password_in_address"  # type: ignore[union-attr]
    assert peer.asked == []


async def test_a_file_is_fetched_with_credentials(
    embedded: Store, tls: ssl.SSLContext, made: tuple[bytes, bytes]
) -> None:
    stated = Credentials(scheme="bearer", secret="peer", authority=made[0].decode())
    async with serving(guarded(sends("Authorization", "Bearer other")), tls=tls) as url:
        feed = msgspec.structs.replace(add_feed(embedded, url), source="url", credentials=stated)
        kept = secrets({"peer": Secret(origin_of(url), VALUE)})
        outcome = await fetch_here(embedded, feed, Patience(1.0), clock=PatientClock(), user_agent="test", secrets=kept)
    assert isinstance(outcome, Ended)
    assert outcome.verdict.reason == "not_authorised"  # type: ignore[union-attr]


def test_a_secret_is_not_printed() -> None:
    assert VALUE not in repr(Secret("https://peer.example", VALUE))


def test_names_of_secrets() -> None:
    assert is_secret_name("city-archive-2")
    assert not any(map(is_secret_name, ("", "City", "a_b", "-a", "a--b", "a-", "../x", "a" * 65)))


def test_an_origin_has_no_password() -> None:
    assert origin_of("https://archive.example/oai?x=1") == "https://archive.example"
    assert origin_of("https://archive.example:8443/oai") == "https://archive.example:8443"
    assert origin_of("HTTPS://Archive.Example:443/") == "https://archive.example"
    assert [origin_of(each) for each in ("https://a:b@c.example", "archive.example", "", "https://[")] == [""] * 4
