"""ISO 2709: one record after the other up to its own end, whatever its leader claims; 003 and 001 identify it."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.files.mapped import Mapped
from harvester.files.units import FaultyUnit, FileRefused, Found, Reading, Unit, digest, faulty
from mappings.engine.payload import carried
from mappings.formats.iso2709 import Iso2709Refused, Tags, read_iso2709
from mappings.formats.iso2709_pieces import Piece, pieces
from mappings.formats.marcxml import control_number, is_number

_NUMBERS = Tags(is_number)


def units(file: Mapped, reading: Reading) -> Iterator[Found]:
    """The records of a file; the last may be cut off, and is a fault.

    raises  FileRefused `not_the_format` where the first bytes are no record
    """
    for number, piece in enumerate(pieces(file)):
        found = _unit(piece, reading)
        if number == 0 and isinstance(found, FaultyUnit) and found.reason == "not_the_format":
            raise FileRefused("not_the_format", "expected MARC records (ISO 2709)", f"byte {piece.offset}")
        yield found


def _unit(piece: Piece, reading: Reading) -> Found:
    try:
        record, _ = read_iso2709(piece.data, _NUMBERS, charset=reading.format.charset)
    except Iso2709Refused as refused:
        return faulty(refused.issue.code, piece.offset, piece.data)
    payload, charset = carried(piece.data)
    return Unit(
        payload=payload,
        sha256=digest(piece.data),
        identifier=control_number(record),
        charset=charset,
        notes=piece.notes,
        position=piece.offset,
    )
