"""How a command that works for long is asked to stop: by SIGTERM or SIGINT, at its next safe point."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


async def until_signalled(work_in_hand: Coroutine[None, None, T]) -> T | None:
    """What it gives at its end; None where a signal asked it to stop and it did."""
    stop = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        # signals come to no other
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    work = asyncio.create_task(work_in_hand)
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    work.cancel()
    await asyncio.wait({work})
    return None if work.cancelled() else work.result()
