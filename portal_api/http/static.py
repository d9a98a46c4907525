"""Static files under addresses that carry their hash, so that a browser keeps them for good.

The files are read and hashed once at start; what is served is exactly what was hashed, and nothing else has an address.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

HASH_LENGTH = 16


class StaticFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of `portal_api/static`."""

    #: relative path, such as `portal.css`
    name: str
    address: str
    body: bytes
    compressed: bytes
    content_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Every static file, by its name."""
    return {name: _static_file(name, body) for name, body in _walk(files("portal_api").joinpath("static"), "")}


@cache
def by_address() -> dict[str, StaticFile]:
    """Every static file, by its address."""
    return {file.address: file for file in static_files().values()}


def address_of(name: str) -> str:
    """The address of a static file; a name that does not exist is a fault of the template."""
    return static_files()[name].address


def _static_file(name: str, body: bytes) -> StaticFile:
    digest = hashlib.sha256(body).hexdigest()[:HASH_LENGTH]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return StaticFile(
        name=name,
        address=f"/static/{digest}/{name}",
        body=body,
        compressed=gzip.compress(body, mtime=0),
        content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
    )


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif not entry.name.endswith((".py", ".pyc")):
            yield prefix + entry.name, entry.read_bytes()
