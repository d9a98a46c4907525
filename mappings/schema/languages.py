"""Languages: from any code or name to ISO 639-3 (collective: 639-5), and back to BCP 47 for output."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from mappings.schema.folding import fold

#: codes that name no language: undetermined, and MARC's "no information"
_NO_LANGUAGE = frozenset({"und", "xxx", "n/a", "unknown", "undetermined"})
#: special codes of ISO 639-2 that 639-3 keeps
_SPECIAL = frozenset({"mul", "zxx", "mis"})
#: codes that catalogues still write though the standards gave them up, unless another language has them now
_FORMER = {
    "ajm": "ara", "esp": "epo", "fri": "fry", "mol": "ron", "scc": "srp", "scr": "hrv", "snh": "sin", "swz": "ssw",
    "iw": "heb", "in": "ind", "ji": "yid", "jw": "jav", "mo": "ron", "sh": "hbs",
}  # fmt: skip


class LanguageName(NamedTuple):
    """A row of the language table; empty strings where the standards give nothing."""

    code: str
    bibliographic: str
    iso639_1: str
    english: str
    chinese: str
    others: tuple[str, ...]


def _lines(name: str) -> list[str]:
    text = (files("mappings.vocabularies") / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _row(line: str) -> LanguageName:
    code, bibliographic, iso639_1, english, chinese, others = line.split("\t")
    return LanguageName(code, bibliographic, iso639_1, english, chinese, tuple(filter(None, others.split("|"))))


@cache
def languages() -> dict[str, LanguageName]:
    """The languages of ISO 639-2 by their 639-3 code, with their other codes and their names."""
    return {row.code: row for row in map(_row, _lines("languages.tsv"))}


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for line in _lines("language_codes.txt") for code in line.split())


@cache
def _known() -> dict[str, str]:
    """Codes and folded names -> ISO 639-3; the first language that claims a name keeps it."""
    known = dict(_FORMER)
    for row in languages().values():
        known |= {code: row.code for code in (row.code, row.bibliographic, row.iso639_1) if code}
    for row in languages().values():
        for name in (row.english, row.chinese, *row.others):
            known.setdefault(fold(name), row.code)
    known.pop("", None)
    return known


@lru_cache(4096)
def language(text: str) -> str | None:
    """ISO 639-3 of a code of 639-1, 639-2/B, 639-2/T or 639-3, a BCP 47 tag or a name; None where it is none.

    Names are known in English, Chinese and a dozen other languages.
    """
    written = fold(text).strip(" .;,")
    if not written or written in _NO_LANGUAGE:
        return None
    if found := _known().get(written):
        return found
    if written in _codes():
        return written
    subtag, divided, _ = written.replace("_", "-").partition("-")
    if divided and 2 <= len(subtag) <= 3 and subtag.isascii():
        return language(subtag)
    return written if written in _SPECIAL else None


def names_none(text: str) -> bool:
    """Whether a code says that the language is not known, as `und` does."""
    return fold(text).strip(" .;,") in _NO_LANGUAGE


@lru_cache(1024)
def bcp47(lang: str, script: str | None = None) -> str:
    """The BCP 47 tag of an ISO 639-3 code, with the script where it is known."""
    row = languages().get(lang)
    tag = row.iso639_1 if row and row.iso639_1 else lang
    return f"{tag}-{script}" if script else tag


def marc_code(lang: str) -> str:
    """The code that MARC writes for an ISO 639-3 code: 639-2/B."""
    row = languages().get(lang)
    return (row.bibliographic or row.code) if row else lang
