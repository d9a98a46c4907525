"""Romanian museums: LIDO records as they were published, but for the white space between elements."""

from __future__ import annotations

import re
from pathlib import Path

from harvester.files.mapping import raw_records
from mappings.engine.library import compiled
from mappings.engine.payload import read_payload
from mappings.formats.xml import written
from mappings.schema.raw import RawRecord

_BETWEEN = re.compile(r">\s+<")
_NUMBER = re.compile(r"<lido:lidoRecID[^>]*>\s*([^<\s]+)\s*<")


def objects(path: Path, step: int) -> list[tuple[str, str]]:
    """Each `step`-th record of a packed file: its number, and its element."""
    chosen = list(raw_records(compiled("base/lido"), path, "demo"))[::step]
    return [(_number(record.payload), _element(record)) for record in chosen]


def _element(record: RawRecord) -> str:
    """The record alone, with the namespaces that stood around it."""
    element = written(read_payload(record, compiled("base/lido").format, []))
    return _BETWEEN.sub("><", element.strip())


def _number(payload: str) -> str:
    found = _NUMBER.search(payload)
    if found is None:
        raise ValueError(f"expected a lidoRecID, found {payload[:80]!r}")
    return found[1]
