"""A way to a real Elasticsearch that can be made to lose a part of its answers, to be busy, late or away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiohttp import ClientSession, web

from tests.peers.loopback import listening

Mood = Literal["whole", "timed_out", "a_shard_lost", "busy", "late", "broken"]
#: longer than anybody waits for a search
LATE_SECONDS = 8.0


class Passing:
    """What stands between an exchange and its cluster."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self.url = ""
        self.mood: Mood = "whole"
        #: requests that came
        self.asked = 0

    async def answer(self, request: web.Request) -> web.Response:
        """The cluster's answer, as the mood makes it."""
        self.asked += 1
        if self.mood == "broken":
            return web.json_response({"error": "broken"}, status=500)
        if self.mood == "busy":
            return web.json_response({"error": {"type": "es_rejected_execution_exception"}, "status": 429}, status=429)
        if self.mood == "late":
            await asyncio.sleep(LATE_SECONDS)
        return await self._passed(request)

    async def _passed(self, request: web.Request) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name in ("Accept", "Content-Type")}
        async with (
            ClientSession(auto_decompress=True) as session,
            session.request(
                request.method, self._cluster + request.path_qs, data=await request.read(), headers=headers
            ) as found,
        ):
            body = await found.read()
            told = {"X-Elastic-Product": "Elasticsearch", "Content-Type": found.headers.get("Content-Type", "")}
        if self.mood in ("timed_out", "a_shard_lost") and "search" in request.path:
            body = json.dumps(self._in_part(json.loads(body))).encode()
        return web.Response(body=body, status=found.status, headers=told)

    def _in_part(self, found: dict[str, Any]) -> dict[str, Any]:
        for each in found.get("responses", [found]):
            if self.mood == "timed_out":
                each["timed_out"] = True
            else:
                each["_shards"] |= {"total": 3, "failed": 1}
        return found


@asynccontextmanager
async def passing(cluster: str) -> AsyncIterator[Passing]:
    """A way to the cluster at this address while the block runs."""
    way = Passing(cluster)
    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{path:.*}", way.answer)
    async with listening(app) as root:
        way.url = root
        yield way
