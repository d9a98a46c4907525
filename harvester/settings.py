"""Limits of a harvest; tests pass small ones."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one slice, one page and one wait may cost."""

    slice_pages: int = 20
    slice_seconds: float = 60.0
    page_bytes: int = 64 << 20
    #: of a file that is fetched
    file_bytes: int = 2 << 30
    #: decompressed over compressed
    ratio: int = 200
    connect_seconds: float = 10.0
    first_byte_seconds: float = 120.0
    silence_seconds: float = 30.0
    #: fewest bytes in any stretch of so many seconds
    slow_bytes: int = 256 * 60
    slow_seconds: float = 60.0
    page_seconds: float = 600.0
    #: waits before each further try of one request
    retry_seconds: tuple[float, ...] = (2.0, 4.0, 8.0, 16.0, 32.0)
    #: a longer wait that the source asks for is put into the store
    wait_seconds: float = 60.0
    #: the longest wait that a source may ask for
    longest_wait_seconds: float = 7 * 86_400.0
    #: longer waits in a row, without a page between them, after which a source counts as unavailable
    postponements: int = 30
    #: the longest time without a page between them
    waiting_seconds: float = 14 * 86_400.0
    #: waits where a source that has answered before answers nothing at all
    trial_seconds: float = 300.0
    longest_trial_seconds: float = 6 * 3_600.0
    #: waits where a web page stands in for a repository that has answered before
    web_page_seconds: tuple[float, ...] = (30.0, 300.0)
    #: a page costs too much over so many seconds and so many times what the first pages cost
    slow_page_seconds: float = 5.0
    slow_factor: float = 8.0
    #: restarts without a new identifier before a list counts as broken
    restarts: int = 10
    #: records that are fetched one by one after a sweep
    fetches: int = 10_000
    #: longest list that may have been cut at a round number of records
    cut_records: int = 10_000
    #: records of earlier runs that are asked for again in one run
    retries: int = 500
    empty_pages: int = 50
    #: pages in a row that name nothing new
    given_pages: int = 3
