"""Which format a file is in, by its first record: the root and namespace of XML, the fields of MARC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.engine.elements import dialect_of, format_of
from mappings.engine.files import read_root, unpacked
from mappings.errors import DocumentRefused
from mappings.formats.iso2709 import Iso2709Refused, pieces, read_iso2709


def recognise(data: bytes) -> str | None:
    """The name of the format, None for what no format reads.

    raises  DocumentRefused where the file cannot be unpacked
    """
    data = unpacked(data)
    if data.lstrip()[:1] != b"<":
        return _of_bytes(data) if data.lstrip()[:5].isdigit() and b"\x1e" in data[:100_000] else None
    try:
        root = read_root(data)
    except DocumentRefused:
        return None
    return next((name for element in _first_ones(root) if (name := format_of(element))), None)


def _of_bytes(data: bytes) -> str | None:
    try:
        first = next(pieces(data))
        return dialect_of(read_iso2709(first.data, lambda _: True, charset="gb18030")[0])
    except (Iso2709Refused, StopIteration):
        return "marc21"


def _first_ones(root: Any) -> Iterator[Any]:
    """The outermost elements in document order, as far as a record may be wrapped."""
    for number, element in enumerate(root.iter("*")):
        if number > 200:
            return
        yield element
