"""Which format a file is in, by its first record: the root and namespace of XML, the leader of ISO 2709."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mappings.engine.files import read_root, unpacked
from mappings.engine.inputs import FORMATS
from mappings.errors import DocumentRefused


def recognise(data: bytes) -> str | None:
    """The name of the format, None for what no format reads.

    raises  DocumentRefused where the file cannot be unpacked
    """
    data = unpacked(data)
    if data.lstrip()[:1] != b"<":
        return "marc21" if data.lstrip()[:5].isdigit() and b"\x1e" in data[:100_000] else None
    try:
        root = read_root(data)
    except DocumentRefused:
        return None
    return next((name for element in _first_ones(root) if (name := _named(element))), None)


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
        if not known.mark or element.find(f".//{{*}}{known.mark}") is not None:
            return name
    return None
