"""What readers of a served exchange wait for while it is idle, while it takes in a catalogue, and beside ten nuisances.

Searches and suggestions go over HTTP to a process of its own, one after the other; the other catalogue is as large as
the one that is searched. A nuisance sends strings that nobody types in earnest, without a pause.

Repositories and nuisances would be on other machines: they are in processes of their own that stand back behind the
server, so that neither keeps the reader's clock or the server waiting.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import aiohttp

from tests.benchmarks.end_to_end import add_feed, prepared
from tests.benchmarks.result import Measured, Result, measured
from tests.benchmarks.words import Words
from tests.hostile import strings
from tests.peers.courteous.repository import Item, Repository, serving

#: requests of each kind while nothing else goes on, and the most while something does
ASKED, MOST = 400, 4_000
NUISANCES, _KNOWN_SECONDS = 10, 5
_PAGE = 500
_SHARES = (("p50", 0.5), ("p99", 0.99))
#: niceness of what would be elsewhere
_ELSEWHERE = 19
#: a proxy that is believed tells readers and nuisances apart
_CONFIG = '[http]\ntrusted_proxies = ["127.0.0.1"]\n'
#: networks that the readers' requests come from, in turns
READERS = 200
_PROGRAM = Path(sys.executable).with_name("archive-exchange")

#: kind of request -> milliseconds of each
Waits = dict[str, list[float]]


def run(records: int) -> list[Result]:
    """The middle and the slowest of 100 of each kind, idle and not, and how often they are what they are when idle."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(records, Path(folder)))


async def _run(records: int, folder: Path) -> list[Result]:
    (folder / "exchange.toml").write_text(_CONFIG, encoding="utf-8")
    with elsewhere(_repositories, records) as (first, second), prepared(folder) as store:
        add_feed(store, "first", first)
        await _worked(folder)
        async with _served(folder) as base, aiohttp.ClientSession(base) as reader:
            await _ask(reader, ASKED)
            with measured() as idling:
                idle = await _ask(reader, ASKED)
            with measured() as besieging, elsewhere(_nuisances, base):
                besieged = await _ask(reader, ASKED)
            add_feed(store, "second", second)
            await _taking_in(reader)
            with measured() as harvesting:
                harvested = await _ask(reader, MOST, while_busy=True)
    return [
        *_told("idle", idle, idle, idling, records),
        *_told("harvest", harvested, idle, harvesting, records),
        *_told("nuisances", besieged, idle, besieging, records),
    ]


#: what runs in a process of its own: it sends what others have to know, and ends with that process
Elsewhere = Callable[[Any, Connection], Awaitable[None]]


@contextmanager
def elsewhere(deed: Elsewhere, about: object) -> Iterator[Any]:
    """What the deed sends from a process of its own, which ends with the block."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_there, args=(deed, about, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _there(deed: Elsewhere, about: object, told: Connection) -> None:
    os.nice(_ELSEWHERE)
    asyncio.run(_done(deed, about, told))


async def _done(deed: Elsewhere, about: object, told: Connection) -> None:
    await deed(about, told)


async def _repositories(records: int, told: Connection) -> None:
    """Two of that size, until the end."""
    words = Words()
    async with serving(_repository(words, records, "a")) as first, serving(_repository(words, records, "b")) as second:
        told.send((first, second))
        await asyncio.Event().wait()


def _repository(words: Words, records: int, name: str) -> Repository:
    held = [Item(f"oai:{name}:{number}", "2026-01-01", words.title()) for number in range(records)]
    return Repository(held, page_size=_PAGE)


async def _worked(folder: Path) -> None:
    worker = await asyncio.create_subprocess_exec(_PROGRAM, "work", "--until-idle", "--data", folder)
    if await worker.wait() != 0:
        raise RuntimeError("the work did not end well")


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[str]:
    """The address of a server over the folder."""
    pipe = asyncio.subprocess.PIPE
    server = await asyncio.create_subprocess_exec(
        _PROGRAM, "serve", "--port", "0", "--data", folder, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
    )
    assert server.stdout is not None
    try:
        async for line in server.stdout:
            if b"Listening on " in line:
                yield line.decode().partition("Listening on ")[2].split()[0]
                return
        raise RuntimeError("the server does not listen")
    finally:
        server.terminate()
        await server.communicate()


async def _taking_in(reader: aiohttp.ClientSession) -> None:
    """Waits until the server has begun."""
    for _ in range(600):
        if not await _is_idle(reader):
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the feed was not begun")


async def _is_idle(reader: aiohttp.ClientSession) -> bool:
    async with reader.get("/api/v1/health") as answer:
        return bool((await answer.json())["idle"])


async def _ask(reader: aiohttp.ClientSession, most: int, *, while_busy: bool = False) -> Waits:
    """Asks in turns, at most so often of each kind; where it is to be busy, until it is not."""
    waits: Waits = {"search": [], "suggest": []}
    words = Words(seed=2)
    for number in range(most):
        text = " ".join(words.title().split()[:2])
        address = f"10.{number % READERS}.0.1"
        waits["search"].append(await _waited(reader, "/api/v1/search", text, address))
        waits["suggest"].append(await _waited(reader, "/api/v1/suggest", text[:4], address))
        if while_busy and number % 10 == 9 and await _is_idle(reader):
            break
    return waits


async def _waited(reader: aiohttp.ClientSession, path: str, text: str, address: str) -> float:
    began = time.perf_counter()
    async with reader.get(path, params={"q": text}, headers={"X-Forwarded-For": address}) as answer:
        answer.raise_for_status()
        await answer.read()
    return (time.perf_counter() - began) * 1_000


async def _nuisances(base: str, told: Connection) -> None:
    """Each sends one string after the other; what the server says to that does not matter to them."""
    texts = strings(10_000)
    async with asyncio.TaskGroup() as group:
        for number in range(NUISANCES):
            group.create_task(_nuisance(base, f"203.0.{number}.1", texts[number::NUISANCES]))
        # until they are known for what they are
        await asyncio.sleep(_KNOWN_SECONDS)
        told.send(NUISANCES)


async def _nuisance(base: str, address: str, texts: Sequence[str]) -> None:
    async with aiohttp.ClientSession(base, headers={"X-Forwarded-For": address}) as session:
        for text in cycle(texts):
            async with session.get("/api/v1/search", params={"q": text.encode("utf-8", "replace").decode()}) as answer:
                await answer.read()


def _told(what: str, waits: Waits, idle: Waits, during: Measured, records: int) -> Iterator[Result]:
    for kind, taken in waits.items():
        for name, share in _SHARES:
            yield during.told(f"{kind}_{what}_{name}", round(_at(taken, share), 2), "ms", records)
        if what != "idle":
            ratio = _at(taken, 0.99) / _at(idle[kind], 0.99)
            yield during.told(f"{kind}_{what}_p99_to_idle", round(ratio, 2), "times", records)


def _at(taken: Sequence[float], share: float) -> float:
    return sorted(taken)[int(len(taken) * share)]
