"""Serves one awkward peer: `python -m tests.peers.awkward NAME --port 0`."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.peers.awkward.behaviours import BEHAVIOURS
from tests.peers.awkward.peer import Peer, serving


async def _serve(name: str, port: int) -> None:
    behaviour = next(each for each in BEHAVIOURS if each.name == name)
    async with serving(Peer(behaviour), port) as url:
        sys.stdout.write(f"Listening on {url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.peers.awkward")
    parser.add_argument("name", choices=[each.name for each in BEHAVIOURS])
    parser.add_argument("--port", type=int, default=0)
    asked = parser.parse_args()
    asyncio.run(_serve(asked.name, asked.port))
