"""A feed as a harvest needs it, and what its repository taught about itself."""

from __future__ import annotations

from typing import Literal

import msgspec

Method = Literal["GET", "POST"]
TokenForm = Literal["encoded", "verbatim"]
Granularity = Literal["seconds", "days"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What changes a request or a verdict; learned, kept, shown."""

    method: Method = "GET"
    #: the charset of pages that state none, or a wrong one
    charset: str | None = None
    token_form: TokenForm = "encoded"
    granularity: Granularity = "days"


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One feed."""

    key: str
    base_url: str
    metadata_prefix: str
    set_specs: tuple[str, ...] = ()
    #: private networks that it may be fetched from, CIDR
    networks: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    min_interval_seconds: float = 0.2
    look_back_seconds: int = 86_400
    #: where a first run begins and where every run ends, as the repository's granularity writes it; None = open
    since: str | None = None
    until: str | None = None
    profile: Profile = Profile()
