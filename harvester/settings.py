"""Limits of a harvest; tests pass small ones."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one slice, one page and one wait may cost."""

    slice_pages: int = 20
    slice_seconds: float = 60.0
    page_bytes: int = 64 << 20
    #: decompressed over compressed
    ratio: int = 200
    connect_seconds: float = 10.0
    silence_seconds: float = 30.0
    page_seconds: float = 600.0
    #: waits before each further try of one request
    retry_seconds: tuple[float, ...] = (2.0, 4.0, 8.0, 16.0, 32.0)
    #: a longer wait that the source asks for is put into the store
    wait_seconds: float = 60.0
    #: the longest wait that a source may ask for
    longest_wait_seconds: float = 7 * 86_400.0
    #: longer waits in a row, without a page between them, after which a source counts as unavailable
    postponements: int = 30
    #: waits where a web page stands in for a repository that has answered before
    web_page_seconds: tuple[float, ...] = (30.0, 300.0)
    #: restarts without a new identifier before a list counts as broken
    restarts: int = 10
    empty_pages: int = 50
    #: pages in a row that name nothing new
    given_pages: int = 3
