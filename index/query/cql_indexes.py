"""The names that CQL gives to what the field table holds: context sets `cql`, `dc`, `rec` and our own `ax`."""

from __future__ import annotations

import msgspec

from index.errors import CqlInvalid
from index.fields import FACETS, NAMES, Name

#: context set -> identifier
CONTEXT_SETS = {
    "cql": "info:srw/cql-context-set/1/cql-v1.2",
    "dc": "info:srw/cql-context-set/1/dc-v1.1",
    "rec": "info:srw/cql-context-set/2/rec-1.1",
    "ax": "urn:archive-exchange:cql:1",
}
#: index -> name in the search box; None is every text column
INDEXES: dict[str, str | None] = {
    "cql.serverChoice": None,
    "dc.title": "title",
    "dc.creator": "creator",
    "dc.subject": "subject",
    "dc.description": "description",
    "dc.date": "date",
    "dc.identifier": "identifier",
    "dc.type": "type",
    "dc.language": "language",
    "rec.identifier": "id",
    "ax.place": "place",
    "ax.context": "context",
    "ax.pinyin": "pinyin",
    "ax.referenceCode": "code",
    "ax.in": "in",
    "ax.institution": "institution",
    "ax.department": "department",
    "ax.level": "level",
    "ax.access": "access",
    "ax.rights": "rights",
    "ax.digital": "digital",
    "ax.fonds": "fonds",
}
ALL_RECORDS, RESULT_SET = "cql.allRecords", "cql.resultSetId"
_ANYWHERE = ("cql.anywhere", "cql.keywords")


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """An index as it was named, and what it stands for."""

    written: str
    start: int
    #: None: every text column
    name: Name | None

    @property
    def field(self) -> str | None:
        """Column of the field table."""
        return self.name.field if self.name else None


_LOWER = {name.lower(): name for name in INDEXES}
_ENDINGS = {name.partition(".")[2]: name for name in reversed(_LOWER)}


def index_of(written: str, start: int) -> Index:
    """The index of a name, with or without its set; raises CqlInvalid, diagnostics 15 and 16."""
    lower = written.lower()
    prefix, dot, _ = lower.partition(".")
    if dot and prefix not in CONTEXT_SETS:
        known = ", ".join(CONTEXT_SETS)
        raise CqlInvalid(start, f"one of the context sets {known}", prefix, diagnostic=15, details=prefix)
    if lower in _ANYWHERE or lower.removeprefix("cql.") in ("serverchoice", "anywhere"):
        return Index(written=written, start=start, name=None)
    known_as = _LOWER.get(lower if dot else _ENDINGS.get(lower, ""))
    if known_as is None:
        raise CqlInvalid(start, "an index that explain lists", written, diagnostic=16, details=written)
    typed = INDEXES[known_as]
    return Index(written=written, start=start, name=NAMES[typed] if typed else None)


def names_index(written: str) -> bool:
    """Whether a word is the name of an index, with or without its set: `dc.creator`."""
    return written.lower() in _LOWER.keys() | _ENDINGS.keys()


def is_scanned(index: str) -> bool:
    """Whether an index has a list of values in order: it is a facet."""
    typed = INDEXES.get(index)
    return typed is not None and NAMES[typed].field in FACETS


def index_name(field: str | None) -> str:
    """The index that stands for a column."""
    return next(name for name, typed in INDEXES.items() if (NAMES[typed].field if typed else None) == field)
