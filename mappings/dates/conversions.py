"""One date said twice: corrected, or in two calendars, or as the name of an era and its years."""

from __future__ import annotations

import re

from mappings.dates import part as parts
from mappings.dates.bounds import year_of
from mappings.dates.manner import Manner
from mappings.dates.part import Part
from mappings.dates.western import year

_BRACKET = re.compile(
    r"(?P<before>[^\[(]*?\S) ?[\[(] ?(?:i\. ?e\.? ?,? ?)?(?P<in>[^\[\]()]+)(?:[\])](?P<behind>[^\d\[\]()]*))?"
)
_THAT_IS = re.compile(r".*\bi\. ?e\.?,? (?P<meant>.+)")
#: a date in a calendar that the bracket behind it converts
_OTHER_ERA = re.compile(
    r"(?:anno )?[a-z][a-z' -]+ (?:period|era|reign|dynasty|years?|nianjian|nian jian)|"
    r"(?:anno )?[a-z][a-z' -]+ ?\d{1,4}(?: nian)?(?: ?-.*)?|"
    r"(?:檀纪|佛历|回历)? ?\d{2,4}(?: ?年| nian)?(?: ?(?:h|a\.?h|b\.?e)\.?)?(?: ?- ?\d{3,4})?"
)
_NAMED_ERA = re.compile(r"[a-z0-9', -]*\b(?:dynasty|period|era|reign|kingdom)\b,? \(?(?=[^)]*\d)(?P<date>[^()]+)\)?")
_FEW_DIGITS = re.compile(r"^(\d{2,3}) ?-+ ?(\d{3})$")
_SUPPLIED_ERA = re.compile(r"\[([^\[\]\d]+)\] ?(?=\d)")


def meant(text: str, manner: Manner, depth: int) -> Part | None:
    """`1830 [i.e. 1832]`: the correction holds."""
    found = _THAT_IS.fullmatch(text.rstrip("]) "))
    inner = manner.whole(found["meant"], manner, depth) if found else None
    return inner.flagged("inferred") if inner else None


def supplied_era(text: str, manner: Manner, depth: int) -> Part | None:
    """`[Min guo] 84 [1995]`: the era is the cataloguer's."""
    plain = _SUPPLIED_ERA.sub(r"\1 ", text, count=1)
    return manner.whole(plain, manner, depth) if plain != text else None


def named_era(text: str, manner: Manner, depth: int) -> Part | None:
    """`Tang dynasty, 618-907`: the years say what the name means."""
    found = _NAMED_ERA.fullmatch(text)
    return manner.whole(_padded(found["date"]), manner, depth) if found else None


def _padded(years: str) -> str:
    """`618 - 907` beside the name of a dynasty are years, whose noughts nobody writes."""
    return _FEW_DIGITS.sub(lambda found: f"{found[1]:0>4} - {found[2]:0>4}", years)


def converted(text: str, manner: Manner, depth: int) -> Part | None:
    """`Min guo 87 [1998]`, `5757 [1996 or 1997]`: a date in two calendars, or one date and a word about it."""
    found = _BRACKET.fullmatch(text)
    if found is None:
        return None
    inside, before = manner.whole(found["in"], manner, depth), manner.whole(found["before"], manner, depth)
    if inside is None and before and before.calendar == "chinese_lunar" and found["in"].strip().isdecimal():
        inside = year(int(found["in"]))
    still = "-" in (found["behind"] or "") or found["before"].endswith("-") or found["in"].endswith("-")
    if before and inside:
        return _agreed(before, inside)
    if inside and _OTHER_ERA.fullmatch(found["before"].strip(" ,.-")):
        calendar = inside._replace(calendar="other")
        return parts.lasting(calendar) if still and calendar.high != ".." else calendar
    return None


def _agreed(before: Part, inside: Part) -> Part | None:
    """Of two readings side by side the first; a set of years gives way to the bracket that decides between them."""
    if not _overlap(before, inside):
        issues = () if inside.kind == "copyright" else ("dates_disagree",)
        return before._replace(issues=(*before.issues, *issues))
    if before.whole and not inside.whole:
        return inside._replace(calendar=before.calendar)
    return before


def _overlap(one: Part, other: Part) -> bool:
    starts = [part.start for part in (one, other) if part.start]
    ends = [part.end for part in (one, other) if part.end]
    return not starts or not ends or max(map(year_of, starts)) <= min(map(year_of, ends))
