"""The text that stands for a thing: what it is called, by whom, about what, out of what, and how it begins."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from index.document import texts_of
from index.semantic.tongues import tongue_of
from mappings.schema.unified import UnifiedRecord

#: values of each column, and code points of description: longer texts cost more and say little more
_VALUES = {"title": 3, "creator": 4, "subject": 8, "place": 4, "context": 3}
_DESCRIPTION = 300
_LONGEST = 1_000


class Passage(NamedTuple):
    """What is embedded of a thing."""

    text: str
    tongue: str
    #: of the text: where it is unchanged the vector is too
    digest: bytes


def passage_of(unified: UnifiedRecord) -> Passage:
    """The passage of what everybody may know of a thing."""
    columns = texts_of(unified, unified.members)
    parts = [text.value for column, most in _VALUES.items() for text in columns[column][:most]]
    parts += [text.value[:_DESCRIPTION] for text in columns["description"][:1]]
    text = "; ".join(dict.fromkeys(" ".join(part.split()) for part in parts))[:_LONGEST]
    tongue = tongue_of(text, unified.title.value.lang)
    return Passage(text, tongue, hashlib.sha256(f"{tongue} {text}".encode()).digest()[:16])
