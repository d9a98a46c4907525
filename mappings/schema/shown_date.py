"""Which of several dates a line about a thing shows."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.schema.dates import HistoricalDate

#: kinds that say nothing of when the material is from
BESIDE = frozenset({"digitised", "copyright"})
#: what the material is about, and not when it is from
_ABOUT = frozenset({"covered"})


def shown_date(dates: Sequence[HistoricalDate]) -> HistoricalDate | None:
    """The date that a line shows and is put in order by: the first that says when the material is from, if one does."""
    told = [date for date in dates if date.kind not in BESIDE]
    made = (date for date in told if date.kind not in _ABOUT)
    return next(made, None) or next(iter(told or dates), None)
