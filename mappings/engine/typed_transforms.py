"""Transforms to the record's own types: dates, identifiers, links, containers, extents, points."""

from __future__ import annotations

from collections.abc import Sequence

from mappings.dates.calendars import CALENDARS, is_known
from mappings.engine.agent_names import life_dates
from mappings.engine.dating import dated, marc_coded_dates
from mappings.engine.identifying import identified
from mappings.engine.measures import measured
from mappings.engine.own_patterns import OwnPattern
from mappings.engine.tables import Tables
from mappings.engine.transforms import Arguments, ArgumentWrong, Function, Made, Parameter, transform
from mappings.engine.values import Item
from mappings.said import said
from mappings.schema.dates import DateKind
from mappings.schema.holding import Container
from mappings.schema.normal_forms import SCHEMES
from mappings.schema.points import read_point

_KINDS = ("created", "issued", "accumulated", "covered", "copyright", "digitised")
_WEB = ("http", "https")
_NUMBER = OwnPattern(r"\d+(?:[.,]\d+)?")
_CONTAINER = OwnPattern(r"(\pL+) *(\d+\pL?)")
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
    if calendar and not is_known(calendar):
        words = ", ".join(CALENDARS)
        raise ArgumentWrong(said("calendar is one of %(words)s, or a dynasty or reign title", words=words))

    def run(item: Item) -> Made:
        return dated(item.text, kind, order=order, c=c, calendar=calendar)

    return run


@transform("marc_dates", gives="HistoricalDate")
def marc_dates(arguments: Arguments, tables: Tables) -> Function:
    """008/06-14: type of date and its two dates; `u` is an unspecified digit, 9999 an open end."""
    return lambda item: Made(values=tuple(marc_coded_dates(item.text)))


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
    return measured


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
    return identified(arguments.text("scheme"))


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
