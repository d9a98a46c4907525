"""MARC 21 as ISO 2709, the exchange format that library systems load; UTF-8, leader/09 `a`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pymarc

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import FormatUnavailable
from mappings.serialisations.marc21 import Field, marc_record

#: the longest record that five digits of length can say (ISO 2709, 4.3.1)
_LONGEST = 99_999


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> bytes:
    """One record; raises as `marc21.write`, and FormatUnavailable where it is longer than 99,999 bytes."""
    made = marc_record(unified, identifiers=identifiers)
    record = pymarc.Record(leader=made.leader, force_utf8=True)
    record.fields = [*(pymarc.Field(tag=tag, data=data) for tag, data in made.control), *map(_field, made.fields)]
    data: Any = record.as_marc()
    if len(data) > _LONGEST:
        raise FormatUnavailable("ISO 2709", f"at most {_LONGEST} bytes")
    return bytes(data)


def _field(field: Field) -> pymarc.Field:
    subfields = [pymarc.Subfield(code=code, value=_without_marks(value or "")) for code, value in field.subfields]
    return pymarc.Field(tag=field.tag, indicators=pymarc.Indicators(*field.indicators), subfields=subfields)


def _without_marks(value: str) -> str:
    """Text without the marks that divide subfields, fields and records."""
    return value.translate(_MARKS)


_MARKS = dict.fromkeys((0x1D, 0x1E, 0x1F), " ")
