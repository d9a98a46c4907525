"""What a fetch keeps and gives: pieces of a file as they come, where it stands, and what the next fetch knows."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from harvester.fetching.sru_plan import SruPlace
from harvester.resourcesync.place import Owed, SyncPlace
from harvester.retry import Failure

#: `replace`: the file is the whole feed; `add`: it is a part of it
Mode = Literal["replace", "add"]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fetch stands, written with each piece."""

    #: pieces that are kept
    pieces: int = 0
    #: bytes of the file that are kept
    offset: int = 0
    #: most bytes of it that ever came: what comes again is no news
    furthest: int = 0
    #: which state of the file they are of: a validator of the answer (RFC 9110, 8.8), or a file's size and times
    state: str = ""
    #: tries of the request in hand, and longer waits in a row without a piece between them
    attempt: int = 0
    postponements: int = 0
    waiting_since: datetime | None = None
    #: when it was put off; what has passed since is waited once it goes on
    put_off_at: datetime | None = None
    #: records that came, where the source is asked for them one by one or page by page
    records: int = 0
    #: what was wrong with the answer to the request that failed last, since the last piece that came
    fault: str = ""
    sru: SruPlace = SruPlace()
    sync: SyncPlace = SyncPlace()


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed's fetches know of each other."""

    #: validators of the last answer (RFC 9110, 8.8)
    etag: str = ""
    modified: str = ""
    #: files of a folder that were taken, the last one first, each with its size and times
    taken: tuple[str, ...] = ()
    #: date and name of the newest of them that was the whole feed, and of the one before it
    newest_full: str = ""
    full_before: str = ""
    #: version of SRU that the server speaks; empty = not known yet
    sru_version: str = ""
    #: of a ResourceSync source: up to when its changes are known, and what it lists and did not give
    synced: datetime | None = None
    owed: tuple[Owed, ...] = ()
    #: everything is to be listed again, where the source lists it: the last list did not name what another one did
    relists: bool = False
    #: the fetch in hand; None = none is
    place: Place | None = None

    def without_last(self) -> Memory:
        """The same as if the last file, and what was added to it, had not been taken: they are read once more."""
        return msgspec.structs.replace(self, etag="", modified="", taken=())

    @property
    def knows_the_source(self) -> bool:
        """Whether the source has ever given anything."""
        told = self.etag or self.modified or self.taken or self.sru_version or self.synced
        return bool((self.place and self.place.pieces) or told)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """The next bytes of the file, and where the fetch stands behind them."""

    body: bytes
    place: Place
    #: what was kept before is of another state of the file: it is dropped
    anew: bool = False
    #: records in them, where the source knows
    records: int = 0


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file has come."""

    #: as it is shown
    name: str
    mode: Mode
    memory: Memory
    #: how many records the source says that it holds; None = it does not say
    claim: int | None = None
    #: what is said of it beside its records: the dumps that could not be read, each with its reason
    note: str = ""


class Unchanged(msgspec.Struct, frozen=True, kw_only=True):
    """The source has nothing that was not fetched before."""

    memory: Memory
    #: whether the source itself said so; a folder without a new file says nothing
    said: bool = True
    #: whether the last file that was the whole feed is still what the source gives
    still_whole: bool = True


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What the source has cannot be taken; the next look passes it by."""

    reason: str
    memory: Memory


Given = Piece | Brought | Unchanged | Refused | Failure


class Fetch(Protocol):
    """One kind of source, asked piece by piece."""

    def piece(self, place: Place) -> Awaitable[Given]:
        """What comes next at `place`."""

    def answers(self) -> Awaitable[bool]:
        """Whether the source answers anything at all, asked where it answers whatever its records are."""

    def close(self) -> None:
        """Gives up whatever is open."""

    @property
    def in_hand(self) -> bool:
        """Whether something is open that the next slice would have to ask for again from its beginning."""
