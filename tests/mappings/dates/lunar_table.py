"""Makes `mappings/dates/lunar_months.tsv`; needs the package `sxtwl` (2.0.7), which the product does not.

    python tests/mappings/dates/lunar_table.py > mappings/dates/lunar_months.tsv

One line a lunar year, 1368 to 1911: its number, its first day (proleptic Gregorian), the month that is doubled (0 for
none), and for each month in order `L` (30 days) or `S` (29). `sxtwl` counts days before 1582-10-15 by the Julian
calendar; `date.fromordinal` does not.
"""

from __future__ import annotations

from datetime import date

import sxtwl

FIRST, LAST = 1368, 1911
HEADER = "# Lunar years: first day (proleptic Gregorian), doubled month or 0, months in order (L 30 days, S 29 days).\n"


def _ordinal(day: sxtwl.Day) -> int:
    year, month, number = day.getSolarYear(), day.getSolarMonth(), day.getSolarDay()
    if (year, month, number) >= (1582, 10, 15):
        return date(year, month, number).toordinal()
    # Julian day number of a Julian date, moved to the proleptic Gregorian ordinal
    shift = (14 - month) // 12
    years, months = year + 4800 - shift, month + 12 * shift - 3
    return number + (153 * months + 2) // 5 + 365 * years + years // 4 - 32083 - 1721425


def lines() -> list[str]:
    """The rows of the table, each checked against the beginning of the next year."""
    made = []
    for year in range(FIRST, LAST + 1):
        first = _ordinal(sxtwl.fromLunar(year, 1, 1))
        days = _ordinal(sxtwl.fromLunar(year + 1, 1, 1)) - first
        leap = sxtwl.getRunMonth(year)
        months = [
            (month, doubled) for month in range(1, 13) for doubled in (False, True) if not doubled or month == leap
        ]
        lengths = [sxtwl.getLunarMonthNum(year, month, doubled) for month, doubled in months]
        if sum(lengths) != days:
            raise SystemExit(f"{year}: {sum(lengths)} days in months, {days} in the year")
        made.append(f"{year}\t{date.fromordinal(first)}\t{leap}\t{''.join('L' if n == 30 else 'S' for n in lengths)}")
    return made


if __name__ == "__main__":
    print(HEADER + "\n".join(lines()))
