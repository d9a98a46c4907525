"""Dates of the record: of a statement in words, and of the codes of MARC 008."""

from __future__ import annotations

import msgspec

from mappings.dates.read import historical_date, read
from mappings.engine.transforms import Made
from mappings.schema.dates import Dated, DateKind, HistoricalDate, Undated


def dated(
    text: str, kind: DateKind, *, order: str | None = None, c: str | None = None, calendar: str | None = None
) -> Made:
    """The date that `text` states, with the codes of what was odd."""
    reading = read(text, order=order, c=c, hint=calendar)
    match reading:
        case Dated():
            found = HistoricalDate(
                text=text,
                edtf=reading.edtf,
                start=reading.start,
                end=reading.end,
                kind=reading.kind or kind,
                calendar=reading.calendar,
                flags=reading.flags,
            )
            return Made(values=(found,), codes=reading.issues)
        case Undated():
            return Made(values=(HistoricalDate(text=text, kind=kind, flags=("undated",)),))
        case _:
            return Made(values=(HistoricalDate(text=text, kind=kind, flags=("unread",)),), codes=(reading.code,))


def marc_coded_dates(text: str) -> list[HistoricalDate]:
    """008/06-14: what the type of date makes of the two dates behind it."""
    kind, first, second = text[:1], _marc_year(text[1:5]), _marc_year(text[5:9])
    if kind == "|":
        # no attempt to code the type; some catalogues give the one year they know
        kind = "s" if first and not second else ""
    if kind == "e" and first:
        month, day = text[5:7], text[7:9]
        return [_marc_date("-".join([first, *(part for part in (month, day) if part.isdigit() and part != "00")]))]
    if kind in ("c", "d", "u", "m", "i", "k", "q") and (first or second):
        end = ".." if kind == "c" or text[5:9] == "9999" else second
        span = f"[{first}..{second}]" if kind == "q" and first and second else f"{first}/{end}"
        # i and k: dates of a collection, inclusive and mostly
        written = "-".join([first, second])
        return [_marc_date(first if end == first else span, "created" if kind in "ik" else "issued", written)]
    if kind in ("t", "p", "r", "s") and first:
        found = [_marc_date(first)]
        if second and second != first and kind != "s":
            found.append(_marc_date(second, "copyright" if kind == "t" else "created"))
        return found
    return []


def _marc_year(text: str) -> str:
    year = text.strip().replace("u", "X").replace("|", " ").strip()
    plain = year.replace("X", "0")
    known = len(year) == 4 and plain.isascii() and plain.isdigit() and year not in ("9999", "XXXX", "0000")
    return year if known else ""


def _marc_date(edtf_text: str, kind: DateKind = "issued", written: str = "") -> HistoricalDate:
    return msgspec.structs.replace(historical_date(edtf_text, kind=kind), text=written or edtf_text)
