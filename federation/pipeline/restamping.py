"""Stages that give on go over everything anew once they write it otherwise than they last did.

A serialiser's version stands in the digest of every item (`SERIALISERS` of each stage), which moves the datestamp of an
item that the stage comes by; what looks as it did keeps its own. Here the stages are made to come by all of them.
"""

from __future__ import annotations

import zlib

from federation.pipeline import enriching, export, hosting, record_export
from federation.storage import cursors, hosted
from federation.storage.transactions import Transaction


def begin(tx: Transaction) -> tuple[str, ...]:
    """Sends back the stages that write otherwise than they last did; gives their names."""
    versions = {
        export.STAGE: export.SERIALISERS,
        record_export.STAGE: record_export.SERIALISERS,
        enriching.STAGE: enriching.SERIALISERS,
        hosting.STAGE: hosting.SERIALISERS,
    }
    numbers = {stage: zlib.crc32(each.encode()) for stage, each in versions.items()}
    others = tuple(stage for stage, each in numbers.items() if cursors.writes_with(tx.connection, stage) != each)
    for stage in others:
        _send_back(tx, stage)
        cursors.set_writes_with(tx, stage, numbers[stage])
    return others


def _send_back(tx: Transaction, stage: str) -> None:
    if stage == hosting.STAGE:
        hosted.note_everything(tx)
    else:
        cursors.advance(tx, stage, 0)
