"""An application at an address of this machine."""

from __future__ import annotations

from aiohttp import web

from portal_api.errors import SettingsInvalid

#: that requests in hand have when it ends
_LAST_SECONDS = 20


async def listen(runner: web.AppRunner, host: str, port: int) -> str:
    """Answers there from now on, port 0 at a free one; the address with its scheme. Raises SettingsInvalid."""
    try:
        await web.TCPSite(runner, host, port, shutdown_timeout=_LAST_SECONDS).start()
    except OSError as error:
        raise SettingsInvalid(f"expected a free port, found {host}:{port} taken ({error.strerror})") from error
    found = runner.addresses[0]
    shown = f"[{found[0]}]" if ":" in found[0] else found[0]
    return f"http://{shown}:{found[1]}"
