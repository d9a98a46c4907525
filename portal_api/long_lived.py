"""What a server has loaded, put out of the collector's sight.

The collector's full rounds look at every object that lives, and nobody is answered meanwhile: a tenth of a second for
what the exchange and its libraries load, some of it at first use. None of that ever goes away.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

#: new objects before the collector looks for circles; most answers leave none behind
_COLLECT_AFTER = 10_000
#: seconds after the start, and from one time to the next: what readers and stages load at first use is there by then
_ONCE_MORE = (0, 60, 600)


def put_aside() -> None:
    """Everything that lives now is looked at once more, and never again."""
    gc.set_threshold(_COLLECT_AFTER)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def putting_aside() -> AsyncIterator[None]:
    """While it lasts, what was loaded is put aside: at the start and when the first things were done."""
    aside = asyncio.create_task(_put_aside_again())
    try:
        yield
    finally:
        aside.cancel()


async def _put_aside_again() -> None:
    for seconds in _ONCE_MORE:
        await asyncio.sleep(seconds)
        put_aside()
