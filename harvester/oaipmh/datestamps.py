"""Datestamps of the protocol: when a record changed, never the date of the material (OAI-PMH 2.0, 3.3)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from harvester.feeds import Granularity

_FORMS = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")


def read_datestamp(text: str) -> datetime | None:
    """The moment of a datestamp; None where it is none of the protocol's two forms."""
    stated = text.strip()
    if not _FORMS.fullmatch(stated):
        return None
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_datestamp(moment: datetime, granularity: Granularity) -> str:
    """`moment`, cut to the repository's granularity."""
    utc = moment.astimezone(UTC)
    day = f"{utc.year:04}-{utc.month:02}-{utc.day:02}"
    return day if granularity == "days" else f"{day}T{utc.hour:02}:{utc.minute:02}:{utc.second:02}Z"


def cut(stamp: str | None, granularity: Granularity) -> str:
    """`stamp` as it stands, or its day where the repository knows only days; empty for none."""
    return (stamp or "")[:10] if granularity == "days" else stamp or ""


def granularity_of(stamp: str) -> Granularity:
    """How finely the stamp is written."""
    return "seconds" if "T" in stamp else "days"


def one_granule(granularity: Granularity) -> timedelta:
    """The smallest step that the repository tells apart."""
    return timedelta(days=1) if granularity == "days" else timedelta(seconds=1)
