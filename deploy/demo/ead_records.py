"""Finding aids of two university libraries: EAD3 as it was published, but for the white space between elements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from harvester.files.packages import members
from mappings.formats.xml import TREE, read_xml, written

_BETWEEN = re.compile(r">\s+<")
#: what ends a part of a chronology or a list: the next part begins apart, as it would be printed
_ENDED = re.compile(r"(</(?:datesingle|daterange|dateset|event|label|item|entry)>)(?=<)")

#: names of files without their endings: small and large ones, flat and five levels deep, open and on the premises only
MINNESOTA = ("CLRC-2155", "mss060", "naa213", "sw0116-ead3", "uarc01180", "yusa0008-ead3", "yusa0009x2x16-ead3")
NCSU = ("mc00019", "mc00022", "mc00042", "mc00192", "mc00285", "mc00432", "mc00462", "ua012_004")


def finding_aids(path: Path, library: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """The finding aids `names` of one library: local identifier, and the whole `<ead>` element."""
    wanted = {f"{library}__{name}.xml": name.removesuffix("-ead3") for name in names}
    found = {
        wanted[member.name]: _element(member.path.read_bytes()) for member in members(path) if member.name in wanted
    }
    return [(name, found[name]) for name in wanted.values()]


def _element(body: bytes) -> str:
    return _ENDED.sub(r"\1 ", _BETWEEN.sub("> <", written(read_xml(body, limits=TREE)).strip()))
