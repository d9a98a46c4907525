"""A static repository (OAI, Specification for an OAI Static Repository 2.0): one file with a list for each prefix."""

from __future__ import annotations

import re

import msgspec

from harvester.files.mapped import Mapped
from harvester.files.units import FileRefused

_LIST = re.compile(rb"<(?:[\w.\-]+:)?ListRecords\b[^>]*?\bmetadataPrefix\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^>]*?(/?)>")
_END = re.compile(rb"</(?:[\w.\-]+:)?ListRecords\s*>")


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of a file's bytes."""

    start: int
    end: int


def section_of(data: Mapped, prefix: str) -> Section:
    """Where the records of a prefix stand.

    raises  FileRefused `prefix_missing`, which names the prefixes that are there
    """
    found: dict[str, Section] = {}
    for opened in _LIST.finditer(data):
        closed = None if opened[3] else _END.search(data, opened.end())
        end = closed.start() if closed else opened.end() if opened[3] else len(data)
        name = (opened[1] or opened[2] or b"").decode("utf-8", "replace")
        found.setdefault(name, Section(start=opened.end(), end=end))
    if prefix not in found:
        names = ", ".join(found) or "no list at all"
        raise FileRefused(
            "prefix_missing", f"expected a list of {prefix} records in a static repository, found {names}"
        )
    return found[prefix]
