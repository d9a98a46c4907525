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
#: what its completeListSize is worth: not known, never stated, right, changed within a list, wrong
SizeClaim = Literal["", "none", "true", "estimate", "false"]
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


class Pins(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Values of a profile as a person says them, in the place of what was learned; None = nobody does."""

    method: Method | None = None
    charset: str | None = None
    token_form: TokenForm | None = None
    granularity: Granularity | None = None
    from_inclusive: bool | None = None
    until_inclusive: bool | None = None
    until_whole_day: bool | None = None
    lag_seconds: int | None = None
    size_claim: SizeClaim | None = None
    page_cap: int | None = None
    window_seconds: int | None = None


#: the values that a person may say
PINNABLE: tuple[str, ...] = Pins.__struct_fields__


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What changes a request or a verdict; learned, kept, shown."""

    method: Method = "GET"
    #: the charset of pages that state none, or a wrong one
    charset: str | None = None
    token_form: TokenForm = "encoded"
    granularity: Granularity = "days"
    #: what its Identify says of that; empty = not known
    declared_granularity: Literal["", "seconds", "days"] = ""
    #: whether `from` and `until` take in their own bound, and a day as `until` the whole of it
    from_inclusive: bool = True
    until_inclusive: bool = True
    until_whole_day: bool = True
    #: how long it keeps tombstones (deletedRecord, 2.5.1); empty = not known
    deletions: Deletions = ""
    #: how late changes appear in its lists, at the most that was met
    lag_seconds: int = 0
    #: how far its clock is ahead of ours, behind where negative; noted, and no request depends on it
    skew_seconds: int = 0
    size_claim: SizeClaim = ""
    #: records of its longest page that another followed; 0 = none did
    page_cap: int = 0
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
    pins: Pins = Pins()

    def by_pins(self) -> Profile:
        """What requests and verdicts go by: what was learned, and in its place what a person says."""
        said = {name: value for name in PINNABLE if (value := getattr(self.pins, name)) is not None}
        return msgspec.structs.replace(self, **said) if said else self

    def knows(self, name: str) -> bool:
        """Whether the repository taught the value of this field, or a person says it."""
        return any(lesson.name == name for lesson in self.lessons) or self.is_pinned(name)

    def is_pinned(self, name: str) -> bool:
        """Whether a person says this value."""
        return getattr(self.pins, name, None) is not None


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
