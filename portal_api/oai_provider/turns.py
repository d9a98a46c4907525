"""Taking turns: how often one client may ask, how much at once, and who is asked to come again later.

Whoever asks faster than allowed is answered later, not refused: a harvester that asks one request after the other never
notices more than a pause. Only one request of a client waits, and not for long; any more are refused.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

#: clients remembered; those that owe nothing are forgotten first
KEPT = 10_000
#: an IPv6 client is its network of 64 bits, out of which it picks its addresses
_V6_BITS = 64


class Crowded(Exception):
    """More than one request of a client would wait, or one too long."""


class TurnRules(msgspec.Struct, frozen=True, kw_only=True):
    """How much one client may ask."""

    per_second: float = 10.0
    at_once: int = 2
    #: longest that a request waits
    patience_seconds: float = 20.0


class _Client:
    """What a client has open, and how far its requests reach if they are laid out evenly."""

    def __init__(self, rules: TurnRules) -> None:
        self.places = asyncio.Semaphore(rules.at_once)
        self.open = 0
        self.reaches = -math.inf
        self.is_waited_for = False


class Turns:
    """The turns of all clients, in this process.

    clock   seconds that only grow
    """

    def __init__(self, rules: TurnRules, clock: Callable[[], float] = time.monotonic) -> None:
        self._rules, self._clock = rules, clock
        self._clients: dict[str, _Client] = {}
        self._interval = 1 / rules.per_second
        #: what a client may ask in so many seconds may come at once
        self._span = max(1.0, self._interval)

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """The client's turn to be answered, perhaps after a wait; raises Crowded."""
        client = self._client(address)
        if client.places.locked() or self._wait(client) > 0:
            await self._in_line(client)
        else:
            await client.places.acquire()
        client.open += 1
        client.reaches = max(client.reaches, self._clock() - self._span) + self._interval
        try:
            yield
        finally:
            client.open -= 1
            client.places.release()

    def _client(self, address: str) -> _Client:
        key = client_of(address)
        if key not in self._clients and len(self._clients) >= KEPT:
            self._clients = {name: each for name, each in self._clients.items() if not self._owes_nothing(each)}
        return self._clients.setdefault(key, _Client(self._rules))

    def _owes_nothing(self, client: _Client) -> bool:
        is_busy = client.open > 0 or client.is_waited_for
        return not is_busy and client.reaches <= self._clock() - self._span

    def _wait(self, client: _Client) -> float:
        """Seconds until the client may ask; not above 0 where it may."""
        return client.reaches + self._interval - self._clock()

    async def _in_line(self, client: _Client) -> None:
        if client.is_waited_for:
            raise Crowded
        client.is_waited_for = True
        try:
            async with asyncio.timeout(self._rules.patience_seconds):
                await client.places.acquire()
                await self._rest(client)
        except TimeoutError as error:
            raise Crowded from error
        finally:
            client.is_waited_for = False

    async def _rest(self, client: _Client) -> None:
        """Waits with a place in hand, and gives it back if it cannot wait so long."""
        try:
            await asyncio.sleep(max(self._wait(client), 0.0))
        except BaseException:
            client.places.release()
            raise


def client_of(address: str) -> str:
    """What counts as one client: an IPv4 address, an IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network(f"{parsed}/{_V6_BITS}", strict=False))
