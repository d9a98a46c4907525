"""Where a run stands; one JSON value, written in the transaction of each page."""

from __future__ import annotations

import msgspec


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a run: the whole repository, or one set of it."""

    #: empty = no set
    set_spec: str = ""
    #: `from` of the list's request, as sent; None = from the beginning
    since: str | None = None
    #: `from` that the run began with; a list that did not reach its end begins there again
    began: str | None = None
    #: `from` of the next run: responseDate of this list's first answer
    next_since: str | None = None
    #: resumptionToken to ask with next; None = the list's first request
    token: str | None = None
    #: completeListSize as last stated
    claim: int | None = None
    claim_changed: bool = False
    #: distinct identifiers listed in this run
    listed: int = 0
    #: newest datestamp committed, and whether every datestamp came in order
    newest: str | None = None
    ascending: bool = True
    restarts: int = 0
    listed_at_restart: int = 0
    guards: int = 0
    #: digests of the tokens followed since the last start
    tokens: tuple[str, ...] = ()
    empty_pages: int = 0
    pages: int = 0
    #: pages read before the last restart, and pages in a row that named nothing new
    pages_at_restart: int = 0
    given_pages: int = 0
    longest_page: int = 0
    quarantined: int = 0
    ended: bool = False
    #: the end was said by an empty token, or by a last page without a token that was shorter than the longest
    said_end: bool = False


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A run's lists, and which of them is in hand."""

    run: int
    lists: tuple[Listing, ...] = ()
    #: pages committed by the run
    pages: int = 0
    attempt: int = 0
    postponements: int = 0
