"""Dates of material: what was written, its EDTF reading and the days it can mean.

The readers are `mappings.dates`; this file owns the outcomes that every reader gives.
"""

from __future__ import annotations

from typing import Literal

import msgspec

DateKind = Literal["created", "issued", "accumulated", "covered", "copyright", "digitised"]


class HistoricalDate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One date statement of a record."""

    #: as the source wrote it
    text: str
    #: EDTF levels 0-2; None where the text was not read
    edtf: str | None = None
    #: first and last day, ISO 8601 with astronomic signed years, inclusive; None = open or unread
    start: str | None = None
    end: str | None = None
    kind: DateKind = "created"
    #: gregorian, julian, minguo, chinese_lunar …
    calendar: str = "gregorian"
    #: inferred, uncertain, approximate, bulk, partly_undated, undated, unread …
    flags: tuple[str, ...] = ()


class Dated(msgspec.Struct, frozen=True, kw_only=True, tag="dated", gc=False):
    """The text was read as a date."""

    edtf: str
    start: str | None
    end: str | None
    kind: DateKind | None = None
    calendar: str = "gregorian"
    flags: tuple[str, ...] = ()
    #: codes of what was odd though readable, such as `day_impossible`
    issues: tuple[str, ...] = ()


class Undated(msgspec.Struct, frozen=True, kw_only=True, tag="undated", gc=False):
    """The text says that there is no date ("n.d.", "00000000", 无年月)."""


class Unread(msgspec.Struct, frozen=True, kw_only=True, tag="unread", gc=False):
    """No reading that would not be a guess; the text is kept, there are no bounds."""

    #: `date_unread`, `cycle_without_era`, `reign_overrun` …
    code: str = "date_unread"


DateReading = Dated | Undated | Unread
