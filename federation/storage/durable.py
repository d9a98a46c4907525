"""Files that outlive a power cut: on the disk themselves, and so are their names in their folders."""

from __future__ import annotations

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Puts what a file holds on the disk, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(fresh: Path, path: Path) -> None:
    """Gives a whole file the name of the one beside it that it replaces; from then on it is there, whatever happens."""
    settle(fresh)
    fresh.replace(path)
    settle(path.parent)
