"""The one gate through which a harvest leaves: each address is judged before its connect.

A resolver never sees literals and its answer may change between look-up and connect, so the judge sits at the socket.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import aiohttp

from harvester.cost import Meter
from harvester.errors import AddressRefused
from harvester.feeds import Feed
from harvester.settings import Limits

Address = IPv4Address | IPv6Address
#: what a guarded request is sent with; made by `session` alone
Session = aiohttp.ClientSession

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
#: interface identifiers that hold an IPv4 address (RFC 5214, 6.1), and relays of 6to4 (RFC 7526)
_ISATAP = 0x0000_5EFE
_RELAYS = IPv4Network("192.88.99.0/24")
_USUAL_PORTS = (80, 443)


class _Refused(OSError):
    """Raised inside a connect; the client finds it as a cause."""


def is_allowed(address: str, port: int, feed: Feed) -> bool:
    """Whether `feed` may be fetched from this address and port."""
    found = _unwrapped(ip_address(address.partition("%")[0]))
    networks = [ip_network(network, strict=False) for network in feed.networks]
    if any(found.version == network.version and found in network for network in networks):
        return True
    if port not in (*_USUAL_PORTS, *feed.ports):
        return False
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


def session(
    feed: Feed,
    *,
    user_agent: str,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    meter: Meter | None = None,
) -> Session:
    """A session whose every connect is judged for `feed`; redirects are the caller's to follow.

    tls     whom to believe about certificates, which are always verified; None = whom the system believes
    meter   what counts its requests
    """
    wanted = limits or Limits()

    def judged(info: aiohttp.AddrInfoType) -> socket.socket:
        address, port = str(info[4][0]), int(info[4][1])
        if not is_allowed(address, port, feed):
            raise _Refused(f"address {address} port {port} is not public")
        return socket.socket(family=info[0], type=info[1], proto=info[2])

    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            socket_factory=judged, resolver=aiohttp.ThreadedResolver(), limit=1, ssl=tls or True
        ),
        timeout=aiohttp.ClientTimeout(
            total=wanted.page_seconds, sock_connect=wanted.connect_seconds, sock_read=wanted.first_byte_seconds
        ),
        headers={"User-Agent": user_agent, "Accept-Encoding": "gzip"},
        auto_decompress=False,
        trust_env=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[meter.watch()] if meter else None,
    )


def refusal(error: BaseException) -> AddressRefused | None:
    """The refusal behind a failed connect, if that is why it failed."""
    seen: Sequence[BaseException | None] = (error, error.__cause__, error.__context__)
    return next((AddressRefused(str(cause)) for cause in seen if isinstance(cause, _Refused)), None)
