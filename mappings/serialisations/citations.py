"""What reference managers take: RIS, BibTeX and CSL JSON, of one reading of a record. `access` is heeded by `cover`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from mappings.schema.agents import Agent
from mappings.schema.dates import HistoricalDate
from mappings.schema.languages import bcp47
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.agents import dublin_core_element
from mappings.serialisations.cover import Cover, cover_of, one

RIS, BIBTEX, CSL = "ris", "bib", "csl.json"
CONTENT_TYPES: Mapping[str, str] = {
    RIS: "application/x-research-info-systems",
    BIBTEX: "application/x-bibtex",
    CSL: "application/vnd.citationstyles.csl+json",
}
#: what these formats cannot say
LOSSES: tuple[str, ...] = (
    "hierarchy",
    "titles beyond the first",
    "agents.roles beyond creator, contributor and publisher",
    "agents.dates",
    "agents.ids",
    "variants",
    "dates beyond the first",
    "dates.calendar",
    "subjects.uri",
    "places",
    "extent",
    "medium",
    "identifiers beyond ISBN, ISSN and DOI",
    "descriptions.kind",
    "holdings beyond the first",
    "holding.containers",
    "access",
    "rights",
    "digital",
    "relations",
    "part",
)

#: kind of a thing -> what each format calls it
_KINDS = {
    "book": ("BOOK", "book", "book"),
    "manuscript": ("UNPB", "unpublished", "manuscript"),
    "collection": ("GEN", "misc", "collection"),
    "image": ("ART", "misc", "graphic"),
    "map": ("MAP", "misc", "map"),
    "sound": ("SOUND", "misc", "song"),
    "film": ("VIDEO", "misc", "motion_picture"),
    "thing": ("GEN", "misc", "document"),
}
_TYPES = {
    **dict.fromkeys(("Image", "StillImage"), "image"),
    **dict.fromkeys(("Sound", "MusicalRecording"), "sound"),
    "MovingImage": "film",
    "Cartographic": "map",
    "Collection": "collection",
    "Text": "manuscript",
}
_SETS = frozenset({"fonds", "subfonds", "series", "subseries", "file", "collection"})


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """What a citation is made of."""

    id: str
    kind: str
    title: str
    creators: tuple[Agent, ...]
    contributors: tuple[Agent, ...]
    publisher: str
    date: HistoricalDate | None
    edition: str
    #: `isbn`, `issn`, `doi` -> the first of each
    numbers: dict[str, str]
    abstract: str
    keywords: tuple[str, ...]
    languages: tuple[str, ...]
    archive: str
    code: str
    page: str


def cited(unified: UnifiedRecord, page: str) -> Cited:
    """The parts of a citation; raises EntryHidden where the audience may see no line of it."""
    cover = cover_of(unified)
    agents = cover.described(unified.agents)
    code = _first(each.reference_code or "" for each in cover.located(unified.holding))
    title = _first(each.value for each in cover.described((unified.title,)))
    creators = _once(agents, "creator")
    level = next(iter(cover.located((unified.level,))), "item")
    return Cited(
        id=unified.id,
        kind=_kind(unified, cover, agents),
        title=title or f"[{', '.join(filter(None, (level, code)))}]",
        creators=tuple(creators.values()),
        contributors=tuple(each for name, each in _once(agents, "contributor").items() if name not in creators),
        publisher=_first(each.name.value for each in agents if dublin_core_element(each) == "publisher"),
        date=next(iter(cover.located(unified.dates)), None),
        edition=_first(each.value for each in cover.described(one(unified.edition))),
        numbers=_numbers(unified, cover),
        abstract=_first(
            each.value for each in cover.described(unified.descriptions) if each.kind != "statement_of_responsibility"
        ),
        keywords=tuple(each.label.value for each in cover.described(unified.subjects) if each.kind != "classification"),
        languages=tuple(bcp47(each.lang) for each in cover.described(unified.languages)),
        archive=_first(member.institution_name for member in unified.members if member.record in cover.seen),
        code=code,
        page=page,
    )


def _once(agents: Iterable[Agent], element: str) -> dict[str, Agent]:
    """Those of a kind by their names: who wrote and edited a thing is cited once."""
    found: dict[str, Agent] = {}
    for each in agents:
        if dublin_core_element(each) == element:
            found.setdefault(each.name.value, each)
    return found


def _first(values: Iterable[str]) -> str:
    return next((" ".join(value.split()) for value in values if value.strip()), "")


def _kind(unified: UnifiedRecord, cover: Cover, agents: Iterable[Agent]) -> str:
    levels = cover.located((unified.level,))
    if levels and levels[0] in _SETS:
        return "collection"
    kind = _TYPES.get(_first(cover.described(one(unified.type))), "thing")
    publishers = [each for each in agents if dublin_core_element(each) == "publisher"]
    return "book" if (publishers or "isbn" in _numbers(unified, cover)) and kind in ("manuscript", "thing") else kind


def _numbers(unified: UnifiedRecord, cover: Cover) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in cover.described(unified.identifiers):
        if each.scheme in ("isbn", "issn", "doi") and each.normalised:
            found.setdefault(each.scheme, each.normalised)
    return found


def _days(date: HistoricalDate) -> list[list[int]]:
    """First and last day as year, month, day, as far as these are stated; one where they are the same."""
    sides = [_day(day, date.edtf or "") for day in (date.start, date.end) if day]
    return [side for number, side in enumerate(sides) if side and side not in sides[:number]]


_DAY = re.compile(r"([+-]?\d+)-(\d\d)-(\d\d)")
#: a year and its month; a year, month and day
_MONTHS, _WHOLE = re.compile(r"\d-\d\d"), re.compile(r"\d-\d\d-\d\d")


def _day(day: str, edtf: str) -> list[int]:
    parts = _DAY.fullmatch(day)
    if parts is None:
        return []
    exact = 3 if _WHOLE.search(edtf) else 2 if _MONTHS.search(edtf) else 1
    return [int(part) for part in parts.groups()][:exact]


def ris(unified: UnifiedRecord, page: str) -> bytes:
    """The record as RIS."""
    found = cited(unified, page)
    lines = (("TY", _KINDS[found.kind][0]), ("ID", found.id), *_ris_lines(found), ("ER", ""))
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value or tag == "ER").encode()


def _ris_lines(found: Cited) -> Iterator[tuple[str, str]]:
    yield "TI", found.title
    yield from (("AU", _plain(each.name.value)) for each in found.creators)
    yield from (("A2", _plain(each.name.value)) for each in found.contributors)
    years = [day[0] for day in _days(found.date)] if found.date else []
    yield "PY", str(years[0]) if years and 0 < years[0] < 10_000 else ""
    yield "DA", found.date.text if found.date else ""
    yield "PB", found.publisher
    yield "ET", found.edition
    yield "SN", found.numbers.get("isbn") or found.numbers.get("issn", "")
    yield "DO", found.numbers.get("doi", "")
    yield from (("KW", _plain(each)) for each in found.keywords)
    yield from (("LA", each) for each in found.languages[:1])
    yield "AB", found.abstract
    yield "DP", found.archive
    yield "AV", found.code
    yield "UR", found.page


def _plain(value: str) -> str:
    return " ".join(value.split())


#: characters that mean something in BibTeX, which counts a brace even behind a backslash
_ESCAPED = {
    **{mark: f"\\{mark}" for mark in "&%$#_"},
    "{": "\\textbraceleft{}",
    "}": "\\textbraceright{}",
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


def bibtex(unified: UnifiedRecord, page: str) -> bytes:
    """The record as an entry of BibTeX, UTF-8."""
    found = cited(unified, page)
    fields = "".join(f"  {name} = {{{value}}},\n" for name, value in _bibtex_fields(found) if value)
    return f"@{_KINDS[found.kind][1]}{{{found.id},\n{fields}}}\n".encode()


def _bibtex_fields(found: Cited) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_escaped(found.title)}}}"
    yield "author", " and ".join(map(_bibtex_name, found.creators))
    years = [str(day[0]) for day in _days(found.date)] if found.date else []
    yield "year", "--".join(years) or _escaped(found.date.text if found.date else "")
    yield "publisher", _escaped(found.publisher)
    yield "edition", _escaped(found.edition)
    yield "isbn", found.numbers.get("isbn", "")
    yield "issn", found.numbers.get("issn", "")
    yield "doi", _escaped(found.numbers.get("doi", ""))
    yield "keywords", _escaped("; ".join(found.keywords))
    yield "language", ", ".join(found.languages)
    yield "abstract", _escaped(found.abstract)
    yield "note", _escaped(", ".join(filter(None, (found.archive, found.code))))
    yield "url", _escaped(found.page)


def _bibtex_name(agent: Agent) -> str:
    """A body's name stands in braces, so that it is not taken for a person's; `and` parts names."""
    name = _escaped(agent.name.value)
    return f"{{{name}}}" if agent.kind != "person" or " and " in name.lower() else name


def _escaped(text: str) -> str:
    return "".join(_ESCAPED.get(mark, mark) for mark in _plain(text))


def csl(unified: UnifiedRecord, page: str) -> bytes:
    """The record as an item of CSL JSON, without its array."""
    found = cited(unified, page)
    item: dict[str, object] = {
        "id": found.id,
        "type": _KINDS[found.kind][2],
        "title": found.title,
        "author": [_csl_name(each) for each in found.creators],
        "contributor": [_csl_name(each) for each in found.contributors],
        "issued": _csl_date(found.date) if found.date else {},
        "publisher": found.publisher,
        "edition": found.edition,
        "ISBN": found.numbers.get("isbn", ""),
        "ISSN": found.numbers.get("issn", ""),
        "DOI": found.numbers.get("doi", ""),
        "keyword": "; ".join(found.keywords),
        "language": next(iter(found.languages), ""),
        "abstract": found.abstract,
        "archive": found.archive,
        "archive_location": found.code,
        "URL": found.page,
    }
    return msgspec.json.encode({name: value for name, value in item.items() if value})


def _csl_name(agent: Agent) -> dict[str, str]:
    family, comma, given = _plain(agent.name.value).partition(",")
    if agent.kind == "person" and comma and given.strip():
        return {"family": family.strip(), "given": given.strip()}
    return {"literal": _plain(agent.name.value)}


def _csl_date(date: HistoricalDate) -> dict[str, object]:
    parts = _days(date)
    return {"date-parts": parts} if parts else {"literal": _plain(date.text)}


def csl_array(unified: UnifiedRecord, page: str) -> bytes:
    """The record as CSL JSON by itself."""
    return b"[" + csl(unified, page) + b"]\n"


#: ending -> what pages call the format, and what writes one record so
WRITERS: Mapping[str, tuple[str, Callable[[UnifiedRecord, str], bytes]]] = {
    RIS: ("RIS", ris),
    BIBTEX: ("BibTeX", bibtex),
    CSL: ("CSL JSON", csl_array),
}
