"""Which scheme, host and caller a request has, seen through trusted proxies only."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from aiohttp import web

from portal_api.settings import PortalSettings


def origin_of(request: web.Request, settings: PortalSettings) -> str:
    """Scheme and host that the reader used, without a trailing slash."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return f"{_scheme(request, settings)}://{request.host}"


def own_origins(request: web.Request, settings: PortalSettings) -> tuple[str, ...]:
    """Every origin that a form of ours may come from."""
    return (origin_of(request, settings), f"{_scheme(request, settings)}://{request.host}")


def is_secure(request: web.Request, settings: PortalSettings) -> bool:
    """Whether the reader's own connection is encrypted."""
    return origin_of(request, settings).startswith("https://")


def caller_of(request: web.Request, settings: PortalSettings) -> str:
    """The address of the caller; a forwarded one only where a trusted proxy says it."""
    peer = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and within(peer, settings.trusted_proxies):
        return forwarded.rsplit(",", 1)[-1].strip()
    return peer


def _scheme(request: web.Request, settings: PortalSettings) -> str:
    forwarded = request.headers.get("X-Forwarded-Proto", "")
    if forwarded in ("http", "https") and within(request.remote or "", settings.trusted_proxies):
        return forwarded
    return request.scheme


def within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is one of `networks` or in one of them; what is no address is in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(each, strict=False) for each in networks)
