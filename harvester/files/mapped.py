"""A file's bytes without its size in memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: an empty file has nothing to map
Mapped = mmap.mmap | bytes


@contextmanager
def mapped(path: Path) -> Iterator[Mapped]:
    """The bytes of `path`, read as they are asked for."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            yield b""
            return
        found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            yield found
        finally:
            # what a failure still holds of it lets it go with itself
            with suppress(BufferError):
                found.close()
