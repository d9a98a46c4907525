"""When an answer was made, by the clock that is furthest behind of those that speak of it (harvesting, 3).

The next run lists what changed since then. A source whose clock runs ahead would else be asked for what it dates in its
own future alone, and whatever it dates before that is never listed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from harvester.oaipmh.datestamps import read_datestamp, write_datestamp


def earliest(stated: str | None, http_date: str | None, own: datetime) -> str:
    """The first of responseDate, the header `Date` and this machine's moment before it asked; to the second.

    What cannot be read does not count. An earlier moment only lists again what was listed.
    """
    moments = (read_datestamp(stated or ""), _read(http_date), own)
    return write_datestamp(min(moment for moment in moments if moment is not None), "seconds")


def skew_of(stated: str | None, http_date: str | None, asked_at: datetime, came_at: datetime) -> int:
    """How many seconds the source's clock is ahead of ours, by whichever of its two words is nearer to ours.

    An answer that was kept somewhere on the way says when it was made, not what time it is. Between the request and the
    last byte any moment is right; a word that cannot be read, or that names no second, says nothing.
    """
    moments = [moment for moment in (read_datestamp(stated or ""), _read(http_date)) if moment is not None]
    distances = [_beyond(moment, asked_at, came_at) for moment in moments]
    return int(min(distances, key=abs, default=timedelta()).total_seconds())


def _beyond(moment: datetime, begun: datetime, ended: datetime) -> timedelta:
    return moment - min(max(moment, begun), ended)


def _read(http_date: str | None) -> datetime | None:
    """A moment of HTTP (RFC 9110, 5.6.7)."""
    try:
        moment = parsedate_to_datetime(http_date or "")
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
