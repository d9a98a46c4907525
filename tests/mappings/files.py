"""Bytes mapped as the file that they would be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from harvester.files import mapping
from mappings.engine.compiled import Compiled
from mappings.engine.outcome import Context, Outcome
from mappings.schema.raw import RawRecord


def map_file(
    crosswalk: Compiled, data: bytes, context: Context, *, name: str = "file"
) -> Sequence[tuple[RawRecord, Outcome]]:
    """Each unit of a file called `name` with what becomes of it; raises as `mapping.map_file`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return list(mapping.map_file(crosswalk, path, context))
