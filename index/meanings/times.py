"""Words that name a time: years and centuries with what bounds them, dynasties and reigns, periods by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.meanings.claims import Claim, key_of
from index.query.model import Dates
from index.query.values import days_of, readings_of
from mappings.schema.folding import is_han

_YEAR = r"[1-2]\d{3}"
_MONTH = (
    r"(jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?"
    r"|dec(ember)?)\.?"
)
_ORDINAL = (
    r"(\d{1,2}(st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth"
    r"|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty-first)"
)
#: behind a year or a century
_ERA = r"(b\.?c\.?(e\.?)?|a\.?d\.?|c\.?e\.?)"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"(c\.?)?{_YEAR}(s|年|年代)?",
        rf"(c\.?|ca\.? ?)?{_YEAR}[-–](\d{{2}}|{_YEAR})",
        rf"{_YEAR}-\d{{2}}(-\d{{2}})?",
        rf"(c\.?|ca\.?|circa|about|before|after|since|until|early|mid|late) {_YEAR}s?|(early|mid|late)-{_YEAR}s",
        rf"(between|from) {_YEAR} (and|to) {_YEAR}|{_YEAR} to {_YEAR}|{_YEAR}年? ?[至到] ?{_YEAR}年?",
        rf"((early|mid|late)[ -])?{_ORDINAL}([-–]{_ORDINAL})? century( {_ERA})?",
        rf"\d{{1,4}} {_ERA}",
        rf"(\d{{1,2}} )?{_MONTH} {_YEAR}",
        r"[\w'’-]+( [\w'’-]+)? (dynasty|period|reign|era)",
        r"(公元)?前?\d{1,2}世纪([初中末]|中叶|末叶|前期|后期|上半叶|下半叶)?",
        r"(公元)?前\d{1,4}年",
        rf"{_YEAR}年? ?(以前|以后|之前|之后)",
        rf"{_YEAR}年\d{{1,2}}月(\d{{1,2}}[日号])?",
        # a year of a reign in figures
        r"[^\W\d_]{2,6}\d{1,2}年(\d{1,2}月(\d{1,2}[日号])?)?",
    )
)
#: a single character is far more often a word than a dynasty
_SHORTEST_PERIOD = 2
#: names of periods that no date of a catalogue is written by -> first and last year
_NAMED: dict[str, tuple[str, str]] = {
    key_of(name): years
    for names, years in (
        ("World War I|World War 1|World War One|WWI|WW1|First World War|第一次世界大战|一战", ("1914", "1918")),
        ("World War II|World War 2|World War Two|WWII|WW2|Second World War|第二次世界大战|二战", ("1939", "1945")),
        ("between the wars|interwar|interwar period|inter-war period|两次世界大战之间", ("1918", "1939")),
        ("Victorian|Victorian era|Victorian period|维多利亚时代", ("1837", "1901")),
        ("Edwardian|Edwardian era|爱德华时代", ("1901", "1910")),
        ("抗日战争|抗日战争时期", ("1937", "1945")),
        ("解放战争|解放战争时期", ("1945", "1949")),
        ("文化大革命|文革|Cultural Revolution", ("1966", "1976")),
        ("late Qing|late Qing dynasty|late Qing period", ("1840", "1911")),
        ("Republican China|Republican period|Republican era", ("1912", "1949")),
        ("Second Sino-Japanese War|War of Resistance", ("1937", "1945")),
        ("Taiping Rebellion|太平天国", ("1851", "1864")),
    )
    for name in names.split("|")
}


def time(text: str) -> Claim | None:
    """The time that words name."""
    start, end = _NAMED.get(key_of(text)) or (text, text)
    if start == text and (not _is_time(text) or days_of(text) is None):
        return None
    named = Dates(start=start, end=end)
    return Claim(kind="date", meaning=named, only=named, readings=tuple(_readings(text)))


def _readings(text: str) -> Iterator[tuple[str, Dates]]:
    """Each of the times that a title of several reigns may name."""
    for each in readings_of(text):
        first, _, last = each.partition("/")
        yield each.lstrip("0") or each, Dates(start=first, end=last or first)


def _is_time(text: str) -> bool:
    if any(shape.fullmatch(text) for shape in _SHAPES):
        return True
    return len(text) >= _SHORTEST_PERIOD and all(map(is_han, text))
