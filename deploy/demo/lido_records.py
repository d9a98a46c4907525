"""Romanian museums: LIDO records as they were published, but for the white space between elements."""

from __future__ import annotations

import re
from pathlib import Path

from mappings.engine.files import raw_records
from mappings.engine.inputs import FORMATS

_BETWEEN = re.compile(r">\s+<")
_NUMBER = re.compile(r"<lido:lidoRecID[^>]*>\s*([^<\s]+)\s*<")


def objects(path: Path, step: int) -> list[tuple[str, str]]:
    """Each `step`-th record of a packed file: its number, and its element."""
    chosen = raw_records(path.read_bytes(), FORMATS["lido"], feed="", name=path.name)[::step]
    return [(_number(record.payload), _BETWEEN.sub("><", record.payload.strip())) for record in chosen]


def _number(payload: str) -> str:
    found = _NUMBER.search(payload)
    if found is None:
        raise ValueError(f"expected a lidoRecID, found {payload[:80]!r}")
    return found[1]
