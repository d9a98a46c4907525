"""Keys that sign what is handed out to be brought back: each a file in the data folder, made when first needed."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

RESUMPTION_TOKENS, CURSORS, API_KEYS = "oai-token.key", "search-cursor.key", "api-keys.key"
_BYTES = 32


def signing_key(folder: Path, name: str) -> bytes:
    """The folder's key of this file name; of two processes that make it at once, both read the one that came first."""
    path = folder / name
    if not path.exists():
        fresh = path.with_name(f"{name}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(_BYTES))
            with suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            fresh.unlink()
    return path.read_bytes()
