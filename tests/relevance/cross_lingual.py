"""Own pairs across languages: things described in one language, each asked for in the other, no word in common.

`judged/cross_lingual`: title, description and query, parted by tabs; English things asked in Chinese, and the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mappings.schema.record import Description
from mappings.schema.unified import UnifiedRecord
from tests import factories
from tests.relevance.collection import Collection, Judged, JudgedSet

PAIRS = Path(__file__).parent / "judged" / "cross_lingual"
#: set -> file and language of its things
_SETS = {"zh_to_en": ("english.tsv", "en"), "en_to_zh": ("chinese.tsv", "zh")}


def cross_lingual() -> Collection:
    """All 120 things, and a set a direction."""
    pairs = {name: tuple(_pairs(file, language)) for name, (file, language) in _SETS.items()}
    return Collection(
        name="cross_lingual",
        documents=tuple(document for each in pairs.values() for document, _ in each),
        sets=tuple(JudgedSet(name=name, queries=tuple(query for _, query in each)) for name, each in pairs.items()),
    )


def _pairs(file: str, language: str) -> Iterator[tuple[UnifiedRecord, Judged]]:
    lines = (PAIRS / file).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        title, description, query = line.split("\t")
        record = factories.catalogue_record(
            native_id=f"{language}{number}",
            title=factories.title(title, lang=language),
            agents=(),
            dates=(),
            subjects=(),
            descriptions=(Description(value=description, kind="abstract"),),
        )
        document = factories.unified_record(record)
        yield document, Judged(text=query, grades={document.id: 1})
