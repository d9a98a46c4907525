"""The field table as tantivy's schema, and the only functions that open an index: its tokenizer is not stored with it.

`exact` keeps positions, `stem` frequencies alone; facets and labels are raw and fast; whole numbers are fast.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import tantivy

from index.fields import FACETS, INTEGERS, LOOKUPS, ROW_OF, SORT_KEYS, STORED, TEXT_COLUMNS, exact, facet, label, stem

_WHITESPACE = "whitespace"


@cache
def schema() -> tantivy.Schema:
    """The schema of every embedded index."""
    building = tantivy.SchemaBuilder()
    for column in TEXT_COLUMNS:
        building.add_text_field(exact(column), tokenizer_name=_WHITESPACE, index_option="position")
        building.add_text_field(stem(column), tokenizer_name=_WHITESPACE, index_option="freq")
    for lookup in LOOKUPS:
        building.add_text_field(
            lookup, tokenizer_name="raw", index_option="basic", stored=lookup in STORED, fast=lookup in _FAST
        )
    for key in FACETS:
        for field in (facet(key), label(key)):
            building.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    for row in ROW_OF.values():
        building.add_text_field(facet(row), tokenizer_name="raw", index_option="basic", fast=True)
    for number in INTEGERS:
        building.add_integer_field(number, fast=True)
    building.add_float_field("static", fast=True)
    building.add_bytes_field("display", stored=True)
    return building.build()


_FAST = frozenset({*SORT_KEYS, "bucket"})


def created(folder: Path) -> tantivy.Index:
    """The index of a folder, made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    return _ready(tantivy.Index(schema(), path=str(folder)))


def opened(folder: Path) -> tantivy.Index:
    """The index of a folder; raises ValueError where there is none, or one of another schema."""
    return _ready(tantivy.Index(schema(), path=str(folder)))


def in_memory() -> tantivy.Index:
    """An index that lies nowhere and goes with its last user."""
    return _ready(tantivy.Index(schema()))


def _ready(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer(_WHITESPACE, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader("manual")
    return index
