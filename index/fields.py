"""The field table: what a document holds, under which name, with which weight. Schema, parser and documents read it.

Text columns have two sub-fields: `exact` (folded words with positions) and `stem` (stemmed words with frequencies).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from mappings.schema.folding import words

#: raises the generation: an index of another version is rebuilt, never read
SCHEMA_VERSION = 9

#: begins every value of a text column and ends the column; an empty column holds it alone
ANCHOR = "⊢"

#: text column -> weight
TEXT_COLUMNS: dict[str, float] = {
    "title": 4.0,
    "creator": 3.0,
    "subject": 2.5,
    "place": 2.5,
    "code_text": 2.0,
    "description": 1.0,
    "context": 0.3,
    "pinyin": 0.4,
}
#: syllables of Han in the columns of `SPOKEN`; sought where it is named alone, as `long` and `song` are words too
PINYIN = "pinyin"
#: columns that words without a field are sought in
SEARCHED: dict[str, float] = {column: weight for column, weight in TEXT_COLUMNS.items() if column != PINYIN}
#: columns whose Han is spoken in `PINYIN`
SPOKEN: tuple[str, ...] = ("title", "creator", "subject", "place")
#: a stem counts this much of the word itself
STEM_WEIGHT = 0.6

#: facets of keys; `century` and its sisters are the histogram's
FACETS: tuple[str, ...] = (
    "institution",
    "department",
    "type",
    "level",
    "language",
    "creator",
    "subject",
    "place",
    "access",
    "rights",
    "digital",
    "fonds",
    "work",
)

#: what hits are gathered by -> the column of the one row that each stands in, without labels; nobody chooses by it
ROW_OF: dict[str, str] = {"fonds": "fonds_row", "work": "work_row"}

#: parts key, folded label and label in the columns `label.*`
LABEL_MARK = "\x1f"
_LABEL_LENGTH = 200

#: exact look-ups
LOOKUPS: tuple[str, ...] = (
    "doc_id",
    "cluster_id",
    "record_id",
    "feed",
    "title_key",
    "identifier",
    "code",
    "code_path",
    "initials",
    "ancestors",
    "bucket",
    "shown_as",
    "audience",
    "hidden_from",
    "title_sort",
    "creator_sort",
    "code_sort",
)
#: look-ups that put hits in order too; they end in NUL and the document's id, so no two are equal
SORT_KEYS: tuple[str, ...] = ("title_sort", "creator_sort", "code_sort")
#: look-ups that repair lists
STORED: tuple[str, ...] = ("doc_id",)

#: whole numbers; `first_day` and `last_day` are absent where nothing is dated
INTEGERS: tuple[str, ...] = (
    "first_day",
    "last_day",
    "century",
    "decade",
    "year",
    "date_sort",
    "date_sort_last",
    "added_sort",
    "changed_sort",
    "order_key",
    "version",
    "check",
)

#: values of `century`, `decade`, `year` for what has no bar of its own
WIDE, UNDATED = 1_000_000, 1_000_001
#: a range that touches more units than this is `WIDE` in that column
SPANS: dict[Literal["century", "decade", "year"], int] = {"century": 60, "decade": 30, "year": 30}
YEARS: dict[Literal["century", "decade", "year"], int] = {"century": 100, "decade": 10, "year": 1}


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """What people may write before a colon, and what it stands for."""

    kind: Literal["text", "lookup", "facet", "date"]
    #: column of the table
    field: str


def _names() -> dict[str, Name]:
    named: dict[str, Name] = {}
    for kind, typed in _TYPED.items():
        for word, field in typed.items():
            named[word] = Name(kind=kind, field=field)
    return named


_TYPED: dict[Literal["text", "lookup", "facet", "date"], dict[str, str]] = {
    "text": {
        "title": "title", "题名": "title", "creator": "creator", "author": "creator", "责任者": "creator",
        "subject": "subject", "主题": "subject", "place": "place", "地名": "place", "description": "description",
        "context": "context", "pinyin": "pinyin", "拼音": "pinyin",
    },
    "lookup": {"id": "identifier", "identifier": "identifier", "code": "code", "档号": "code", "in": "ancestors"},
    "facet": {
        "institution": "institution", "department": "department", "type": "type", "level": "level",
        "language": "language", "access": "access", "rights": "rights", "has": "digital", "digital": "digital",
        "fonds": "fonds",
    },
    "date": {"date": "overlap", "within": "within", "日期": "overlap"},
}  # fmt: skip

#: typed word (folded) -> field
NAMES = _names()
#: what stands before the colon of identifiers; never taken for a field that there is not
IDENTIFIER_SCHEMES = frozenset({
    "ark", "doi", "handle", "hdl", "http", "https", "info", "isbn", "isni", "issn", "lccn", "oai", "oclc", "orcid",
    "ror", "uri", "url", "urn", "viaf", "wikidata",
})  # fmt: skip


def exact(column: str) -> str:
    """Name of a text column's sub-field of words."""
    return f"{column}.exact"


def stem(column: str) -> str:
    """Name of a text column's sub-field of stems."""
    return f"{column}.stem"


def facet(key: str) -> str:
    """Name of a facet's column."""
    return f"facet.{key}"


def label(key: str) -> str:
    """Name of the column of a facet's values with their labels: key, folded label and label, parted by `LABEL_MARK`."""
    return f"label.{key}"


@lru_cache(maxsize=20_000)
def with_label(value: str, spelt: str) -> str:
    """What the column of labels holds of a value and its label."""
    short = spelt.replace(LABEL_MARK, " ")[:_LABEL_LENGTH]
    return LABEL_MARK.join((value, " ".join(words(short)), short))
