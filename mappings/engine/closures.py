"""How long something stays closed, in the short words of a table: `30年`, `长期`, `至2031年`.

A period is kept as years and counted later, from the end of the record's own dates. One that names no end, or that is
not understood, closes without end.
"""

from __future__ import annotations

import unicodedata
from datetime import date

import msgspec

from mappings.dates.read import read
from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, Function, Made, Parameter, transform
from mappings.engine.typed_transforms import read_chinese_number
from mappings.engine.values import Item
from mappings.schema.access import REASONS, AccessStatement
from mappings.schema.dates import Dated
from mappings.schema.periods import years_after

_NONE = pattern(r"^(?:0+|无|無|不保密|已解密|解密|公开|公開)$")
_ENDLESS = pattern(r"^(?:长期|長期|永久|永远|永遠|无限期|無限期|permanent|indefinite)$")
_YEARS = pattern(r"^([0-9]{1,3}|[〇一二三四五六七八九十百]+)\s*(?:年|a|years?)?$")
_MONTHS = pattern(r"^([0-9]{1,3}|[〇一二三四五六七八九十]+)\s*(?:个月|個月|月|months?)$")
_BEFORE_A_DAY = pattern(r"^(?:保密)?(?:期限)?[:：]?(?:至|到|截至|截止|until |till )?\s*")
_AFTER_A_DAY = pattern(r"\s*(?:前|以前|止|为止|為止|解密)$")

_CLOSED = AccessStatement(status="closed")
_UNREAD = Made(values=(AccessStatement(status="closed", endless=True, unread=True),), codes=("access_unread",))


@transform(
    "closure",
    Parameter(name="years", type="number"),
    Parameter(name="from", default="record", words=("record", "text")),
    Parameter(name="reason", words=REASONS),
    gives="AccessStatement",
)
def closure(arguments: Arguments, tables: Tables) -> Function:
    """A closure of so many years, or until a day; `years` where the text does not state them.

    `from` record counts from the end of the record's dates, text from the date that the text is.
    """
    years, from_text = arguments.number("years"), arguments.text("from") == "text"
    reason = arguments.text("reason") or None

    def run(item: Item) -> Made:
        made = _counted_from(item.text, years or 0) if from_text else _stated(item.text, years)
        said = [msgspec.structs.replace(each, reason=reason, conditions_of_access=(item.text,)) for each in made.values]
        return Made(values=tuple(said), codes=made.codes)

    return run


def _stated(text: str, years: int | None) -> Made:
    """What a period says; `years` stand in for any text."""
    if years:
        return _for_years(years)
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    plain = _AFTER_A_DAY.sub("", _BEFORE_A_DAY.sub("", plain))
    if _NONE.search(plain):
        return Made()
    if _ENDLESS.search(plain):
        return Made(values=(msgspec.structs.replace(_CLOSED, endless=True),))
    if found := _YEARS.search(plain):
        return _for_years(_number(found[1]))
    if found := _MONTHS.search(plain):
        return _for_years(-(-_number(found[1]) // 12))
    return _until(_last_day(plain))


def _for_years(years: int) -> Made:
    return Made(values=(msgspec.structs.replace(_CLOSED, closure_years=years),)) if years else _UNREAD


def _counted_from(text: str, years: int) -> Made:
    last = _last_day(text)
    return _until(years_after(date.fromisoformat(last), years) if last and years else None)


def _until(last: str | None) -> Made:
    return _UNREAD if last is None else Made(values=(msgspec.structs.replace(_CLOSED, until=last),))


def _last_day(text: str) -> str | None:
    """The last day of the date that `text` is, in our era."""
    found = read(text, order="ymd")
    sure = isinstance(found, Dated) and found.end is not None and not found.flags
    return found.end if isinstance(found, Dated) and sure and len(found.end or "") == len("2031-12-31") else None


def _number(text: str) -> int:
    return int(text) if text.isascii() else read_chinese_number(text) or 0
