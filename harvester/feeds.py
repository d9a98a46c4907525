"""A feed as a harvest needs it, and what its repository taught about itself."""

from __future__ import annotations

from typing import Literal

import msgspec

from harvester.caps import Caps
from harvester.credentials import Credentials
from harvester.quiet_hours import QuietHours

Method = Literal["GET", "POST"]
TokenForm = Literal["encoded", "verbatim"]
Granularity = Literal["seconds", "days"]
Deletions = Literal["", "no", "transient", "persistent"]
#: whether what no list names any more counts as deleted: looked for as often as the repository's own word on tombstones
#: asks, every week whatever it says, or never
DeletionRule = Literal["declared", "sweep", "never_inferred"]


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value of a profile was learned."""

    #: field of the profile
    name: str
    run: int
    #: number of the page in its run that was in hand
    page: int


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What changes a request or a verdict; learned, kept, shown."""

    method: Method = "GET"
    #: the charset of pages that state none, or a wrong one
    charset: str | None = None
    token_form: TokenForm = "encoded"
    granularity: Granularity = "days"
    #: how long it keeps tombstones (deletedRecord, 2.5.1); empty = not known
    deletions: Deletions = ""
    #: how late changes appear in its lists, at the most that was met
    lag_seconds: int = 0
    #: the same as a person says it, in the place of what was met; None = nobody does
    lag_pinned: int | None = None
    #: its address over https, where the one over http leads there for good
    secure_url: str = ""
    #: where its answers come from now, if permanent redirects lead elsewhere; a person has to say so before it is
    #: asked there
    moved_to: str = ""
    #: one such address to which a person has said no: it is not proposed again, another one is
    declined: str = ""
    #: what a page cost on average in the last run
    page_seconds: float = 0.0
    #: width of the date windows in which a list could be had; 0 = it can be had in one piece
    window_seconds: int = 0
    lessons: tuple[Lesson, ...] = ()

    @property
    def lag(self) -> int:
        """How many seconds late changes appear in its lists, by whoever says so last: a person, or the lists."""
        return self.lag_seconds if self.lag_pinned is None else self.lag_pinned

    def knows(self, name: str) -> bool:
        """Whether the repository taught the value of this field."""
        return any(lesson.name == name for lesson in self.lessons)


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One feed."""

    key: str
    base_url: str
    metadata_prefix: str
    set_specs: tuple[str, ...] = ()
    #: private networks that it may be fetched from, CIDR
    networks: tuple[str, ...] = ()
    #: beside 80, 443 and the one that its address names
    ports: tuple[int, ...] = ()
    #: that one counts: not where anybody may name the address
    takes_own_port: bool = True
    credentials: Credentials = Credentials()
    #: in which it is asked nothing
    quiet_hours: QuietHours | None = None
    caps: Caps = Caps()
    min_interval_seconds: float = 0.2
    look_back_seconds: int = 86_400
    #: where a first run begins and where every run ends, as the repository's granularity writes it; None = open
    since: str | None = None
    until: str | None = None
    #: of an SRU server: the CQL that its records answer, and the index that splits what it does not give whole
    query: str = ""
    split_by: str = ""
    profile: Profile = Profile()
