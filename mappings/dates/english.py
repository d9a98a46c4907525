"""What stands around dates: doubt, brackets, ranges, alternatives, what the date is of. English first, by far.

Folded text in (see `read`), one part out. The single dates inside are read by `western` and `chinese`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from mappings.dates import part as parts
from mappings.dates.bounds import year_of
from mappings.dates.other import CENTURY
from mappings.dates.part import Part
from mappings.dates.western import LAST_YEAR, Order
from mappings.schema.dates import DateKind


class Manner(NamedTuple):
    """How ambiguous writings of one source are to be read, and who reads a single date."""

    single: Callable[[str, Order | None], Part | None]
    order: Order | None = None
    #: what a bare `c` before a year stands for; by itself `c1998` is copyright, `c. 1998` circa
    c: Literal["circa", "copyright"] | None = None
    #: how many more pieces of the text may be tried
    steps: Iterator[int] = iter(())


#: brackets in brackets, ranges of doubtful dates: deeper is no date
_DEPTH = 6
#: pieces of one text that are tried; real dates take fewer than thirty, lists one for each member
STEPS = 200

_CIRCA = re.compile(
    r"(?:(?:ca|cca|circa|about|abt|approximately|approx|around|roughly|vers|environ|um|etwa|hacia|around the|"
    r"estimated|est|aprox|aproximativ)\b\.?|c\.|c (?=\d)|~|±)[ ,]*(?:the )?(?=\S)"
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright|copyrighted|copr\b\.?|cop\b\.?|℗|p(?=\d{4}))[ ,]*(?:date )?")
_BARE_C = re.compile(r"c(?=[12]\d{3})")
_CIRCA_BEHIND = re.compile(r"[ ,(\[]+(?:ca|c|circa|approx|approximate|approximately|estimated|about)\b\.?[)\]]?")
_DOUBT = re.compile(r"(?:possibly|probably|perhaps|presumably|maybe|prob\.|poss\.|probabil|\?)[ ,]*(?=\S)")
_DOUBT_BEHIND = re.compile(r"[ ,]*(?:\?+|\(\?\)|\[\?\]|[(\[]?(?:probably|uncertain|presumed|possibly)[)\]]?)")

_KINDS: tuple[tuple[DateKind, str], ...] = (
    ("issued", "published|publ?|issued|printed|printing|released|imprint|exhibited"),
    (
        "created",
        "created|made|written|taken|photographed|drawn|painted|executed|cast|composed|designed|built|dated|date|anno|"
        "carved|woven|manufactured|produced|modell?ed|compiled|copied|copy|constructed|patented|patent|begun|completed|"
        "signed|in the year|year|pusa in functiune in|pusa in serviciu in|construit in|fabricat in",
    ),
    ("copyright", "copyrighted|copyright"),
    ("digitised", "digiti[sz]ed|scanned"),
    ("covered", "covers|covering|coverage"),
)
_KIND_BEFORE = tuple((kind, re.compile(rf"(?:{words})\b\.?:?,? +(?:in |on )?")) for kind, words in _KINDS)
_KIND_BEHIND = tuple((kind, re.compile(rf"[ ,]+[(\[]?(?:{words})[)\]]?")) for kind, words in _KINDS)
#: a later state of the work, behind its date
_LATER_STATE = re.compile(
    r"(?P<date>[^,(\[]*\d[^,(\[]*)[,;]? *\(?(?:re)?(?:printed|cast|published|made|issued|exhibited|enlarged|refabricated|"
    r"reconstructed|remade|reworked|revised|completed|signed|framed|editioned|assembled|restored|this)\b[^()]*\)?"
)
_BULK = re.compile(
    r"(?P<all>[^(\[]*?)[ ,;]*[(\[]? ?(?:with )?(?:the )?bulk(?: dates?)?:?[ ,]*(?:of |in |from )?(?P<bulk>[^()\[\]]+)[)\]]?"
)
_BULK_BEHIND = re.compile(r"(?P<bulk>[^()]+?),? \(?bulk\)?")
_PARTLY = re.compile(r"[ ,;&]*(?:and |& ?|with )?(?:some )?\(?(?:undated|n\.d|nd|no date)\)?\.?(?: and)?[ ,;&]*")
_BEFORE = re.compile(r"(?:before|prior to|pre|earlier than|ante|avant|vor|inainte de)[ -](?=\S)")
_UP_TO = re.compile(r"(?:not after|no later than|not later than|by|until|till|up to|to|-|through|bis|pana in) ?(?=\S)")
_AFTER = re.compile(r"(?:after|post|later than|dupa|nach)[ -](?=\S)")
_FROM_ON = re.compile(r"(?:not before|no earlier than|not earlier than|in or after) (?=\S)")
_SINCE = re.compile(r"(?:since|from|beginning in|beginning|b\.|born|fl\. from|seit|ab) (?=\S)")
_BACK_TO = re.compile(r"(?:d\.|died) (?=\S)")
_FLOURISHED = re.compile(r"(?:fl\.?|active|flourished|act\.) (?=\S)")
_STILL = re.compile(
    r" ?-+ ?(?:present|current|now|ongoing|today|date)?|(?: on| onwards?| to (?:the )?present| and later| or later|\+)"
)
_BETWEEN = re.compile(
    r"(?:some ?time )?(?:between|entre|zwischen|intre) (?P<from>.+?) (?:and|et|und|si|-|to|&) (?P<to>.+)"
)
_SPAN = re.compile(r"(?:from|von|de|du) (?P<from>.+?) (?:to|until|through|till|bis|a|au) (?P<to>.+)")
_JOINTS = (re.compile(r" - "), re.compile(r" (?:to|through|until|till|thru|bis|au|pana la) "), re.compile(r" ?-+ ?|/"))
_EITHER = re.compile(r",? or ")
_MONTH_AND_DAYS = re.compile(r"(?P<month>[a-z]+\.?) (?P<from>\d{1,2}) ?- ?(?P<to>\d{1,2}),? (?P<year>\d{4})")
_CENTURY_BEHIND = re.compile(rf"\b(?:{CENTURY})\.?(?: b\.?c\.?e?\.?)?$| b\.? ?c\.?(?: ?e\.?)?$")
_ALL = re.compile(r" ?[;,] ?(?:and )?| and | & ")
_WHOLE_BRACKETS = re.compile(r"\[([^\[\]]*)\]?|([^\[\]]*)\]|\(([^()]*)\)|<([^<>]*)>?")
_BRACKET = re.compile(
    r"(?P<before>[^\[(]*?\S) ?[\[(] ?(?:i\. ?e\.? ?,? ?)?(?P<in>[^\[\]()]+)(?:[\])](?P<behind>[^\d\[\]()]*))?"
)
_THAT_IS = re.compile(r".*\bi\. ?e\.?,? (?P<meant>.+)")
#: a date in a calendar that the bracket behind it converts
_OTHER_ERA = re.compile(
    r"(?:anno )?[a-z][a-z' -]+ (?:period|era|reign|dynasty|years?|nianjian|nian jian)|"
    r"(?:anno )?[a-z][a-z' -]+ ?\d{1,4}(?: nian)?(?: ?-.*)?|(?:檀纪|佛历|回历)? ?\d{2,4}(?: ?年| nian)?(?: ?(?:h|a\.?h|b\.?e)\.?)?(?: ?- ?\d{3,4})?"
)
_NAMED_ERA = re.compile(r"[a-z0-9', -]*\b(?:dynasty|period|era|reign|kingdom)\b,? \(?(?=[^)]*\d)(?P<date>[^()]+)\)?")
_SUPPLIED_ERA = re.compile(r"\[([^\[\]\d]+)\] ?(?=\d)")
_LETTER = re.compile(r"[^\W\d_]|©")
_OR_EARLIER = re.compile(r" or (?:earlier|before)")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


def phrase(text: str, manner: Manner, depth: int = 0) -> Part | None:
    """The reading of a folded text; None where every reading would be a guess."""
    text = text.strip(" .,;:").removesuffix("-") if text.endswith(" -") else text.strip(" .,;:")
    if not text or depth > _DEPTH or next(manner.steps, None) is None:
        return None
    if found := manner.single(text, manner.order):
        return found
    for rule in _RULES if _LETTER.search(text) else _RULES_OF_FIGURES:
        if found := rule(text, manner, depth + 1):
            return found
    return None


def _circa(text: str, manner: Manner, depth: int) -> Part | None:
    before, behind = _CIRCA.match(text), _behind(_CIRCA_BEHIND, text)
    if not before and not behind:
        return _bare_c(text, manner, depth)
    rest = text[before.end() :] if before else text[: behind.start()] if behind else text
    found = phrase(rest, manner, depth)
    return parts.qualified(found, "~") if found else None


def _bare_c(text: str, manner: Manner, depth: int) -> Part | None:
    found = _BARE_C.match(text)
    if found is None:
        return None
    inner = phrase(text[found.end() :], manner, depth)
    if inner is None:
        return None
    return parts.qualified(inner, "~") if manner.c == "circa" else inner._replace(kind="copyright")


def _doubt(text: str, manner: Manner, depth: int) -> Part | None:
    before, behind = _DOUBT.match(text), _behind(_DOUBT_BEHIND, text)
    if not before and not behind:
        return None
    found = phrase(text[before.end() :] if before else text[: behind.start()] if behind else text, manner, depth)
    return parts.qualified(found, "?") if found else None


def _behind(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    # nothing that stands behind a date ends with a figure
    for found in () if text[-1].isdecimal() else pattern.finditer(text):
        if found.end() == len(text) and found.start():
            return found
    return None


def _brackets(text: str, manner: Manner, depth: int) -> Part | None:
    found = _WHOLE_BRACKETS.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    inner = phrase(next(filter(None, found.groups())), manner, depth)
    return inner.flagged("inferred") if inner and text[0] not in "(<" else inner


def _supplied_digits(text: str, manner: Manner, depth: int) -> Part | None:
    """`19[23]`, `[19]23`: part of the date is the cataloguer's."""
    if not re.fullmatch(r"[\d?-]*\[[\d?-]+\][\d?-]*", text):
        return None
    inner = phrase(text.replace("[", "").replace("]", ""), manner, depth)
    return inner.flagged("inferred") if inner else None


def _meant(text: str, manner: Manner, depth: int) -> Part | None:
    """`1830 [i.e. 1832]`: the correction holds."""
    found = _THAT_IS.fullmatch(text.rstrip("]) "))
    inner = phrase(found["meant"], manner, depth) if found else None
    return inner.flagged("inferred") if inner else None


def _supplied_era(text: str, manner: Manner, depth: int) -> Part | None:
    """`[Min guo] 84 [1995]`: the era is the cataloguer's."""
    plain = _SUPPLIED_ERA.sub(r"\1 ", text, count=1)
    return phrase(plain, manner, depth) if plain != text else None


def _named_era(text: str, manner: Manner, depth: int) -> Part | None:
    """`Tang dynasty, 618-907`: the years say what the name means."""
    found = _NAMED_ERA.fullmatch(text)
    return phrase(found["date"], manner, depth) if found else None


def _converted(text: str, manner: Manner, depth: int) -> Part | None:
    """`Min guo 87 [1998]`, `5757 [1996 or 1997]`: a date in two calendars, or one date and a word about it."""
    found = _BRACKET.fullmatch(text)
    if found is None:
        return None
    inside, before = phrase(found["in"], manner, depth), phrase(found["before"], manner, depth)
    still = "-" in (found["behind"] or "") or found["before"].endswith("-") or found["in"].endswith("-")
    if before and inside:
        return _agreed(before, inside)
    if inside and _OTHER_ERA.fullmatch(found["before"].strip(" ,.-")):
        calendar = inside._replace(calendar="other")
        return parts.lasting(calendar) if still and calendar.high != ".." else calendar
    return None


def _agreed(before: Part, inside: Part) -> Part | None:
    """Of two readings side by side: the narrower where they meet; the stated one, and an issue, where they do not."""
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


def _kind(text: str, manner: Manner, depth: int) -> Part | None:
    if found := _COPYRIGHT.match(text):
        inner = phrase(text[found.end() :], manner, depth)
        return inner._replace(kind="copyright") if inner else None
    for kind, pattern in _KIND_BEFORE:
        if (found := pattern.match(text)) and (inner := phrase(text[found.end() :], manner, depth)):
            return inner._replace(kind=inner.kind or kind)
    for kind, pattern in _KIND_BEHIND:
        if (found := _behind(pattern, text)) and (inner := phrase(text[: found.start()], manner, depth)):
            return inner._replace(kind=inner.kind or kind)
    return None


def _later_state(text: str, manner: Manner, depth: int) -> Part | None:
    found = _LATER_STATE.fullmatch(text)
    inner = phrase(found["date"], manner, depth) if found else None
    return inner._replace(issues=(*inner.issues, "later_state")) if inner else None


def _bulk(text: str, manner: Manner, depth: int) -> Part | None:
    found = _BULK.fullmatch(text)
    if found and found["all"]:
        return phrase(found["all"], manner, depth)
    found = found or _BULK_BEHIND.fullmatch(text)
    inner = phrase(found["bulk"], manner, depth) if found else None
    return inner.flagged("bulk") if inner else None


def _partly_undated(text: str, manner: Manner, depth: int) -> Part | None:
    found = _PARTLY.match(text) or _behind(_PARTLY, text)
    if not found or found.end() - found.start() < 2 or not any(letter.isalpha() for letter in found.group()):
        return None
    rest = text[found.end() :] if found.start() == 0 else text[: found.start()]
    inner = phrase(rest, manner, depth)
    return inner.flagged("partly_undated") if inner else None


def _day_before(found: Part) -> Part | None:
    """The year before a year; before a month or a day the reading itself, which `before` then includes."""
    if found.start is None or len(found.low.rstrip("?~%")) > 4:
        return found
    return parts.point(f"{year_of(found.start) - 1:04d}")


def _day_after(found: Part) -> Part | None:
    if found.end is None or len(found.high.rstrip("?~%")) > 4:
        return found
    return parts.point(f"{year_of(found.end) + 1:04d}")


def _open(text: str, manner: Manner, depth: int) -> Part | None:
    """`before 1900`, `after 1945`, `1945-`, `since 1945`."""
    for pattern, made in _OPENINGS:
        found = pattern.match(text)
        inner = phrase(text[found.end() :], manner, depth) if found else None
        if inner and ".." not in (inner.low, inner.high):
            return made(inner)
    if (found := _behind(_OR_EARLIER, text)) and (inner := phrase(text[: found.start()], manner, depth)):
        return parts.open_before(inner) if inner.low != ".." else None
    found = _behind(_STILL, text)
    inner = phrase(text[: found.start()], manner, depth) if found and found.group().strip() else None
    return parts.lasting(inner) if inner and inner.high != ".." else None


def _opened_before(found: Part) -> Part | None:
    earlier = _day_before(found)
    return parts.open_before(earlier)._replace(flags=found.flags) if earlier else None


def _opened_after(found: Part) -> Part | None:
    later = _day_after(found)
    return parts.open_after(later)._replace(flags=found.flags) if later else None


_OPENINGS: tuple[tuple[re.Pattern[str], Callable[[Part], Part | None]], ...] = (
    (_BEFORE, _opened_before),
    (_AFTER, _opened_after),
    (_FROM_ON, parts.open_after),
    (_UP_TO, parts.open_before),
    (_SINCE, parts.lasting),
    (_BACK_TO, parts.until),
    (_FLOURISHED, lambda found: found.flagged("active")),
)


def _range(text: str, manner: Manner, depth: int) -> Part | None:
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


def _joined(first: str, last: str, manner: Manner, depth: int) -> Part | None:
    """`1830-41`, `Jan. - Feb. 1986`, `1951 January 9-19`: what one half leaves out it takes from the other."""
    from_part, to_part = phrase(first, manner, depth), phrase(last, manner, depth)
    if from_part is None and to_part is not None:
        from_part = _completed(first, last, manner, depth, behind=True)
    elif from_part is not None:
        short = _shortened(from_part, last)
        to_part = short if short else to_part or _completed(last, first, manner, depth, behind=False)
    if from_part is None or to_part is None or ".." in (from_part.low, from_part.high, to_part.low, to_part.high):
        return None
    return parts.join(from_part, to_part)


_SHORT_YEAR = re.compile(r"(\d{1,2})(\D*)")


def _shortened(first: Part, last: str) -> Part | None:
    """`1830-41` and `1821-2`: the second year without its century or its decade."""
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
        return phrase(f"{short} {century.group().strip()}", manner, depth)
    year = _YEAR.search(whole)
    if year is None or _YEAR.search(short):
        return None
    if behind:
        month = _DAY_OF_MONTH.sub("", whole)
        tries = (f"{short} {month}", f"{short} {year.group()}", _DAY_AND_YEAR.sub(rf"{short}, \1", whole))
    else:
        month = _LAST_DAY.sub("", whole)
        tries = (f"{month} {short}", f"{year.group()} {short}", f"{short} {year.group()}")
    return next(filter(None, (manner.single(each.strip(), manner.order) for each in tries)), None)


def _alternatives(text: str, manner: Manner, depth: int) -> Part | None:
    """`1920 or 1921`, `1941, 1943`, `1890; 1895-1899`."""
    for pattern, either in ((_EITHER, True), (_ALL, False)):
        pieces = pattern.split(text)
        if 1 < len(pieces) <= 200:
            return _united(pieces, manner, depth, either=either)
    return None


def _united(pieces: list[str], manner: Manner, depth: int, *, either: bool) -> Part | None:
    found: list[Part] = []
    for piece in filter(None, (each.strip() for each in pieces)):
        read = phrase(piece, manner, depth)
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
    distinct = list(dict.fromkeys(found))
    return distinct[0] if len(distinct) == 1 else parts.union(distinct, either=either)


#: rules that need no letter
_RULES_OF_FIGURES: tuple[Callable[[str, Manner, int], Part | None], ...] = (
    _brackets,
    _supplied_digits,
    _circa,
    _range,
    _doubt,
    _converted,
    _open,
    _alternatives,
)
_RULES: tuple[Callable[[str, Manner, int], Part | None], ...] = (
    _brackets,
    _supplied_digits,
    _meant,
    _circa,
    _range,
    _doubt,
    _supplied_era,
    _converted,
    _named_era,
    _partly_undated,
    _kind,
    _open,
    _alternatives,
    _bulk,
    _later_state,
)
