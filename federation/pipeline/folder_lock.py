"""One exchange process a folder: whoever serves, works or rebuilds holds the folder's lock."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from federation.errors import FolderHeld
from federation.storage.private import make_folder
from federation.storage.room import told_of

LOCK = "exchange.lock"


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Holds the folder while the block runs; raises FolderHeld where another process does, StorageFull as `told_of`."""
    with told_of(folder), _held(folder):
        yield


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    make_folder(folder)
    with (folder / LOCK).open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise FolderHeld(str(folder), lock.read().strip()) from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield


def is_held(folder: Path) -> bool:
    """Whether a process serves or works on the folder now."""
    try:
        with holding(folder):
            return False
    except FolderHeld:
        return True
