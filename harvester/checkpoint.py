"""Where a run stands; one JSON value, written in the transaction of each page."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from harvester.feeds import Profile, SizeClaim
from harvester.trail import Trail
from harvester.windows import Window

#: how far the check of a list by its headers is: not asked for, reading headers, fetching what they name and the list
#: did not, done, or not to be had
Sweep = Literal["", "headers", "fetch", "done", "failed"]


#: how far the comparison with what is held is: not due in this run, due, headers being read, records that no list names
#: being asked for, done
Reconcile = Literal["", "due", "listing", "asking", "done"]


#: whether the repository gives single records (GetRecord): not known yet, it does, it does not
Single = Literal["", "given", "refused"]


#: what a look at the newest records and the middle of a list said of its end: not looked, nothing new, more
Tail = Literal["", "quiet", "more"]


#: what a run lists: everything, what changed, or what changed beside the headers of everything; empty = no lists
Kind = Literal["", "full", "incremental", "sweep"]


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One list of a run: the whole repository, or one set of it."""

    #: empty = no set
    set_spec: str = ""
    #: `from` of the list, as sent; None = from the beginning
    since: str | None = None
    #: `from` of the next run: responseDate of this list's first answer
    next_since: str | None = None
    #: where the list of the last run began and when it was asked for, if it was had whole: what was dated in between
    #: should have been in it
    reached_from: str | None = None
    reached: str | None = None
    #: the stretch in hand, and those that follow it
    window: Window = Window()
    windows: tuple[Window, ...] = ()
    #: stretches that could not be had
    gaps: tuple[Window, ...] = ()
    #: those of the list before its headers were asked for, which these may name
    listed_gaps: tuple[Window, ...] = ()
    #: windows that came to their end in a row
    successes: int = 0
    #: resumptionToken to ask with next; None = the window's first request
    token: str | None = None
    #: the token was sent in both of its forms
    both_forms: bool = False
    #: completeListSize of the whole list as last stated
    claim: int | None = None
    claim_changed: bool = False
    #: distinct identifiers listed in this run
    listed: int = 0
    #: oldest datestamp met
    oldest: str | None = None
    #: of the window in hand: newest datestamp, and whether every datestamp came in order
    newest: str | None = None
    ascending: bool = True
    #: what keeps the window in hand from going on as it was: `loop`, `token`, `slow`, `cut` …; empty = nothing
    stuck: str = ""
    #: times that the list was asked anew
    restarts: int = 0
    #: the last of them that brought nothing new
    fruitless: int = 0
    guards: int = 0
    #: times that the window in hand was asked anew
    window_starts: int = 0
    #: number of the start in hand among all of the run, and of this list's first
    start: int = 0
    first_start: int = 0
    #: since the last start: the tokens followed, what pages of a sweep named, pages, records, pages in a row without a
    #: record, pages in a row that named nothing new, identifiers new to the run, completeListSize
    followed: Trail = Trail()
    header_pages: Trail = Trail()
    start_pages: int = 0
    start_records: int = 0
    empty_pages: int = 0
    given_pages: int = 0
    start_fresh: int = 0
    start_claim: int | None = None
    pages: int = 0
    #: what the pages cost together, and each of the first
    seconds: float = 0.0
    early_seconds: tuple[float, ...] = ()
    longest_page: int = 0
    #: records of the longest that another followed
    full_page: int = 0
    #: what the profile says of its sizes and of its longest page as the run begins
    claim_worth: SizeClaim = ""
    page_cap: int = 0
    #: records that could not be read, and digests of what came of them: asked anew they come again
    quarantined: int = 0
    #: of them, those whose header cannot be read either
    unnamed: int = 0
    lost: tuple[str, ...] = ()
    sweep: Sweep = ""
    tail: Tail = ""
    #: names everything that there is, to be compared with what is held; beside the lists of what changed
    reconciles: bool = False
    #: the list's own word for its end was believed before it was swept
    believed: bool = False
    #: listed once more in windows, because its headers named more than can be asked for one by one; and the number of
    #: records at which it had stopped: a window that ends there may have been cut; 0 = none did
    relisted: bool = False
    cut_at: int = 0
    #: identifiers that the sweep names and the list did not, still to be fetched, and those that could not be
    unlisted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    #: one of them was given when it was asked for alone
    given_alone: bool = False
    ended: bool = False
    #: the end was said by an empty token, or by a last page without a token that was shorter than the longest
    said_end: bool = False

    @property
    def trusted_claim(self) -> int | None:
        """The size that it states; none where sizes were wrong, or changed, in lists before it."""
        return None if self.claim_worth in ("estimate", "false") else self.claim


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A run's lists, and which of them is in hand."""

    run: int
    lists: tuple[Listing, ...] = ()
    #: its lists are those of this run; before, they are those of the last one
    begun: bool = False
    #: pages committed by the run
    pages: int = 0
    attempt: int = 0
    postponements: int = 0
    #: when the first of them was
    waiting_since: datetime | None = None
    #: identifiers that earlier runs could not read, still to be asked for alone once the lists are ended
    retries: tuple[str, ...] = ()
    reconcile: Reconcile = ""
    #: identifiers that no list names any more, still to be asked for alone
    doubtful: tuple[str, ...] = ()
    #: by a record that the lists of this run did name
    single: Single = ""
    #: not to be gone on with before, and why; None = whenever there is time
    put_off_until: datetime | None = None
    put_off_reason: str = ""
    #: when that was; what has passed since is waited once the run goes on
    put_off_at: datetime | None = None
    #: what was wrong with the answer to the request that failed last, since the last page that came
    fault: str = ""
    #: what the repository taught in this run; None = nothing yet
    learned: Profile | None = None

    @property
    def kind(self) -> Kind:
        """What the run lists; empty before it has begun."""
        if not (self.begun and self.lists):
            return ""
        if all(listing.since is None for listing in self.lists):
            return "full"
        return "sweep" if self.reconcile else "incremental"

    def put_off(self, until: datetime, reason: str, now: datetime | None = None) -> Checkpoint:
        """The run, to be gone on with at `until`."""
        return msgspec.structs.replace(self, put_off_until=until, put_off_reason=reason, put_off_at=now)

    def waited_seconds(self, now: datetime) -> float:
        """How long it was put off, by now."""
        return max((now - (self.put_off_at or now)).total_seconds(), 0.0)

    def resumed(self) -> Checkpoint:
        """The run in hand again."""
        return msgspec.structs.replace(self, put_off_until=None, put_off_reason="", put_off_at=None)
