"""How often a feed is harvested, as people say it; pure."""

from __future__ import annotations

import re

MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: the shortest and the longest time between two harvests, in seconds
SHORTEST, LONGEST = MINUTE, 400 * DAY
_UNITS = {"minute": MINUTE, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_WORDS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY}
_FORM = re.compile(r"(\d{1,6}) ?(minute|hour|day|week)s?")


def read_schedule(text: str) -> int | None:
    """The seconds that `6 hours`, `1 day`, `2 weeks` or `daily` says; None where it says none."""
    said = text.strip().casefold()
    found = _FORM.fullmatch(said)
    return int(found[1]) * _UNITS[found[2]] if found else _WORDS.get(said)


def schedule_told(seconds: int) -> str:
    """`seconds` in the largest unit that they fill: `6 hours`, `1 day`."""
    unit = next((name for name in reversed(_UNITS) if not seconds % _UNITS[name]), "")
    if not unit:
        return f"{seconds} seconds"
    count = seconds // _UNITS[unit]
    return f"{count} {unit}" + ("" if count == 1 else "s")
