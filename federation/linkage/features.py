"""What linkage compares of a record, taken once: titles, names, years, identifiers, and the fields that part things.

Features hold nothing that their record's whole audience may not see.
"""

from __future__ import annotations

import hashlib
import re

import msgspec

from federation.linkage.comparable import comparable
from federation.linkage.kinds import Kind, kind_of
from federation.linkage.names import Name, name_of
from mappings.schema.agents import NO_MAKERS
from mappings.schema.folding import fold, words
from mappings.schema.identifiers import Identifier
from mappings.schema.record import CatalogueRecord

#: raised whenever features of the same record come out otherwise
VERSION = 2
MOST_TITLES, MOST_NAMES, MOST_IDENTIFIERS = 3, 50, 40

#: schemes that name one manifestation, wherever it is described
_SHARED = frozenset({"isbn", "issn", "doi", "urn", "lccn", "oclc", "unified_book_number"})
#: schemes that name one description or one unique thing at its origin
_ORIGIN = frozenset({"oai", "ark", "urn", "handle", "doi"})
_PAGES = re.compile(r"(\d{1,5})\s*(?:p\b|pp\b|pages?\b|s\b|seiten\b|页|頁)", re.IGNORECASE)
_ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_AMBIGUOUS_ROMAN = frozenset(
    {"i", "v", "x", "c", "d", "l", "m", "mi", "di", "dim", "mix", "civic", "vivid", "ill", "mild"}
)
_DRAFT = re.compile(r"\b(?:pre-?print|draft|working paper|manuscript version)\b|预印本|草稿|征求意见稿")
_DESIGNATED = re.compile(
    r"\b(?:volumes?|vol|v|parts?|pt|bde?|band|teil|tome|book|buch|sheet|blatt|issue|number|no|nr)\b[. ]*(\d{1,6})\b"
)
#: read from the top: a digital print is no print
_MEDIA = {
    "microform": re.compile(r"\bmicro(?:film|fiche|form|card|opaque)|缩微|縮微"),
    "online": re.compile(
        r"\b(?:online|electronic|digital|internet|web|pdf|epub|html|e-?books?)\b|\b(?:application|image)/|电子|電子|网络|数字"
    ),
    "disc": re.compile(r"\b(?:dis[ck]s?|cd(?:-?rom)?|dvd|cassettes?|tapes?)\b|光盘|光碟"),
    "print": re.compile(r"\b(?:print(?:ed)?|paper(?:back)?|hard(?:back|cover|bound)|bound|pbk|hbk)\b|纸质|印刷"),
}
_HAN_DIGITS = "〇零一二三四五六七八九十百"
#: beside a counter, or alone at the end of a title: 卷二, 二册, `遣興三首 一`, 其一
_HAN_NUMBER = re.compile(
    rf"[第卷册冊集輯辑其之]([{_HAN_DIGITS}]+)|([{_HAN_DIGITS}]+)[卷册冊集輯辑]|\s([{_HAN_DIGITS}]+)$"
)


class Features(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One record, comparable. Texts are folded; an empty value is unknown and gives no reason."""

    kind: Kind
    #: main title first, then its other scripts and the uniform title; words parted by one space
    titles: tuple[str, ...]
    #: numbers in the main title, Roman and Chinese ones as Arabic
    numbers: tuple[str, ...] = ()
    names: tuple[Name, ...] = ()
    #: astronomic years in which the dates begin
    years: tuple[int, ...] = ()
    #: `isbn:978…`, valid ones only
    identifiers: tuple[str, ...] = ()
    #: identifiers of origin, `oai:…`
    origins: tuple[str, ...] = ()
    level: str = ""
    #: numbers of volume, sheet, issue …
    part: tuple[str, ...] = ()
    edition: str = ""
    #: microform, online, disc or print
    medium: str = ""
    #: draft, preprint, published
    stage: str = ""
    container: str = ""
    pages: int = 0
    publisher: str = ""
    languages: tuple[str, ...] = ()
    #: slug or name of the institution that holds it, and its codes there
    holder: str = ""
    fonds: str = ""
    codes: tuple[str, ...] = ()
    feed: str = ""

    @property
    def title(self) -> str:
        """The main title."""
        return self.titles[0] if self.titles else ""


#: fields of a record that no feature is made of: where nothing else differs, it is linked as it was
NOT_COMPARED = frozenset(
    {"level_inferred", "subjects", "places", "descriptions", "digital", "rights", "extra", "quality"}
)


def features_of(record: CatalogueRecord) -> Features:
    """The features of a record."""
    kind = kind_of(record)
    titles = _titles(record)
    return Features(
        kind=kind,
        titles=titles,
        numbers=numbers_in(record.title.value),
        names=_names(record),
        years=_years(record),
        identifiers=_identifiers(record.identifiers, _SHARED - ({"issn"} if kind != "serial" else set())),
        origins=_identifiers(record.identifiers, _ORIGIN if kind in ("archival", "object") else frozenset({"oai"})),
        level=record.level,
        part=tuple(sorted({comparable(part.number) for part in record.part})) or parts_in(record.title.value),
        edition=comparable(record.edition.value) if record.edition else "",
        medium=medium_of(" ".join([*(label.label.value for label in record.medium), record.form or ""])),
        stage=stage_of(record.title.value, draft=record.form == "draft", registered=_is_registered(record, kind)),
        container=next((comparable(r.label or r.target) for r in record.relations if r.type == "part_of"), ""),
        pages=_pages(record),
        publisher=_publisher(record),
        languages=tuple(sorted({language.lang for language in record.languages})),
        holder=record.holding[0].institution.slug or comparable(record.holding[0].institution.name),
        fonds=_fonds(record),
        codes=tuple(sorted({fold(h.reference_code).strip() for h in record.holding if h.reference_code})),
        feed=record.source.feed,
    )


def fingerprint(features: Features) -> str:
    """A digest under which equal features are equal."""
    return hashlib.blake2b(msgspec.msgpack.encode(features), digest_size=16).hexdigest()


def _titles(record: CatalogueRecord) -> tuple[str, ...]:
    forms = [record.title.value, *(variant.value for variant in record.title.variants)]
    forms += [title.value for title in record.titles if title.kind == "uniform"]
    found = dict.fromkeys(comparable(form) for form in forms)
    return tuple(form for form in found if form)[:MOST_TITLES]


def _names(record: CatalogueRecord) -> tuple[Name, ...]:
    makers = [agent for agent in record.agents if NO_MAKERS.isdisjoint(agent.roles)]
    written = [agent.name.value for agent in makers]
    written += [variant.value for agent in makers for variant in agent.variants]
    found = dict.fromkeys(name for text in written if (name := name_of(text)) is not None)
    return tuple(sorted(found))[:MOST_NAMES]


def _years(record: CatalogueRecord) -> tuple[int, ...]:
    starts = [date.start for date in record.dates if date.start and date.kind not in ("covered", "digitised")]
    return tuple(sorted({year for start in starts if (year := _year(start)) is not None}))


def _year(iso: str) -> int | None:
    found = re.match(r"-?\d{1,6}", iso)
    return int(found.group()) if found else None


def _identifiers(identifiers: tuple[Identifier, ...], schemes: frozenset[str]) -> tuple[str, ...]:
    valid = (each for each in identifiers if each.scheme in schemes and each.valid and each.normalised)
    return tuple(sorted({f"{each.scheme}:{fold(each.normalised or '')}" for each in valid}))[:MOST_IDENTIFIERS]


def _pages(record: CatalogueRecord) -> int:
    found = [int(number) for extent in record.extent for number in _PAGES.findall(extent.text)]
    return max(found, default=0)


def _publisher(record: CatalogueRecord) -> str:
    return next((comparable(agent.name.value) for agent in record.agents if "pbl" in agent.roles), "")


def _fonds(record: CatalogueRecord) -> str:
    if record.hierarchy is not None:
        return record.hierarchy.root
    parts = record.holding[0].parts
    return parts.fonds or "" if parts is not None else ""


def medium_of(text: str) -> str:
    """Which of the media parts two publications: a binding, a size or an illustration is none."""
    folded = fold(text)
    return next((name for name, pattern in _MEDIA.items() if pattern.search(folded)), "") if folded.strip() else ""


def stage_of(title: str, *, draft: bool = False, registered: bool = False) -> str:
    """`draft` for what says so of itself, `published` for an article with a DOI; empty where neither is known."""
    if draft or _DRAFT.search(fold(title)):
        return "draft"
    return "published" if registered else ""


def _is_registered(record: CatalogueRecord, kind: Kind) -> bool:
    return kind == "article" and any(each.scheme == "doi" and each.valid for each in record.identifiers)


def numbers_in(title: str) -> tuple[str, ...]:
    """Numbers of a title: Arabic, Roman (but `i`, `v`, `x` and words that only look so), Chinese beside a counter."""
    found = {str(int(number)) for number in re.findall(r"\d{1,12}", fold(title))}
    found |= {str(_roman(word)) for word in words(title) if _is_roman(word)}
    found |= {str(_han("".join(groups))) for groups in _HAN_NUMBER.findall(title.strip())}
    return tuple(sorted(found))


def parts_in(title: str) -> tuple[str, ...]:
    """Numbers of volumes, sheets and issues that a title names as such: `vol. 2`, `Bd. 3`, 卷二, 第五册."""
    named = {str(int(number)) for number in _DESIGNATED.findall(fold(title))}
    return tuple(
        sorted(named | {str(_han(first or second)) for first, second, _ in _HAN_NUMBER.findall(title)} - {"0"})
    )


def _is_roman(word: str) -> bool:
    return bool(word) and word not in _AMBIGUOUS_ROMAN and _ROMAN.fullmatch(word) is not None


def _roman(word: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}[letter] for letter in word]
    return sum(-value if value < max(values[at:]) else value for at, value in enumerate(values))


_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}


def _han(text: str) -> int:
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[character] if not total else _DIGITS[character]
    return total + digit
