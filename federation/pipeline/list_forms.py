"""The formats in which a list is written to a file: lines as results are listed, and every format of single records."""

from __future__ import annotations

import msgspec

from index.listed import HEADING, cells, listed_record, table
from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.bundles import BUNDLES, Bundle


def _row(unified: UnifiedRecord, page: str) -> bytes:
    return table([cells(listed_record(unified, page))])


def _line(unified: UnifiedRecord, page: str) -> bytes:
    return msgspec.json.encode(listed_record(unified, page)) + b"\n"


_LISTED = (
    Bundle(suffix="csv", content_type="text/csv; charset=utf-8", label="CSV", write=_row, begin=HEADING),
    Bundle(suffix="jsonl", content_type="application/jsonl", label="JSON Lines", write=_line),
)
#: every format by its name, which is the ending of the file too
FORMS: dict[str, Bundle] = {each.suffix: each for each in _LISTED} | BUNDLES
