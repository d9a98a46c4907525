"""The key that signs resumption tokens: one file in the data folder, made when first needed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE_NAME = "oai-token.key"
_BYTES = 32


def token_key(folder: Path) -> bytes:
    """The folder's key; of two processes that make it at once, both read the one that came first."""
    path = folder / FILE_NAME
    if not path.exists():
        fresh = path.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
