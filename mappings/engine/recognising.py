"""Which format a file is in, by its first record: the root and namespace of XML, the fields of MARC."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

from mappings.engine.elements import dialect_of, format_of
from mappings.engine.inputs import AUTHORITY_ROOTS
from mappings.errors import DocumentRefused
from mappings.formats.charset import decode
from mappings.formats.iso2709 import EVERY_TAG, Iso2709Refused, read_iso2709
from mappings.formats.iso2709_pieces import pieces
from mappings.formats.repair import clean
from mappings.formats.xml import PAGE, parse, parse_recovering

#: what is looked at of a file, bytes
HEAD_BYTES = 1 << 20


def recognise(data: bytes) -> str | None:
    """The name of the format of an unpacked file by its first `HEAD_BYTES`, None for what no format reads."""
    data = data[:HEAD_BYTES].removeprefix(BOM_UTF8)
    if data.lstrip()[:5].isdigit():
        return _of_bytes(data) if b"\x1e" in data[:100_000] else None
    root = _read_root(data)
    if root is None or _is_of_people(root):
        return None
    for people in [each for each in root.iter("*") if _is_of_people(each)]:
        people.getparent().remove(people)
    return next((name for element in _first_ones(root) if (name := format_of(element))), None)


def names_people(data: bytes) -> bool:
    """Whether an unpacked file describes people and bodies (EAC-CPF) in the place of records, by its first element."""
    root = _read_root(data[:HEAD_BYTES].removeprefix(BOM_UTF8))
    return root is not None and any(map(_is_of_people, (root, *root.iterchildren("*"))))


def _is_of_people(element: Any) -> bool:
    return str(element.tag).rpartition("}")[2] in AUTHORITY_ROOTS


def _read_root(data: bytes) -> Any:
    """The root of what begins as XML; None for anything else."""
    try:
        text = _text_of(data).lstrip()
        return _root_of(text) if text.startswith("<") else None
    except DocumentRefused:
        return None


def _of_bytes(data: bytes) -> str | None:
    try:
        first = next(pieces(data))
        return dialect_of(read_iso2709(first.data, EVERY_TAG, charset="gb18030")[0])
    except (Iso2709Refused, StopIteration):
        return "marc21"


def _first_ones(root: Any) -> Iterator[Any]:
    """The outermost elements in document order, as far as a record may be wrapped."""
    for number, element in enumerate(root.iter("*")):
        if number > 200:
            return
        yield element


def _text_of(head: bytes) -> str:
    """The head as text, without a character that its end parts.

    raises  DocumentRefused `charset_refused`
    """
    return min((decode(head[: len(head) - parted]) for parted in range(4)), key=lambda read: read.replaced).text


def _root_of(text: str) -> Any:
    """The root of the head of an XML file, mended where it has to be.

    raises  DocumentRefused
    """
    try:
        return parse(text, limits=PAGE).root
    except DocumentRefused as error:
        if error.code != "xml_broken":
            raise
    return parse_recovering(clean(text).text, limits=PAGE).root
