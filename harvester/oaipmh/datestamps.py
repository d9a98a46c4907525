"""Datestamps of the protocol: when a record changed, never the date of the material (OAI-PMH 2.0, 3.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harvester.feeds import Granularity


def read_datestamp(text: str) -> datetime | None:
    """The moment of a datestamp; None where it is none of the protocol's two forms."""
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def write_datestamp(moment: datetime, granularity: Granularity) -> str:
    """`moment`, cut to the repository's granularity."""
    form = "%Y-%m-%d" if granularity == "days" else "%Y-%m-%dT%H:%M:%SZ"
    return moment.astimezone(UTC).strftime(form)


def one_granule(granularity: Granularity) -> timedelta:
    """The smallest step that the repository tells apart."""
    return timedelta(days=1) if granularity == "days" else timedelta(seconds=1)
