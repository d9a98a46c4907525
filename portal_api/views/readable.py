"""A raw record as people read it: what is carried as text stands as it came, ISO 2709 as lines of its fields."""

from __future__ import annotations

import re

from mappings.engine.inputs import known_format
from mappings.engine.payload import bytes_of
from mappings.formats.iso2709 import Iso2709Refused, all_fields
from mappings.formats.marc_fields import MarcField
from mappings.schema.raw import RawRecord

#: a leader, a directory and the end of it (ISO 2709, 4)
_ISO2709 = re.compile(r"\s*\d{5}[^<>{]{19}[^<>{]*?\x1e", re.DOTALL)


def readable(raw: RawRecord) -> str:
    """The payload, or its fields a line each (`=245  10$aTitle`) where it is ISO 2709 that can be walked."""
    if not _ISO2709.match(raw.payload):
        return raw.payload
    format_ = known_format(raw.format)
    try:
        leader, fields = all_fields(bytes_of(raw), charset=format_.charset if format_ else "")
    except Iso2709Refused:
        return raw.payload
    return "\n".join([f"=LDR  {leader}", *(_line(tag, field) for tag, field in fields)])


def _line(tag: str, field: str | MarcField) -> str:
    if isinstance(field, str):
        return f"={tag}  {field}"
    marks = field.indicators.replace(" ", "\\")
    return f"={tag}  {marks}{''.join(f'${code}{value}' for code, value in field.subfields)}"
