"""One date as Chinese catalogues write it: 公元, 民国, reign titles, lunar months, 干支, named periods. Folded text in.

Reign years before the Republic are lunar: the year's EDTF names the year in which it begins, its bounds are exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date as date_of_day
from datetime import timedelta
from functools import cache, lru_cache

from mappings.dates import lunar, part, western
from mappings.dates.bounds import Bounds, year_text
from mappings.dates.numerals import CHINESE_NUMBER, chinese
from mappings.dates.part import Part
from mappings.dates.periods import period
from mappings.dates.reigns import BESIDE, DYNASTIES, Reign, reigns, romanised, titled
from mappings.schema.folding import fold

Single = Callable[[str, western.Order | None], Part | None]

_N = CHINESE_NUMBER
_VARIANTS = str.maketrans("囯寛暦応禄竜徳歴萬祿", "国宽历应禄龙德历万禄")
_DYNASTY = "|".join(sorted((*DYNASTIES, "中华", "日本", "伪满", "满洲国", "太平天国"), key=len, reverse=True))

_WESTERN = re.compile(
    rf"(?:公元|西元|公历|阳历)?(?P<before>前)?(?P<year>[0-9]{{4}}|[一二][零〇○一二三四五六七八九]{{3}}|(?<=前){_N}{{1,5}}"
    rf"|(?<=[公西]元)[0-9]{{1,3}}|[0-9]{{3}}(?=年))年?"
    rf"(?:(?P<month>{_N}{{1,3}})月(?:份)?(?:(?P<day>{_N}{{1,3}})[日号]?)?|(?P<season>[春夏秋冬])季?)?"
)
_DECADE = re.compile(
    rf"(?:(?:(?P<century>{_N}{{1,3}})世纪)(?P<tens>{_N}{{1,2}})|(?P<full>[0-9]{{3}}|[一二][零〇○一二三四五六七八九]{{2}})[0零〇○])年代(?P<part>[初中末])?期?"
)
_CENTURY = re.compile(
    rf"(?:公元)?(?P<before>前)?(?P<number>{_N}{{1,3}})世纪(?P<part>初|中叶|中期|末|早期|晚期|上半叶|下半叶|前半叶|后半叶)?(?:期)?"
)
_REIGN_REST = re.compile(
    rf"(?:(?P<year>{_N}{{1,4}})年?(?P<named>[{lunar.STEMS}][{lunar.BRANCHES}]年?)?|(?P<cycle>[{lunar.STEMS}][{lunar.BRANCHES}])年?|(?P<span>年间|间|朝|时期|中|初年|末年|初|末)?)"
    rf"(?:(?P<leap>闰)?(?:(?P<month>{_N}{{1,3}})月|(?P<first>正)月|(?P<winter>冬)月|(?P<last>腊)月)"
    rf"(?:(?P<cyclic>[{lunar.STEMS}][{lunar.BRANCHES}])日?|初?(?P<day>{_N}{{1,3}})[日号]?)?|(?P<season>[春夏秋冬])季?)?"
)
#: `(清)`, `[清]`: the dynasty that a cataloguer supplies before a reign
_SUPPLIED_DYNASTY = re.compile(rf"[\[(]({_DYNASTY})[\])]")
#: a dynasty that says in which of its years a cycle's name falls
_DYNASTY_BEFORE_CYCLE = re.compile(rf"大?(?P<dynasty>{_DYNASTY})[代朝]?(?P<cycle>[{lunar.STEMS}][{lunar.BRANCHES}]年?)")
_BEFORE_REPUBLIC = re.compile(rf"民国?前(?P<year>{_N}{{1,3}})年")
_DYNASTIC = re.compile(rf"大?(?P<name>{_DYNASTY})(?P<span>代|朝|时期|初|末|末年|初年|中期|中叶|年间|间)?")
#: dynasties of one character that is read without a word behind it; `金` and `梁` are names and things far more often
_ALONE = frozenset("清明元辽宋唐隋")
_CYCLE = re.compile(f"[{lunar.STEMS}][{lunar.BRANCHES}]年?")
_ABOUT, _ABOUT_BEHIND = re.compile("(?:大约|约|大概|可能|约于)"), re.compile("(?:前后|左右|许)$")
_BEFORE, _AFTER = re.compile("年?(?:以前|之前|前)$"), re.compile("年?(?:以后|之后|后)$")
_NOTHING_BEHIND = re.compile(
    "(?:刊本?|刻本?|刻成|印本?|印|抄本?|写本?|序|跋|版|出版|第[0-9一二三]+版|铅印本?|石印本?|撰|摹|重刻|重刊)+$"
)
#: words of printing and publishing; what is copied or signed by hand is not issued
_ISSUED_BEFORE = re.compile("^(?:出版于|刊于|刻于|印于|发行于|刊行于)(?=.*[年月日]$)")
_ISSUED = re.compile(
    "^(?:出版于|刊于|刻于|印于|发行于|刊行于)|(?:刊本?|刻本?|刻成|印本?|印|出版|版|铅印本?|石印本?|重刊)$"
)
#: a temple name or posthumous one between dynasty and title (唐宪宗元和十年)
_EMPEROR = "(?:[\u4e00-\u9fff]{1,2}[宗祖帝])?"
#: titles from here on stand for their years by themselves; the older ones are words and places far more often
_TITLES_ALONE = 1368
#: where a reign goes on: a cycle's name alone names a year of its first two cycles, whatever the year now
_CYCLES = 120
_SEASONS = {"春": 21, "夏": 22, "秋": 23, "冬": 24}


@lru_cache(4096)
def date(text: str, hint: str | None = None) -> Part | None:
    """The reading of one folded date in Chinese; None where it is none."""
    written = "".join(text.split()).strip("。.,、;:").translate(_VARIANTS)
    written = _SUPPLIED_DYNASTY.sub(r"\1", written, count=1) if written[:1] in ("[", "(") else written
    found = _read(_NOTHING_BEHIND.sub("", _ISSUED_BEFORE.sub("", written)), hint)
    return found._replace(kind=found.kind or "issued") if found and _ISSUED.search(written) else found


def _read(bare: str, hint: str | None) -> Part | None:
    for reader in (
        _named,
        _western_date,
        _before_republic,
        _reign_date,
        _cycle_within,
        _decade,
        _century,
        _dynasty,
        _about,
        _either_side,
        _span,
    ):
        if found := reader(bare, hint):
            return found
    return None


def _named(text: str, hint: str | None) -> Part | None:
    return period(text)


def reason(text: str) -> str:
    """Why a folded Chinese text was not read: `cycle_without_era`, `reign_overrun` or `date_unread`."""
    written = "".join(text.split()).translate(_VARIANTS)
    if _CYCLE.fullmatch(written[:2]) and _REIGN_REST.fullmatch(written):
        return "cycle_without_era"
    title, rest = _reign(written)
    found = _REIGN_REST.fullmatch(rest) if title else None
    number = chinese(found["year"]) if found and found["year"] else None
    overrun = number is not None and all(reign.year(number) is None for reign in titled(title))
    return "reign_overrun" if overrun else "date_unread"


def _western_date(text: str, hint: str | None) -> Part | None:
    found = _WESTERN.fullmatch(text)
    if found is None:
        return None
    year = chinese(found["year"])
    if year is None or (not found["before"] and year > western.LAST_YEAR):
        return None
    written = f"-{year - 1:04d}" if found["before"] and year > 1 else f"{year:04d}"
    return _month_and_day(written, found)


def _month_and_day(year: str, found: re.Match[str]) -> Part | None:
    if found["season"]:
        return part.point(f"{year}-{_SEASONS[found['season']]}")
    if not found["month"]:
        return part.point(year)
    month, day = chinese(found["month"]) or 0, chinese(found["day"]) if found["day"] else None
    whole = part.point(f"{year}-{month:02d}")
    if day is None or whole is None:
        return whole
    return part.point(f"{year}-{month:02d}-{day:02d}") or whole._replace(issues=("day_impossible",))


def _decade(text: str, hint: str | None) -> Part | None:
    found = _DECADE.fullmatch(text)
    if found is None:
        return None
    if found["full"]:
        first = (chinese(found["full"]) or 0) * 10
    else:
        century, tens = chinese(found["century"]), chinese(found["tens"])
        if century is None or tens is None or tens % 10 or tens > 90:
            return None
        first = century * 100 - 100 + tens
    return _third(first, 10, found["part"]) if first <= western.LAST_YEAR else None


def _third(first: int, length: int, words: str | None) -> Part | None:
    """The first, middle or last third of a decade or a century, or all of it."""
    if not words:
        return part.point(f"{first // 10:03d}X")
    if words in ("上半叶", "前半叶", "下半叶", "后半叶"):
        half = length // 2
        return (
            part.years(first, first + half - 1) if words[0] in "上前" else part.years(first + half, first + length - 1)
        )
    index = 0 if words[0] in "初早" else 2 if words[0] in "末晚" else 1
    found = part.years(first + index * length // 3, first + (index + 1) * length // 3 - 1)
    return part.qualified(found, "~") if found else None


def _century(text: str, hint: str | None) -> Part | None:
    found = _CENTURY.fullmatch(text)
    number = chinese(found["number"]) if found else None
    if found is None or not number or number > 21:
        return None
    if found["before"]:
        if number == 1:
            return None if found["part"] else part.years(-99, 0)
        return None if found["part"] else part.point(f"-{number - 1:02d}XX")
    if found["part"]:
        return _third(number * 100 - 99, 100, found["part"])
    whole = part.point(f"{number - 1:02d}XX")
    return whole._replace(end=f"{number:02d}00-12-31", flags=("century",)) if whole else None


@cache
def _title_pattern() -> re.Pattern[str]:
    titles = "|".join(sorted({reign.title for reign in reigns()}, key=len, reverse=True))
    return re.compile(rf"(?:大?(?P<dynasty>{_DYNASTY})[代朝]?{_EMPEROR})?(?:帝国)?(?P<title>{titles})(?P<rest>.*)")


def _reign(text: str) -> tuple[str, str]:
    found = _title_pattern().fullmatch(text)
    return (found["title"], found["rest"]) if found else ("", "")


def _reign_date(text: str, hint: str | None) -> Part | None:
    found = _title_pattern().fullmatch(text)
    rest = _REIGN_REST.fullmatch(found["rest"]) if found else None
    if found is None or rest is None:
        return None
    candidates = titled(found["title"])
    if not (found["rest"] or found["dynasty"] or hint):
        candidates = tuple(reign for reign in candidates if reign.first >= _TITLES_ALONE)
    likely = _of_dynasty(candidates, found["dynasty"] or hint)
    dated = [made for reign in likely if (made := _in_reign(reign, rest))]
    dated = dated or [made for reign in candidates if (made := _in_reign(reign, rest))]
    if len(dated) < 2:
        return dated[0] if dated else None
    several = part.union(dated, either=True)
    return several.flagged("uncertain") if several else None


def _of_dynasty(candidates: tuple[Reign, ...], dynasty: str | None) -> tuple[Reign, ...]:
    """The reigns of the named dynasty; those of greater ones, or all of them, where none is named or none fits."""
    named = tuple(reign for reign in candidates if dynasty and (reign.dynasty in dynasty or dynasty == reign.title))
    great = tuple(reign for reign in candidates if reign.dynasty not in BESIDE)
    return named or great or candidates


def _in_reign(reign: Reign, rest: re.Match[str]) -> Part | None:
    if rest["cycle"]:
        return _cyclic(reign, rest)
    if not rest["year"]:
        return None if rest["month"] or rest["season"] else _whole_reign(reign, rest["span"])
    number = chinese(rest["year"])
    year = reign.year(number) if number else None
    if year and rest["named"] and lunar.cycle_number(rest["named"][:2]) != lunar.cycle_of_year(year):
        return None
    return _year_of_reign(reign, year, rest) if year else None


def _whole_reign(reign: Reign, span: str | None) -> Part | None:
    if reign.dynasty in ("民国",) or (span and span[0] in "初末"):
        return None
    return part.years(reign.first, reign.last)


def _cyclic(reign: Reign, rest: re.Match[str]) -> Part | None:
    """`光绪甲辰`: the years of the reign that bear the cycle's name, one or several."""
    number = lunar.cycle_number(rest["cycle"])
    if number is None:
        return None
    known = range(reign.first, min(reign.last, reign.first + _CYCLES - 1) + 1)
    years = [year for year in known if lunar.cycle_of_year(year) == number]
    dated = [made for year in years if (made := _year_of_reign(reign, year, rest))]
    if len(dated) < 2:
        return dated[0] if dated else None
    return part.union(dated, either=True)


def _cycle_within(text: str, hint: str | None) -> Part | None:
    """`甲辰`, where the source says in which reign or dynasty."""
    if stated := _DYNASTY_BEFORE_CYCLE.fullmatch(text):
        text, hint = stated["cycle"], stated["dynasty"]
    elif not hint or not _CYCLE.fullmatch(text):
        return None
    elif found := _reign_date(fold(hint) + text, None):
        return found
    first, last = DYNASTIES.get(hint, (1, 0))
    number = lunar.cycle_number(text[:2])
    years = [year for year in range(first, last + 1) if lunar.cycle_of_year(year) == number]
    dated = [Part(year_text(year), year_text(year), *lunar.year_span(year), calendar="chinese_lunar") for year in years]
    return part.union(dated, either=True) if len(dated) > 1 else next(iter(dated), None)


def _before_republic(text: str, hint: str | None) -> Part | None:
    """`民国前一年` is 1911."""
    found = _BEFORE_REPUBLIC.fullmatch(text)
    number = chinese(found["year"]) if found else None
    made = part.point(f"{1912 - number:04d}") if number else None
    return made._replace(calendar="minguo") if made else None


def _year_of_reign(reign: Reign, year: int, rest: re.Match[str]) -> Part | None:
    if not reign.lunar:
        calendar = "minguo" if reign.dynasty == "民国" else "reign"
        if rest["cyclic"]:
            return None
        found = _month_and_day(f"{year:04d}", rest) if not rest["first"] else part.point(f"{year:04d}-01")
        return found._replace(calendar=calendar) if found else None
    span, flags = _lunar_span(year, rest)
    if span is None or span.start is None or span.end is None:
        return None
    if not flags:
        return Part(year_text(year), year_text(year), span.start, span.end, calendar="chinese_lunar")
    return Part(span.start, span.end, span.start, span.end, flags=flags, calendar="chinese_lunar")


_SEASON_MONTHS = {"春": (1, 3), "夏": (4, 6), "秋": (7, 9), "冬": (10, 12)}


def _lunar_span(year: int, rest: re.Match[str]) -> tuple[Bounds | None, tuple[str, ...]]:
    """The days of a lunar year or of what is named in it, and the flag where that is less than the year."""
    whole = lunar.year_span(year)
    month = 1 if rest["first"] else 11 if rest["winter"] else 12 if rest["last"] else chinese(rest["month"] or "")
    if rest["season"]:
        first, last = _SEASON_MONTHS[rest["season"]]
        begin, end = lunar.month_span(year, first), lunar.month_span(year, last)
        return (Bounds(begin.start, end.end), ("lunar_season",)) if begin and end else (whole, ())
    if not month or year not in lunar.lunar_years():
        return whole, ()
    leap = bool(rest["leap"])
    if rest["cyclic"]:
        number = lunar.cycle_number(rest["cyclic"])
        return (None if number is None else lunar.cyclic_day_of(year, month, number, leap=leap)), ("lunar_day",)
    if not rest["day"]:
        return lunar.month_span(year, month, leap=leap), ("lunar_month",)
    return lunar.day_of(year, month, chinese(rest["day"]) or 0, leap=leap), ("lunar_day",)


def _dynasty(text: str, hint: str | None) -> Part | None:
    found = _DYNASTIC.fullmatch(text)
    if found is None or found["name"] not in DYNASTIES or not (found["span"] or len(text) > 1 or text in _ALONE):
        return None
    first, last = DYNASTIES[found["name"]]
    return None if found["span"] and found["span"][0] in "初末中" else part.years(first, last)


def _about(text: str, hint: str | None) -> Part | None:
    before, behind = _ABOUT.match(text), _ABOUT_BEHIND.search(text)
    if not before and not behind:
        return None
    inner = date(text[before.end() :] if before else text[: behind.start()] if behind else text, hint)
    inner = inner or (western.date(_ABOUT_BEHIND.sub("", _ABOUT.sub("", text))))
    return part.qualified(inner, "~") if inner else None


def _either_side(text: str, hint: str | None) -> Part | None:
    """`1949年以前`, `民国三十八年后`."""
    before, after = _BEFORE.search(text), _AFTER.search(text)
    found = before or after
    if not found or not found.start():
        return None
    stem = text[: found.start()]
    inner = date(f"{stem}年", hint) or date(stem, hint)
    if inner is None or inner.start is None or inner.end is None:
        return None
    made = part.before(inner) if before else part.after(inner)
    return _beside_lunar(made, inner, before=bool(before)) if made and inner.calendar == "chinese_lunar" else made


def _beside_lunar(made: Part, inner: Part, *, before: bool) -> Part:
    """`光绪三十年以前` ends with the day before that lunar year, and not with a year of ours."""
    if inner.flags or inner.start is None or inner.end is None or "-" in (inner.start[0], inner.end[0]):
        return made
    day = date_of_day.fromisoformat(inner.start if before else inner.end) + timedelta(-1 if before else 1)
    made = made._replace(calendar=inner.calendar)
    return made._replace(end=day.isoformat()) if before else made._replace(start=day.isoformat())


_CENTURIES = re.compile(rf"({_N}{{1,3}}世纪(?:末|晚期|中叶|中期|下半叶|后半叶))({_N}{{1,3}}世纪.+)")
#: one joint and no other: spans do not nest
_SPANS = (re.compile("([^至到~迄]+)[至到~迄]([^至到~迄]+)"), re.compile("([^-]+)-([^-]+)"))


def _span(text: str, hint: str | None) -> Part | None:
    """`1950年至1955年`, `1950-1955年`, `民国20-25年`, `光绪二十年至三十年`, `1998年5月-7月`, `19世纪末20世纪初`."""
    found = _CENTURIES.fullmatch(text) or _SPANS[0].fullmatch(text) or _SPANS[1].fullmatch(text)
    if found is None:
        return None
    first, last = found[1], found[2]
    unit = "年代" if last.endswith("年代") else last[-1] if last[-1] in "年月日" else ""
    from_part = date(first + unit, hint) if unit == "年代" else None
    from_part = from_part or date(first, hint) or western.date(first) or date(first + unit, hint)
    stems = (last, *(first[:at] + last for at in range(len(first) - 1, 0, -1)))
    for stem in stems[:12]:
        to_part = date(stem, hint) or western.date(stem) or (date(f"{stem}年", hint) if stem[-1].isdecimal() else None)
        if from_part and to_part and (joined := part.join(from_part, to_part)):
            return joined
    return None


#: dynasties before a reign title in Latin letters
_LATIN_DYNASTY = re.compile("(?:qing|ming|yuan|song|tang|zhonghua) (?=.)")


def romanised_year(text: str) -> Part | None:
    """`min guo 87`, `Guangxu 29`, `Qing Guangxu 29 nian`, `Guangxu yuan nian`: a reign year in Latin letters, folded."""
    name, _, number = text.removesuffix(" nian").rpartition(" ")
    number = "1" if number == "yuan" and text.endswith(" nian") else number
    key = "".join(_LATIN_DYNASTY.sub("", name, count=1).split()).replace("-", "").replace("'", "")
    if not number.isdecimal() or not key:
        return None
    rest = _REIGN_REST.fullmatch(number)
    dated = [made for reign in romanised(key) if rest and (made := _in_reign(reign, rest))]
    if len(dated) < 2:
        return dated[0] if dated else None
    return part.union(dated, either=True)
