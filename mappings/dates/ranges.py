"""Several dates in one text: ranges, alternatives, lists. What one leaves out it takes from its neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mappings.dates import part as parts
from mappings.dates.bounds import ordinal_key
from mappings.dates.manner import Manner
from mappings.dates.other import BEFORE_OUR_ERA, CENTURY, OUR_ERA
from mappings.dates.part import Part
from mappings.dates.western import LAST_YEAR

_BETWEEN = re.compile(
    r"(?:some ?time )?(?:between|entre|zwischen|intre) (?P<from>.+?) (?:and|et|und|si|-|to|&) (?P<to>.+)"
)
_SPAN = re.compile(r"(?:from|von|de|du) (?P<from>.+?) (?:to|until|through|till|bis|a|au) (?P<to>.+)")
_JOINTS = (re.compile(r" - "), re.compile(r" (?:to|through|until|till|thru|bis|au|pana la) "), re.compile(r" ?-+ ?|/"))
_EITHER = re.compile(r",? (?:or|oder|ou|o|sau|vel) | ?或 ?")
_MONTH_AND_DAYS = re.compile(r"(?P<month>[a-z]+\.?) (?P<from>\d{1,2}) ?- ?(?P<to>\d{1,2}),? (?P<year>\d{4})")
_CENTURY_BEHIND = re.compile(rf"\b(?:{CENTURY})\.?(?: (?:{BEFORE_OUR_ERA}|{OUR_ERA})\.?)?$| (?:{BEFORE_OUR_ERA})\.?$")
_CENTURY_BEFORE = re.compile(rf"^(?:{CENTURY})\b[. ]+(?=[ivx\d])")
_BEFORE_OUR_ERA = re.compile(rf" (?:{BEFORE_OUR_ERA})\.?$")
_ALL = re.compile(r" ?[;,、] ?(?:and )?| (?:and|&|und|et|y|e|si) ")
#: a name beside its years: of a period in a longer one the shorter holds
_NAMES_TIME = re.compile(r"\b(?:dynasty|period|era|reign)\b")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def ranged(text: str, manner: Manner, depth: int) -> Part | None:
    """`1830-41`, `from May to June 1920`, `between 1900 and 1910`."""
    if found := _MONTH_AND_DAYS.fullmatch(text):
        month, year = found["month"], found["year"]
        return _joined(f"{month} {found['from']} {year}", f"{month} {found['to']} {year}", manner, depth)
    for pattern in (_BETWEEN, _SPAN):
        if (found := pattern.fullmatch(text)) and (joined := _joined(found["from"], found["to"], manner, depth)):
            return joined
    for first, last in _halves(text):
        if joined := _joined(first, last, manner, depth):
            return joined
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    for pattern in _JOINTS:
        for count, found in enumerate(pattern.finditer(text)):
            if count < 4 and found.start() and found.end() < len(text):
                yield text[: found.start()], text[found.end() :]


def _century_like(first: Part, last: Part) -> bool:
    return first.low.endswith("XX") and last.high.endswith("XX")


def _as_decade(found: Part) -> Part:
    """`1900s` beside another decade or a year is a decade too."""
    decade = parts.point(found.low[:2] + "0X") if "century_or_decade" in found.flags else None
    return decade or found


def _joined(first: str, last: str, manner: Manner, depth: int) -> Part | None:
    """`1830-41`, `Jan. - Feb. 1986`, `1951 January 9-19`: what one half leaves out it takes from the other."""
    from_part, to_part = manner.whole(first, manner, depth), manner.whole(last, manner, depth)
    if from_part and to_part and _BEFORE_OUR_ERA.search(last) and parts.join(from_part, to_part) is None:
        # `1600-1046 BCE`: what reads as a year of ours is one before it
        from_part = None
    if from_part is None and to_part is not None:
        from_part = _completed(first, last, manner, depth, behind=True)
    elif from_part is not None:
        short = _shortened(from_part, last)
        to_part = short if short else to_part or _completed(last, first, manner, depth, behind=False)
    if from_part and to_part and not _century_like(from_part, to_part):
        from_part, to_part = _as_decade(from_part), _as_decade(to_part)
    if from_part is None or to_part is None or ".." in (from_part.low, from_part.high, to_part.low, to_part.high):
        return None
    return parts.join(from_part, to_part)


_SHORT_DECADE = re.compile(r"'?(\d)0'?s")
_SHORT_YEAR = re.compile(r"(\d{1,2})(\D*)")


def _shortened(first: Part, last: str) -> Part | None:
    """`1830-41`, `1821-2` and `1980s-90s`: the second year without its century or its decade."""
    if (decade := _SHORT_DECADE.fullmatch(last)) and first.high[3:] == "X":
        later = f"{first.high[:2]}{decade[1]}X"
        return parts.point(later) if later > first.high else None
    found = _SHORT_YEAR.fullmatch(last)
    year = first.high.rstrip("?~%")
    if found is None or len(year) != 4 or not year.isdecimal() or found[2].strip(" ?)"):
        return None
    number = int(year[: 4 - len(found[1])] + found[1])
    made = parts.point(f"{number:04d}") if int(year) < number <= LAST_YEAR else None
    return parts.qualified(made, "?") if made and "?" in found[2] else made


#: `15` of `15 may 1920`; `9` of `1951 january 9`; `12, 1920` of `march 12, 1920`
_DAY_OF_MONTH = re.compile(r"^\d{1,2}(?:st|nd|rd|th)?\W+(?=[a-z])")
_LAST_DAY = re.compile(r"(?<=[a-z.])\W+\d{1,2}(?:st|nd|rd|th)?$")
_DAY_AND_YEAR = re.compile(r"(?<=[a-z.] )\d{1,2},? (\d{4})$")


def _completed(short: str, whole: str, manner: Manner, depth: int, *, behind: bool) -> Part | None:
    """`short` with the century, the era or the year of `whole`, else with its month and year too."""
    if behind and (century := _CENTURY_BEHIND.search(whole)):
        return manner.whole(f"{short} {century.group().strip()}", manner, depth)
    if not behind and (century := _CENTURY_BEFORE.match(whole)):
        return manner.whole(f"{century.group()}{short}", manner, depth)
    year = _YEAR.search(whole)
    if year is None or _YEAR.search(short):
        return None
    if behind:
        month = _DAY_OF_MONTH.sub("", whole)
        dated = _DAY_AND_YEAR.sub(rf"{short}, \1", whole)
        # where `whole` has no day to put `short` in the place of, it would stand for both
        tries = (f"{short} {month}", f"{short} {year.group()}", dated if dated != whole else "")
    else:
        month = _LAST_DAY.sub("", whole)
        tries = (f"{month} {short}", f"{year.group()} {short}", f"{short} {year.group()}")
    return next(filter(None, (manner.single(each.strip(), manner.order) for each in tries)), None)


def alternatives(text: str, manner: Manner, depth: int) -> Part | None:
    """`1920 or 1921`, `1941, 1943`, `1890; 1895-1899`."""
    for pattern, either in ((_EITHER, True), (_ALL, False)):
        pieces = pattern.split(text)
        if 1 < len(pieces) <= 200:
            return _united(pieces, manner, depth, either=either)
    return None


def _united(pieces: list[str], manner: Manner, depth: int, *, either: bool) -> Part | None:
    found: list[Part] = []
    for piece in filter(None, (each.strip() for each in pieces)):
        read = manner.whole(piece, manner, depth)
        short = _shortened(found[-1], piece) if found else None
        if not (
            read := short or read or (_completed(piece, pieces[0], manner, depth, behind=False) if found else None)
        ):
            return None
        found.append(read)
    stated = [part for part in found if part.kind != "copyright"]
    if not either and len(stated) < len(found):
        # "1998, c1997": the copyright date is beside the point
        found = stated or found[:1]
    # "1880-1950, mostly 1900-1910": the most of it is not one more date
    found = [part for part in found if "bulk" not in part.flags] or found
    distinct = list(dict.fromkeys(found))
    if not either and _NAMES_TIME.search(" ".join(pieces)):
        distinct = _narrowest(distinct)
    return distinct[0] if len(distinct) == 1 else parts.union(distinct, either=either)


def _narrowest(found: list[Part]) -> list[Part]:
    """What encloses none of the others: `Qing dynasty (1644-1911), Qianlong period (1736-95)` is the second."""
    return [one for one in found if not any(_encloses(one, other) for other in found if other is not one)]


def _encloses(one: Part, other: Part) -> bool:
    if None in (one.start, one.end, other.start, other.end) or (one.start, one.end) == (other.start, other.end):
        return False
    starts, ends = (one.start or "", other.start or ""), (one.end or "", other.end or "")
    return ordinal_key(starts[0]) <= ordinal_key(starts[1]) and ordinal_key(ends[1]) <= ordinal_key(ends[0])
