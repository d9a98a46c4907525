"""An index document in Elasticsearch's form, and its id there."""

from __future__ import annotations

import base64
import hashlib
import math

from index.document import IndexDocument
from index.elastic.dialect import Json
from index.fields import ANCHOR, exact, facet, label, stem, with_label
from index.spelling import COLUMNS, SHORTEST

#: an id has at most so many bytes
_LONGEST_ID = 512


def engine_id(doc_id: str) -> str:
    """A document's id in the engine."""
    coded = doc_id.encode()
    return doc_id if len(coded) <= _LONGEST_ID else hashlib.sha256(coded).hexdigest()


def engine_document(document: IndexDocument) -> Json:
    """A document as it is sent; `static` is what the score is multiplied by."""
    made: Json = {}
    for column, (exact_words, stems) in document.columns.items():
        made[exact(column)] = exact_words
        made[stem(column)] = stems
    for column in COLUMNS:
        made[f"spelling.{column}"] = _spelt(document.columns[column][0])
    made |= {name: list(values) for name, values in document.lookups.items()}
    for key, values in document.facets.items():
        made[facet(key)] = [value for value, _ in values]
        if labelled := [with_label(value, spelt) for value, spelt in values if spelt != value]:
            made[label(key)] = labelled
    made |= {name: list(values) for name, values in document.numbers.items()}
    made["static"] = math.log2(2.0 + document.static)
    made["display"] = base64.b64encode(document.display).decode()
    return made


def _spelt(exact_words: str) -> list[str]:
    return sorted({word for word in exact_words.split() if len(word) >= SHORTEST and word != ANCHOR})
