"""MARC 21 as ISO 2709, the exchange format that library systems load; UTF-8, leader/09 `a`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pymarc
from msgspec.structs import replace

from mappings.schema.unified import UnifiedRecord
from mappings.serialisations.cover import FormatUnavailable
from mappings.serialisations.marc21 import Field, marc_record

#: the longest record that five digits of length can say (ISO 2709, 4.3.1), and the longest field that four can (4.4.2)
_LONGEST, _LONGEST_FIELD = 99_999, 9_999
#: what ISO 2709 cannot do without
LACKS = (f"at most {_LONGEST} bytes", f"fields of at most {_LONGEST_FIELD} bytes")
#: bytes of a field beside its values: indicators, marks, codes of subfields that a part of a long note may have
_AROUND = 64


def write(unified: UnifiedRecord, *, identifiers: Sequence[str] = ()) -> bytes:
    """One record; a note of more than 9,999 bytes is several.

    raises  as `marc21.write`; FormatUnavailable where it, or another field, is longer than the format can say
    """
    made = marc_record(unified, identifiers=identifiers)
    record = pymarc.Record(leader=made.leader, force_utf8=True)
    record.fields = [
        *(pymarc.Field(tag=tag, data=data) for tag, data in made.control),
        *map(_field, _parted(made.fields)),
    ]
    data: Any = record.as_marc()
    if len(data) > _LONGEST:
        raise FormatUnavailable("ISO 2709", LACKS[0])
    return bytes(data)


def _parted(fields: Sequence[Field]) -> Iterator[Field]:
    """The fields, long ones of one subfield in parts that are parted between words."""
    for field in fields:
        size = sum(len((value or "").encode()) + 2 for _, value in field.subfields)
        if size <= _LONGEST_FIELD - _AROUND:
            yield field
        elif len(field.subfields) == 1:
            (code, value), *_ = field.subfields
            yield from (replace(field, subfields=((code, part),)) for part in _parts(value or ""))
        else:
            raise FormatUnavailable("ISO 2709", LACKS[1])


def _parts(value: str) -> Iterator[str]:
    rest = value.encode()
    while len(rest) > _LONGEST_FIELD - _AROUND:
        head = rest[: _LONGEST_FIELD - _AROUND].decode("utf-8", "ignore")
        part = head[: head.rfind(" ")] if " " in head else head
        yield part
        rest = rest[len(part.encode()) :].lstrip()
    yield rest.decode()


def _field(field: Field) -> pymarc.Field:
    subfields = [pymarc.Subfield(code=code, value=_without_marks(value or "")) for code, value in field.subfields]
    return pymarc.Field(tag=field.tag, indicators=pymarc.Indicators(*field.indicators), subfields=subfields)


def _without_marks(value: str) -> str:
    """Text without the marks that divide subfields, fields and records."""
    return value.translate(_MARKS)


_MARKS = dict.fromkeys((0x1D, 0x1E, 0x1F), " ")
