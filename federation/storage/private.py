"""Folders and files that nobody but their owner reads: the exchange makes its own so, and leaves those it finds."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def make_folder(folder: Path) -> None:
    """Makes the folder where there is none; one above it that is missing is made as any other."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)


def make_file(path: Path) -> None:
    """Makes the file, empty, where there is none."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
