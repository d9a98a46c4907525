"""What is odd about a record's header: kept as an issue on the record, which is held all the same; pure."""

from __future__ import annotations

import msgspec

from harvester.oaipmh.datestamps import read_datestamp
from mappings.schema.issue import issue
from mappings.schema.raw import RawRecord


def flagged(record: RawRecord) -> RawRecord:
    """The record, with an issue where its datestamp is none of the protocol's two forms (OAI-PMH 2.0, 3.3)."""
    if read_datestamp(record.datestamp) is not None:
        return record
    return _with(record, "datestamp_invalid", record.datestamp)


def repeated(record: RawRecord) -> RawRecord:
    """The record, where a file named its identifier twice, or a list under one datestamp, with different words."""
    return _with(record, "identifier_repeated", record.identifier)


def moved_back(record: RawRecord) -> RawRecord:
    """The record, where its source dates it before what it said last; its present word counts all the same."""
    return _with(record, "datestamp_moved_back", record.datestamp)


def _with(record: RawRecord, code: str, excerpt: str) -> RawRecord:
    return msgspec.structs.replace(record, repairs=(*record.repairs, issue(code, excerpt=excerpt)))
