"""A record of a demonstration partner, and the packed file that holds a partner's records.

One JSON object a line, gzip. The files are made by `deploy/demo/make_data.py`.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec


class DemoRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record of a demonstration repository."""

    #: OAI identifier
    identifier: str
    #: UTC, to the second
    datestamp: str
    #: the element inside `<metadata>`; empty for a tombstone
    metadata: str = ""

    @property
    def deleted(self) -> bool:
        """Whether this is a tombstone."""
        return not self.metadata


_LINE = msgspec.json.Decoder(DemoRecord)


def read_records(packed: bytes) -> tuple[DemoRecord, ...]:
    """The records of one packed file, ordered by datestamp, then identifier."""
    records = [_LINE.decode(line) for line in gzip.decompress(packed).splitlines()]
    return tuple(sorted(records, key=lambda record: (record.datestamp, record.identifier)))


def write_records(path: Path, records: Iterable[DemoRecord]) -> Sequence[DemoRecord]:
    """Pack `records` into `path`; the same records give the same bytes."""
    kept = sorted(records, key=lambda record: (record.datestamp, record.identifier))
    body = msgspec.json.Encoder().encode_lines(kept)
    path.write_bytes(gzip.compress(body, 9, mtime=0))
    return kept
