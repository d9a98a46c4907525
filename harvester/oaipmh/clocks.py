"""When an answer was made, by the clock that is furthest behind of those that speak of it (harvesting, 3).

The next run lists what changed since then. A source whose clock runs ahead would else be asked for what it dates in its
own future alone, and whatever it dates before that is never listed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from harvester.oaipmh.datestamps import read_datestamp, write_datestamp


def earliest(stated: str | None, http_date: str | None, own: datetime) -> str:
    """The first of responseDate, the header `Date` and this machine's moment before it asked; to the second.

    What cannot be read does not count. An earlier moment only lists again what was listed.
    """
    moments = (read_datestamp(stated or ""), _read(http_date), own)
    return write_datestamp(min(moment for moment in moments if moment is not None), "seconds")


def _read(http_date: str | None) -> datetime | None:
    """A moment of HTTP (RFC 9110, 5.6.7)."""
    try:
        moment = parsedate_to_datetime(http_date or "")
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
