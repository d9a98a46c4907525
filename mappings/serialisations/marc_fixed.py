"""What MARC 21 codes by position: the leader and field 008."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.schema.dates import HistoricalDate
from mappings.schema.languages import marc_code
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import Cover, one

#: DCMI type -> leader/06
_TYPES = {
    "Text": "a",
    "Image": "k",
    "StillImage": "k",
    "MovingImage": "g",
    "Sound": "j",
    "Dataset": "m",
    "Software": "m",
    "InteractiveResource": "m",
    "PhysicalObject": "r",
    "Collection": "p",
}


def leader(unified: UnifiedRecord, cover: Cover) -> str:
    """Leader: a new record (05), its type (06), one work (07), Unicode (09), ISBD punctuation left out (18)."""
    kind = next(iter(cover.described(one(unified.type))), "Text")
    return f"00000n{_TYPES.get(kind, 'a')}m a2200000 c 4500"


def fixed_field(unified: UnifiedRecord, cover: Cover) -> str:
    """008: type and years of the date (06-14), place unknown (15-17), language (35-37); the rest is not coded."""
    languages = cover.described(unified.languages)
    language = marc_code(languages[0].lang) if languages else "   "
    return f"||||||{_years(cover.located(unified.dates))}xx {'|' * 17}{language[:3]:3}||"


def _years(dates: Sequence[HistoricalDate]) -> str:
    """One year, a span of years, or none that is known."""
    for date in sorted(dates, key=lambda date: date.kind != "issued"):
        first, last = _year(date.start), _year(date.end)
        if first and last:
            return f"s{first}    " if first == last else f"m{first}{last}"
        if first or last:
            return f"m{first or 'uuuu'}{last or '9999'}"
    return "nuuuuuuuu"


def _year(day: str | None) -> str:
    """The year of an ISO 8601 day, where four digits say it."""
    return day[:4] if day and day[:4].isdigit() else ""
