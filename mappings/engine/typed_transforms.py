"""Transforms to the record's own types: dates, identifiers, links, containers, extents, points."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mappings.dates.read import historical_date, read
from mappings.engine.agent_transforms import life_dates
from mappings.engine.patterns import pattern
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, ArgumentWrong, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.said import said
from mappings.schema.dates import Dated, DateKind, HistoricalDate, Undated
from mappings.schema.holding import Container
from mappings.schema.identifiers import SCHEMES, normalise, recognise
from mappings.schema.identifiers import Identifier as Identifier_
from mappings.schema.points import read_point
from mappings.schema.record import Extent

_KINDS = ("created", "issued", "accumulated", "covered", "copyright", "digitised")
_WEB = ("http", "https")
_NUMBER = pattern(r"\d+(?:[.,]\d+)?")
_EXTENT = pattern(
    r"^[\[(]?\s*(?:ca?\. )?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)[\])]?\s*"
    r"([\pL]+(?:-[\pL]+)*\.?(?: [\pL]+)?)"
)
_THOUSANDS = pattern(r"^\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_CONTAINER = pattern(r"(\pL+) *(\d+\pL?)")
_BETWEEN_MEASURES = frozenset({"x", "by"})
_AFTER_UNITS = frozenset({"and", "in", "of", "with", "on"})
#: abbreviations that are part of a unit ("5 cu. ft."); behind another one something else begins ("82 p. front.")
_BEFORE_UNITS = frozenset({"cu.", "lin.", "sq."})
_CHINESE_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_CHINESE_DIGITS |= {"零": 0, "两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
_CHINESE_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "萬": 10_000}


@transform(
    "edtf",
    Parameter(name="order", words=("dmy", "mdy", "ymd")),
    Parameter(name="kind", default="created", words=_KINDS),
    Parameter(name="calendar"),
    Parameter(name="c", words=("circa", "copyright")),
    gives="HistoricalDate",
    failure="keep",
    code="date_unread",
)
def edtf(arguments: Arguments, tables: Tables) -> Function:
    """A date statement with its EDTF reading; what cannot be read keeps its text, without bounds."""
    kind: DateKind = arguments.text("kind")  # type: ignore[assignment]
    order, c = arguments.text("order") or None, arguments.text("c") or None
    calendar = arguments.text("calendar") or None

    def run(item: Item) -> Made:
        return dated(item.text, kind, order=order, c=c, calendar=calendar)

    return run


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


@transform("marc_dates", gives="HistoricalDate")
def marc_dates(arguments: Arguments, tables: Tables) -> Function:
    """008/06-14: type of date and its two dates; `u` is an unspecified digit, 9999 an open end."""
    return lambda item: Made(values=tuple(_marc_dates(item.text)))


def _marc_dates(text: str) -> list[HistoricalDate]:
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


@transform("span", Parameter(name="end", default=".."))
def span(arguments: Arguments, tables: Tables) -> Function:
    """Years of a life as an EDTF interval; `end` stands where only the first is given (`1950-`)."""
    end = arguments.text("end")

    def run(text: str) -> str | None:
        years = text.strip(" .,;:()")
        found = life_dates(f"- d. {years[1:]}" if years.startswith("-") else f"- {years}")
        return found.replace("..", end) if found else None

    return run


@transform("number", Parameter(name="unit"), gives="number", code="number_unread")
def number(arguments: Arguments, tables: Tables) -> Function:
    """The first number of the text; with `unit`, only where the text names it."""
    unit = arguments.text("unit").lower()

    def run(item: Item) -> Made:
        found = _NUMBER.search(item.text)
        if not found or unit not in item.text.lower():
            return Made(codes=("number_unread",))
        return Made(values=(float(found[0].replace(",", ".")),))

    return run


@transform("chinese_number", gives="number", code="number_unread")
def chinese_number(arguments: Arguments, tables: Tables) -> Function:
    """A number written in Chinese numerals, plain or financial."""

    def run(item: Item) -> Made:
        value = read_chinese_number(item.text.strip())
        return Made(codes=("number_unread",)) if value is None else Made(values=(value,))

    return run


def read_chinese_number(text: str) -> int | None:
    """The value of 一百二十三, 二〇〇五 or 十; None for anything else."""
    if not text or any(character not in _CHINESE_DIGITS and character not in _CHINESE_UNITS for character in text):
        return None
    if all(character in _CHINESE_DIGITS for character in text):
        return int("".join(str(_CHINESE_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
        elif (unit := _CHINESE_UNITS[character]) == 10_000:
            total, section, digit = total + (section + digit) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
    return total + section + digit


@transform("container", gives="Container")
def container(arguments: Arguments, tables: Tables) -> Function:
    """A box, folder, reel … with its number; what names none is dropped."""

    def run(item: Item) -> Made:
        found = _CONTAINER.fullmatch(item.text.strip())
        return Made(values=(Container(type=found[1], number=found[2]),)) if found else Made(values=())

    return run


@transform("extent", gives="Extent", failure="keep")
def extent(arguments: Arguments, tables: Tables) -> Function:
    """An extent with its leading number and unit, where it has them."""

    def run(item: Item) -> Made:
        found = _EXTENT.search(item.text)
        if not found:
            return Made(values=(Extent(text=item.text),))
        unit = _unit(found[2])
        if not unit:
            return Made(values=(Extent(text=item.text),))
        return Made(values=(Extent(text=item.text, number=_measured(found[1]), unit=unit),))

    return run


def _measured(digits: str) -> float:
    """A number of an extent: a comma before each three digits parts thousands, any other decimals."""
    return float(digits.replace(",", "" if _THOUSANDS.search(digits) else "."))


def _unit(words: str) -> str:
    """The words of a unit; empty where a second measure follows the first ("4 x 6 in.")."""
    first, *more = words.split()
    if first.lower() in _BETWEEN_MEASURES:
        return ""
    abbreviated = first.endswith(".") and first.lower() not in _BEFORE_UNITS
    return first if abbreviated or (more and more[0].lower() in _AFTER_UNITS) else words


@transform(
    "point",
    Parameter(name="order", default="lat_lon", words=("lat_lon", "lon_lat")),
    gives="Point",
    code="point_unread",
)
def point(arguments: Arguments, tables: Tables) -> Function:
    """Two decimal degrees, or hemisphere letters with degrees, minutes, seconds; what lies off the earth is dropped."""
    turned = arguments.text("order") == "lon_lat"

    def run(item: Item) -> Made:
        found = read_point(item.text, longitude_first=turned)
        return Made(values=(found,)) if found else Made(codes=("point_unread",))

    return run


@transform(
    "identifier",
    Parameter(name="scheme", words=SCHEMES),
    gives="Identifier",
    failure="keep",
    code="identifier_invalid",
)
def identifier(arguments: Arguments, tables: Tables) -> Function:
    """An identifier of the scheme; without one, of the scheme that its own shape shows, else `local`."""
    scheme = arguments.text("scheme")

    def run(item: Item) -> Made:
        found: Identifier_ = (
            normalise(scheme, item.text) if scheme else recognise(item.text) or normalise("local", item.text)
        )
        return Made(values=(found,), codes=() if found.valid else ("identifier_invalid",))

    return run


@transform("url", Parameter(name="schemes", type="texts"), code="url_refused")
def url(arguments: Arguments, tables: Tables) -> Function:
    """An address of the web, http or https; `schemes` names the one of them that alone is taken."""
    schemes = arguments.texts("schemes") or _WEB
    if other := [scheme for scheme in schemes if scheme not in _WEB]:
        raise ArgumentWrong(
            said("schemes names %(names)s; readers follow http and https alone", names=", ".join(other))
        )
    return lambda text: web_address(text, schemes)


def web_address(text: str, schemes: Sequence[str] = _WEB) -> str | None:
    """`text` where it is an address with a host under one of `schemes`, else None."""
    scheme, divided, rest = text.partition("://")
    if not divided or scheme.lower() not in schemes:
        return None
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2].partition(":")[0]
    return text if host and "\\" not in host and len(text.split()) == 1 else None
