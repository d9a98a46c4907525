"""The hours of a day in which a source is not asked, by the clock of the place where it is; pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

_FORM = re.compile(r"(?P<begins>[01]\d:[0-5]\d|2[0-3]:[0-5]\d)-(?P<ends>[01]\d:[0-5]\d|2[0-3]:[0-5]\d) (?P<zone>\S+)")
_ZONE = re.compile(r"[A-Za-z0-9+_-]{1,40}(/[A-Za-z0-9+_-]{1,40}){0,3}")


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """From one time of day to another, over midnight where that is the earlier one."""

    #: HH:MM
    begins: str
    ends: str
    #: of the time zone database, such as `Europe/Rome`
    zone: str

    def __str__(self) -> str:
        return f"{self.begins}-{self.ends} {self.zone}"


def read_quiet_hours(text: str) -> QuietHours | None:
    """What `22:00-06:00 Europe/Rome` says; None where it says no hours, or all of the day."""
    found = _FORM.fullmatch(text)
    if found is None or found["begins"] == found["ends"] or _ZONE.fullmatch(found["zone"]) is None:
        return None
    try:
        ZoneInfo(found["zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return QuietHours(begins=found["begins"], ends=found["ends"], zone=found["zone"])


def quiet_until(quiet: QuietHours | None, now: datetime) -> datetime | None:
    """When the hours in which `now` lies end; None where it lies in none.

    now   aware
    """
    if quiet is None:
        return None
    zone = ZoneInfo(quiet.zone)
    here = now.astimezone(zone)
    begins, ends, clock = time.fromisoformat(quiet.begins), time.fromisoformat(quiet.ends), here.time()
    over_midnight = ends < begins
    if not (clock >= begins or clock < ends if over_midnight else begins <= clock < ends):
        return None
    day = here.date() + timedelta(days=over_midnight and clock >= begins)
    until = datetime.combine(day, ends, zone).astimezone(UTC)
    # where clocks are put back the end may come twice: the later one is meant
    later = datetime.combine(day, ends, zone).replace(fold=1).astimezone(UTC)
    return next((moment for moment in (until, later) if moment > now), later)
