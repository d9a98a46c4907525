"""Which format a file is in, by its first record: the root and namespace of XML, the fields of MARC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.engine.files import read_root, unpacked
from mappings.engine.inputs import FORMATS
from mappings.engine.marc_walk import Dialect
from mappings.errors import DocumentRefused
from mappings.formats.iso2709 import Iso2709Refused, pieces, read_iso2709
from mappings.formats.marcxml import MarcRecord, read_marcxml


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
    return next((name for element in _first_ones(root) if (name := _named(element))), None)


def _of_bytes(data: bytes) -> str | None:
    try:
        first = next(pieces(data))
        return dialect_of(read_iso2709(first.data, lambda _: True, charset="gb18030")[0])
    except (Iso2709Refused, StopIteration):
        return "marc21"


def dialect_of(record: MarcRecord) -> Dialect:
    """The family of a MARC record: the title stands in 245, or in 200; China's has fields of its own."""
    tags = {field.tag for field in record.fields}
    if "200" not in tags or "245" in tags:
        return "marc21"
    described_in = [value[22:25] for field in record.fields if field.tag == "100" for value in field.values("a")]
    from_china = any(field.tag == "801" and "CN" in field.values("a") for field in record.fields)
    is_chinese = from_china or "chi" in described_in or bool(tags & {"091", "690", "692", "905"})
    return "cnmarc" if is_chinese else "unimarc"


def _first_ones(root: Any) -> Iterator[Any]:
    """The outermost elements in document order, as far as a record may be wrapped."""
    for number, element in enumerate(root.iter("*")):
        if number > 200:
            return
        yield element


def _named(element: Any) -> str | None:
    """The format whose root and namespace the element has; a bare name is not enough for what others use too."""
    namespace, _, local = element.tag.rpartition("}")
    for name, known in FORMATS.items():
        is_known = known.any_namespace or namespace[1:] in known.prefixes.values()
        if local not in known.roots or not is_known:
            continue
        if known.walk == "marc":
            return dialect_of(read_marcxml(element, lambda _: True))
        if not known.mark or element.find(f".//{{*}}{known.mark}") is not None:
            return name
    return None
