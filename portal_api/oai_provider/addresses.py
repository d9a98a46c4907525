"""The exchange's own address, where its settings name none."""

from __future__ import annotations

import ipaddress

from aiohttp import web


def own_address(request: web.Request) -> str:
    """The address of the socket that took the request: never what its Host header says."""
    host, port = request.get_extra_info("sockname")[:2]
    is_v6 = ipaddress.ip_address(host).version == 6
    return f"http://[{host}]:{port}" if is_v6 else f"http://{host}:{port}"
