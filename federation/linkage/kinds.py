"""What kind of thing a record describes: what may be merged by likeness, and what never is.

Archival material and objects are unique: two alike are two. The table is read from the top, the first row that holds
decides.
"""

from __future__ import annotations

from typing import Literal

from mappings.schema.folding import words
from mappings.schema.record import CatalogueRecord

Kind = Literal["archival", "object", "book", "article", "serial", "map", "image", "audio", "dataset", "digital"]

#: kinds that merge by an identifier of origin, one holder's code or a judgement alone
UNIQUE: frozenset[Kind] = frozenset({"archival", "object"})

_ARCHIVAL_LEVELS = frozenset({"fonds", "subfonds", "series", "subseries", "file", "collection"})
#: word of a genre or form -> kind
_GENRES: dict[str, Kind] = {
    "article": "article", "articles": "article", "论文": "article",
    "periodical": "serial", "periodicals": "serial", "serial": "serial", "newspaper": "serial", "newspapers": "serial",
    "journal": "serial", "期刊": "serial", "报纸": "serial",
    "map": "map", "maps": "map", "atlas": "map", "atlases": "map", "地图": "map",
}  # fmt: skip
#: DCMI type -> kind
_TYPES: dict[str, Kind] = {
    "PhysicalObject": "object", "Image": "object", "StillImage": "object", "Collection": "archival",
    "Sound": "audio", "MovingImage": "audio", "Dataset": "dataset", "Software": "digital",
    "InteractiveResource": "digital",
}  # fmt: skip
#: schemes that only what is published carries
_PUBLISHED = frozenset({"isbn", "oclc", "lccn", "unified_book_number"})


def kind_of(record: CatalogueRecord) -> Kind:
    """The kind of what `record` describes."""
    schemes = {identifier.scheme for identifier in record.identifiers}
    if record.level in _ARCHIVAL_LEVELS or record.hierarchy is not None:
        return "archival"
    if "issn" in schemes:
        return "serial"
    if (genre := _of_genre(record)) is not None:
        return genre
    if record.type in _TYPES:
        return _TYPES[record.type]
    if schemes & _PUBLISHED or record.level == "work":
        return "book"
    return "archival" if any(holding.reference_code for holding in record.holding) else "book"


def _of_genre(record: CatalogueRecord) -> Kind | None:
    named = (word for label in record.genre for word in ("".join(words(label.label.value)), *words(label.label.value)))
    return next((_GENRES[word] for word in named if word in _GENRES), None)
