"""What a harvest is handed: a clock, a parser of pages, and the store that keeps what must not be lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from harvester.brake import Weighed
from harvester.checkpoint import Checkpoint
from harvester.oaipmh.header import Header
from harvester.oaipmh.page import Page, Quarantined
from harvester.turns import Pace
from mappings.schema.raw import RawRecord

#: (body, feed key, metadataPrefix, charset of the HTTP header, learned one) -> page; runs `parse_page` somewhere
Parser = Callable[[bytes, str, str, str | None, str | None], Awaitable[Page]]


#: records that are other forms of what stands, each with its number in the store
Changed = Sequence[tuple[int, RawRecord]]


class Clock(Protocol):
    """Time, as a parameter."""

    def now(self) -> datetime:
        """This moment, aware and UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    async def sleep(self, seconds: float) -> None:
        """Waits."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is a process's turn to ask an origin."""

    is_ours: bool
    #: somebody else may have had it since this process did
    is_new: bool
    pace: Pace


class Origins(Protocol):
    """Whose turn it is at each origin, for all processes of one store; synchronous (`harvester.turns` has the rules).

    What is kept is over within a minute: it need not outlive the machine.
    """

    def come(self, origin: str, pace: Pace) -> Turn:
        """Asks for the turn, or for more of it; whoever is not given it stands in line, and asks again soon."""

    def stay(self, origin: str, pace: Pace) -> bool:
        """Keeps the turn while a request is under way; whether this process has it."""

    def go(self, origin: str, pace: Pace) -> None:
        """Gives the turn back."""


class PageCommit(msgspec.Struct, frozen=True, kw_only=True):
    """All that one page changes; it is kept whole or not at all."""

    number: int
    sha256: str
    body: bytes
    token_in: str | None
    token_out: str | None
    records: tuple[RawRecord, ...]
    #: of each record, what `unchanged` compares
    content_sha256: tuple[str, ...]
    quarantined: tuple[Quarantined, ...]
    #: which start of the run listed it
    start: int
    next: Checkpoint
    fetched_at: datetime
    #: records that the run is about to ask for besides, because no list names them: they may turn out to be deleted
    doubtful: int = 0
    #: identifier -> what a record that is another form of what stands is in the catalogue, and would be
    weighed: Mapping[str, Weighed] = {}


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What a page brought."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    #: records of it are held already under other names: whether those are there yet is to be asked
    renamed: bool = False
    #: datestamps of those that are new, changed or deleted, and were not held under them before
    stamps: tuple[str, ...] = ()


class Complete(msgspec.Struct, frozen=True, kw_only=True):
    """Every list reached its end, and nothing is missing."""

    #: `counted` or `listed`
    evidence: str


class Incomplete(msgspec.Struct, frozen=True, kw_only=True):
    """The end was reached; `missing` records are known to lack, 0 where their number is not known."""

    missing: int
    reason: str


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """The end was not reached, and nothing more can be done now."""

    reason: str
    #: the repository answered nothing, Identify no more than its lists
    is_silent: bool = False


Verdict = Complete | Incomplete | Blocked


class HarvestStore(Protocol):
    """The keeping of one feed's runs; synchronous, each method one transaction, but for `weigh`."""

    def open_run(self) -> Checkpoint:
        """The run in hand, or a new one whose lists are those of the last ended run."""

    def marks(self, run: int, identifiers: Sequence[str]) -> Mapping[str, int]:
        """In which start of this run each identifier was last listed; those not listed yet are left out."""

    def retries(self, limit: int) -> Sequence[str]:
        """Identifiers that could not be read in earlier runs and are to be asked for alone by now, `limit` at most."""

    def tried(self, checkpoint: Checkpoint, identifier: str) -> None:
        """One of them was asked for in vain; keeps where the run stands with it."""

    def compare(self, checkpoint: Checkpoint, headers: Sequence[Header]) -> Sequence[str]:
        """Identifiers of which something else is held than the headers say, or nothing; the others are seen."""

    def reconciled(self, checkpoint: Checkpoint, *, whole: bool, limit: int) -> Sequence[str]:
        """Keeps what a list of everything did not name; gives what is to be asked for alone, `limit` at most.

        whole   every list of everything reached its end; else nothing is taken for absent
        """

    def named(self, checkpoint: Checkpoint) -> str | None:
        """A live record that the lists of this run named; None where they named none."""

    def given(self, checkpoint: Checkpoint, identifier: str) -> None:
        """A record that no list names was given when it was asked for."""

    def to_weigh(self, commit: PageCommit) -> Changed:
        """The page's records that are other forms of what stands; none where that does not matter."""

    async def weigh(self, changed: Changed) -> Sequence[Weighed]:
        """What these are in the catalogue, and would be, in their order; nothing is kept."""

    def commit_page(self, commit: PageCommit) -> Tally:
        """Keeps the page's records by `upsert.decide`, its row, what it taught, and the next checkpoint."""

    def keep(self, checkpoint: Checkpoint) -> None:
        """Keeps where the run stands at the end of a slice."""

    def postpone(self, checkpoint: Checkpoint, until: datetime, reason: str) -> None:
        """Keeps the checkpoint; the run goes on at `until`, over restarts."""

    def end(self, checkpoint: Checkpoint, verdict: Verdict) -> None:
        """Keeps the verdict; what the checkpoint has learned, here as in each other method, for the next run."""
