"""The one gate through which a harvest leaves: each address is judged before its connect.

A resolver never sees literals and its answer may change between look-up and connect, so the judge sits at the socket.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import TracebackType
from typing import Protocol

import aiohttp
from yarl import URL

from harvester.cost import Meter
from harvester.credentials import Secrets, no_secrets
from harvester.errors import AddressRefused, CredentialsRefused, Forbidden, QuietNow
from harvester.feeds import Feed
from harvester.ports import Clock
from harvester.presenting import Presented
from harvester.quiet_hours import quiet_until
from harvester.refusals import Refusals
from harvester.settings import Limits

Address = IPv4Address | IPv6Address
#: why nothing is asked of an address in which a name or password stands
PASSWORD_IN_ADDRESS = "password_in_address"

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
#: interface identifiers that hold an IPv4 address (RFC 5214, 6.1), and relays of 6to4 (RFC 7526)
_ISATAP = 0x0000_5EFE
_RELAYS = IPv4Network("192.88.99.0/24")
_USUAL_PORTS = (80, 443)
_MAIL = re.compile(r"mailto:([^\s()<>,;]+@[^\s()<>,;]+)")


class _Refused(OSError):
    """Raised inside a connect; the client finds it as a cause."""

    def __init__(self, reason: Forbidden, port: int) -> None:
        super().__init__(reason)
        self.refused = AddressRefused(reason, port)


def forbidden(address: str, port: int, feed: Feed) -> Forbidden | None:
    """Why `feed` may not be fetched from this address and port; None where it may.

    An allowed network opens no further port: in it too a redirect or a link leads to the usual ports, the feed's own
    and those of its setting `ports` alone.
    """
    if not _is_open(_unwrapped(ip_address(address.partition("%")[0])), feed):
        return "address"
    return None if port in (*_USUAL_PORTS, *feed.ports, _own_port(feed)) else "port"


def _own_port(feed: Feed) -> int | None:
    """The port that the feed's address names, or its scheme's; None where there is none, or it does not count."""
    try:
        return URL(feed.base_url).port if feed.takes_own_port else None
    except ValueError:
        return None


def _is_open(found: Address, feed: Feed) -> bool:
    networks = [ip_network(network, strict=False) for network in feed.networks]
    if any(found.version == network.version and found in network for network in networks):
        return True
    if isinstance(found, IPv6Address) and found.is_site_local:
        return False
    if isinstance(found, IPv4Address) and found in _RELAYS:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside of a transition address, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if (int(address) >> 32) & 0xFDFF_FFFF == _ISATAP:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


class Asked(AbstractAsyncContextManager[aiohttp.ClientResponse], Awaitable[aiohttp.ClientResponse], Protocol):
    """A request on its way."""


class Session:
    """What guarded requests are sent with; made by `session` alone."""

    def __init__(
        self, inner: aiohttp.ClientSession, presented: Presented, quiet: Callable[[], None], refusals: Refusals
    ) -> None:
        """`quiet`: raises QuietNow where nothing may be asked at this moment."""
        self._inner, self._presented, self._quiet = inner, presented, quiet
        self.refusals = refusals

    @property
    def shows(self) -> str:
        """The secrets that are shown to the feed's own origin, by their names; empty where none is."""
        return self._presented.what

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._inner.close()

    def get(
        self, url: URL | str, *, headers: Mapping[str, str] | None = None, timeout: aiohttp.ClientTimeout | None = None
    ) -> Asked:
        """A GET that follows no redirect; raises CredentialsRefused, QuietNow."""
        url = self._checked(url)
        patience = {"timeout": timeout} if timeout else {}
        tls = self._presented.tls(url) or True
        return self._inner.get(url, headers=headers, allow_redirects=False, ssl=tls, **patience)  # type: ignore[arg-type]

    def post(
        self, url: URL | str, *, data: Mapping[str, str] | bytes, headers: Mapping[str, str] | None = None
    ) -> Asked:
        """A POST that follows no redirect; raises CredentialsRefused, QuietNow."""
        url = self._checked(url)
        tls = self._presented.tls(url) or True
        return self._inner.post(url, data=data, headers=headers, allow_redirects=False, ssl=tls)

    def _checked(self, stated: URL | str) -> URL:
        url = URL(stated)
        if url.user or url.password:
            self.refusals.note(PASSWORD_IN_ADDRESS)
            found = "expected an address without a name and password in it, which the client would send unasked"
            raise CredentialsRefused(PASSWORD_IN_ADDRESS, found)
        self._presented.check()
        self._quiet()
        return url


def _contact(user_agent: str) -> dict[str, str]:
    """Who is asked about these requests (RFC 9110, 10.1.2), where the User-Agent names an address of mail."""
    found = _MAIL.search(user_agent)
    return {"From": found[1]} if found else {}


def session(
    feed: Feed,
    *,
    user_agent: str,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    meter: Meter | None = None,
    secrets: Secrets = no_secrets,
    clock: Clock | None = None,
    refusals: Refusals | None = None,
) -> Session:
    """A session whose every connect is judged for `feed`; redirects are the caller's to follow.

    tls       whom to believe about certificates, which are always verified; None = whom the system believes
    meter     what counts its requests
    secrets   where the values of the feed's credentials lie
    clock     tells of the feed's quiet hours; None = they do not count, as where a person looks on
    refusals  counts what is not asked for
    """
    wanted, counted = limits or Limits(), refusals or Refusals()

    def judged(info: aiohttp.AddrInfoType) -> socket.socket:
        address, port = str(info[4][0]), int(info[4][1])
        if (reason := forbidden(address, port, feed)) is not None:
            counted.note(reason)
            raise _Refused(reason, port)
        return socket.socket(family=info[0], type=info[1], proto=info[2])

    presented = Presented(feed.credentials, feed.base_url, secrets)
    inner = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            socket_factory=judged, resolver=aiohttp.ThreadedResolver(), limit=1, ssl=tls or True
        ),
        timeout=aiohttp.ClientTimeout(
            total=wanted.page_seconds, sock_connect=wanted.connect_seconds, sock_read=wanted.first_byte_seconds
        ),
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip", **_contact(user_agent)},
        auto_decompress=False,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[meter.watch()] if meter else None,
        middlewares=(presented,),
    )
    return Session(inner, presented, partial(_check_quiet, feed, clock), counted)


def _check_quiet(feed: Feed, clock: Clock | None) -> None:
    until = quiet_until(feed.quiet_hours, clock.now()) if clock else None
    if until is not None:
        raise QuietNow(until)


def refusal(error: BaseException) -> AddressRefused | None:
    """The refusal behind a failed connect, if that is why it failed."""
    seen: Sequence[BaseException | None] = (error, error.__cause__, error.__context__)
    return next((cause.refused for cause in seen if isinstance(cause, _Refused)), None)
